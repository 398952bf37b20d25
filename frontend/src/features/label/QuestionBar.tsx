// The question, and the actions that are not answers.

import { type Command, runCommand } from "@/commands/registry";
import { useKeyOf } from "@/commands/useCommands";
import { useMessages } from "@/i18n/messages";
import { Icon, type IconName } from "@/ui/icons";
import { KeyHint } from "@/ui/KeyHint";
import { messages } from "./messages";
import classes from "./QuestionBar.module.css";
import { previousKeys } from "./useLabelCommands";

interface QuestionBarProps {
  question: string;
  /** A plain picture: Backspace is not needed for anything else. */
  plain: boolean;
  canGoBack: boolean;
  canSkip: boolean;
  canFlag: boolean;
  flagged: boolean;
  onGuide: () => void;
}

export function QuestionBar(props: QuestionBarProps) {
  const t = useMessages(messages);
  return (
    <div className={classes.bar}>
      <p className={classes.question} data-testid="question">
        {props.question}
      </p>
      <div className={classes.actions}>
        <Action
          id="label.previous"
          icon="undo"
          name={t.previousShort}
          keys={previousKeys(props.plain)}
          off={!props.canGoBack}
          worded
          steps
        />
        <Action
          id="label.skip"
          icon="skip"
          name={t.skip}
          keys={["S"]}
          off={!props.canSkip}
          worded
        />
        <Action
          id="label.flag"
          icon="flag"
          name={props.flagged ? t.flagged : t.flag}
          keys={["F"]}
          off={!props.canFlag}
          worded
          tone={props.flagged ? "warn" : undefined}
        />
        <button
          type="button"
          className={`${classes.action} ${classes.guide}`}
          aria-label={t.guideTitle}
          onClick={props.onGuide}
        >
          <Icon name="info" />
        </button>
      </div>
    </div>
  );
}

interface ActionProps extends Pick<Command, "id" | "keys"> {
  icon: IconName;
  name: string;
  off: boolean;
  /** Shows the word beside the icon where there is room. */
  worded?: boolean;
  /** Only shows another item: two quick taps on it are two steps. */
  steps?: boolean;
  tone?: "warn" | undefined;
}

/** A button that runs a command, with the command's key as it is now. */
function Action({ id, keys, icon, name, off, worded, steps, tone }: ActionProps) {
  const key = useKeyOf({ id, keys });
  return (
    <button
      type="button"
      className={classes.action}
      data-tone={tone}
      data-steps={steps}
      aria-label={name}
      title={name}
      disabled={off}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => runCommand(id)}
    >
      <Icon name={icon} />
      {worded && <span className={classes.word}>{name}</span>}
      <KeyHint keys={key} />
    </button>
  );
}
