// One group of duplicates: its images side by side, one of them chosen to be kept.
import { Button } from "@mantine/core";
import { type ReactNode, useId } from "react";
import { formatBytes, formatPercent, useMessages } from "@/i18n/messages";
import { Picture } from "@/ui/Picture";
import { Tag } from "@/ui/Tag";
import classes from "./GroupCard.module.css";
import { messages } from "./messages";
import type { Group, Member } from "./requests";

interface GroupCardProps {
  group: Group;
  place: number;
  /** The item that would be kept. */
  chosen: number;
  current: boolean;
  mayChange: boolean;
  busy: boolean;
  onChoose: (item: number) => void;
  onKeep: () => void;
  onDiffer: () => void;
  onReopen: () => void;
  onFocus: () => void;
}

export function GroupCard(props: GroupCardProps) {
  const { group, place, current } = props;
  const t = useMessages(messages);
  const hidden = group.size - group.members.length;
  return (
    <section
      className={classes.card}
      aria-label={t.group(place, group.size)}
      data-current={current || undefined}
      data-group={group.id}
      onFocus={props.onFocus}
    >
      <div className={classes.head}>
        <Tag tone={group.kind === "pixels" ? "warn" : "neutral"}>
          {group.kind === "pixels" ? t.tagPixels : t.tagNear}
        </Tag>
        <span className={classes.fact}>{t.images(group.size)}</span>
        {group.kind === "near" && (
          <span className={classes.fact}>{t.likeness(formatPercent(group.likeness, 1))}</span>
        )}
        <Buttons {...props} />
      </div>
      <Members {...props} />
      {hidden > 0 && <p className={classes.fact}>{t.andMore(hidden)}</p>}
    </section>
  );
}

function Buttons({ group, mayChange, busy, onKeep, onDiffer, onReopen }: GroupCardProps) {
  const t = useMessages(messages);
  if (group.state !== "open") {
    return (
      <span className={classes.buttons}>
        <span className={classes.fact}>{t.keptBy(group.decided_by, group.tasks_set_aside)}</span>
        {mayChange && (
          <Button variant="default" loading={busy} onClick={onReopen}>
            {t.takeBack}
          </Button>
        )}
      </span>
    );
  }
  if (!mayChange) return null;
  return (
    <span className={classes.buttons}>
      <Button variant="default" disabled={busy} onClick={onDiffer}>
        {t.differ}
      </Button>
      <Button loading={busy} onClick={onKeep}>
        {t.keep}
      </Button>
    </span>
  );
}

function Members({ group, place, chosen, mayChange, onChoose }: GroupCardProps) {
  const t = useMessages(messages);
  const name = useId();
  const open = group.state === "open" && mayChange;
  return (
    <fieldset className={classes.members}>
      <legend className="lh-hidden">{t.group(place, group.size)}</legend>
      {group.members.map((member) => {
        const kept = group.state === "kept" && group.keep === member.item.id;
        const face = <Face member={member} mark={kept && <Tag tone="ok">{t.keptThis}</Tag>} />;
        if (!open) {
          return (
            <div key={member.item.id} className={classes.member} data-kept={kept || undefined}>
              {face}
            </div>
          );
        }
        return (
          <label key={member.item.id} className={classes.member}>
            <input
              type="radio"
              name={name}
              className="lh-hidden"
              checked={chosen === member.item.id}
              aria-label={t.pick(member.item.filename)}
              onChange={() => onChoose(member.item.id)}
            />
            {face}
          </label>
        );
      })}
    </fieldset>
  );
}

function Face({ member, mark }: { member: Member; mark: ReactNode }) {
  const t = useMessages(messages);
  const { item } = member;
  const kind = member.media_type.replace("image/", "").toUpperCase();
  return (
    <span className={classes.face}>
      <span className={classes.picture}>
        <Picture src={item.thumb_url} alt={item.filename} width={item.width} height={item.height} />
      </span>
      <span className={classes.name} title={item.path || item.filename}>
        {item.filename}
      </span>
      <span className={classes.fact}>
        {t.facts(item.width, item.height, kind, formatBytes(member.byte_size))}
      </span>
      {(item.split || item.group) && (
        <span className={classes.fact}>
          {[item.split && t.part(item.split), item.group].filter(Boolean).join(" · ")}
        </span>
      )}
      {mark}
    </span>
  );
}
