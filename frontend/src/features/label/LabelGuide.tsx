// What the labels mean, in the words of whoever made the project.
import { memo } from "react";
import type { JsonObject } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { grouped, optionsOf } from "@/task-types/choiceSchema";
import { LabelTag } from "@/ui/Tag";
import { messages } from "./messages";
import classes from "./SidePanel.module.css";

export const LabelGuide = memo(function LabelGuide({ schema }: { schema: JsonObject }) {
  const t = useMessages(messages);
  const described = optionsOf(schema).filter((option) => option.description !== "");
  if (described.length === 0) return null;
  return (
    <section className={classes.block}>
      <h2 className={classes.heading}>{t.labelGuide}</h2>
      {grouped(described).map((group) => (
        <div key={group.name}>
          {group.name !== "" && <h3 className={classes.group}>{group.name}</h3>}
          <dl className={classes.meanings}>
            {group.options.map((option) => (
              <div key={option.name}>
                <dt>
                  <LabelTag index={option.index} color={option.color}>
                    {option.title}
                  </LabelTag>
                </dt>
                <dd>{option.description}</dd>
              </div>
            ))}
          </dl>
        </div>
      ))}
    </section>
  );
});
