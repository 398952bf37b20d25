// Whether labelers see proposals before they answer, whose, and how many of them a draw hides.
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import type { Project } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { notify, notifyProblem } from "@/ui/notify";
import { Section } from "@/ui/Page";
import { Segmented } from "@/ui/Segmented";
import classes from "./PrelabelsSection.module.css";
import { messages } from "./prelabelMessages";
import { useChangeProject } from "./requests";

const WHOSE = ["off", "model", "imported", "any"] as const;
/** Kinds of questions that a model learns, so that it has something to propose. */
const LEARNED: readonly string[] = ["choice", "transcription"];

/** What may be chosen for a kind of question; what is set already stays to be seen. */
function choicesFor({ task_type, prelabels }: Project): readonly (typeof WHOSE)[number][] {
  if (LEARNED.includes(task_type)) return WHOSE;
  return WHOSE.filter((one) => one === "off" || one === "imported" || one === prelabels);
}

/** A share from a percentage as people write it; null for what is none. */
export function shareOf(text: string): number | null {
  const percent = Number(text.replace(",", ".").replace("%", ""));
  return text.trim() !== "" && percent >= 0 && percent <= 100 ? percent / 100 : null;
}

export function PrelabelsSection({ project }: { project: Project }) {
  const t = useMessages(messages);
  const change = useChangeProject(project.id);
  const [whose, setWhose] = useState(project.prelabels);
  const [hidden, setHidden] = useState(String(Math.round((project.prelabels_hidden ?? 0) * 100)));
  const share = shareOf(hidden);
  const save = () => {
    if (share === null) return;
    const body = { prelabels: whose, prelabels_hidden: share };
    change.mutate(body, { onSuccess: () => notify(t.saved), onError: notifyProblem });
  };
  return (
    <Section title={t.section}>
      <div className={classes.form}>
        <p className={classes.text}>{t.intro}</p>
        <Segmented
          label={t.whose}
          labelShown
          value={whose}
          options={choicesFor(project).map((value) => ({ value, label: t[value] }))}
          onChange={setWhose}
        />
        <p className={classes.text} role="status">
          {t[`${whose}Text`]}
        </p>
        {whose !== "off" && (
          <>
            <TextInput
              className={classes.share}
              label={t.hidden}
              description={t.hiddenHint}
              inputMode="decimal"
              value={hidden}
              error={share === null ? t.hiddenWrong : undefined}
              onChange={(event) => setHidden(event.currentTarget.value)}
              // It stands in the settings' form, which is saved by itself.
              onKeyDown={(event) => {
                if (event.key !== "Enter") return;
                event.preventDefault();
                save();
              }}
            />
            {share === 0 && <p className={classes.warn}>{t.hiddenNone}</p>}
            <p className={classes.text}>{t.rules}</p>
          </>
        )}
        <div className={classes.row}>
          <Button
            onClick={save}
            variant="default"
            disabled={share === null}
            loading={change.isPending}
          >
            {t.save}
          </Button>
          {project.prelabels !== "off" && (
            <Link to={`/projects/${project.id}/quality/proposals`}>{t.effect}</Link>
          )}
        </div>
      </div>
    </Section>
  );
}
