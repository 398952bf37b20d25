// Up to twenty labels: a button each, under the image.
import { CommandKey } from "@/commands/CommandKey";
import { useMessages } from "@/i18n/messages";
import { KeyHint } from "@/ui/KeyHint";
import classes from "./choice.module.css";
import { type ChoiceViewProps, keepFocus, Swatch } from "./choiceParts";
import { grouped, type Option } from "./choiceSchema";
import { messages } from "./messages";

export function ChoiceRow(props: ChoiceViewProps) {
  const { options, chosen, suggested, suggestion, choose } = props;
  const t = useMessages(messages);
  const groups = grouped(options);
  const perRow = options.length <= 10 ? options.length : Math.ceil(options.length / 2);
  const style = {
    "--per-row": perRow,
    "--per-row-narrow": narrowColumns(options),
  } as React.CSSProperties;
  return (
    <fieldset className={classes.row} style={style} data-few={options.length <= 4 || undefined}>
      <legend className="lh-hidden">{t.labels}</legend>
      {groups.flatMap((group) => [
        groups.length > 1 && (
          <span key={`group ${group.name}`} className={classes.rowGroup} aria-hidden="true">
            {group.name || t.noGroup}
          </span>
        ),
        ...group.options.map((option) => (
          <button
            key={option.name}
            type="button"
            className={classes.option}
            data-choice={option.name}
            data-short={option.title.length <= 2 || undefined}
            data-suggested={suggested.has(option.name) || undefined}
            aria-pressed={chosen.has(option.name)}
            title={option.description || undefined}
            onMouseDown={keepFocus}
            onClick={(event) => choose(option, event.timeStamp)}
          >
            {option.keys[0] && <KeyHint keys={option.keys[0]} />}
            <span className={classes.name}>
              {option.color && <Swatch color={option.color} />}
              {option.title}
            </span>
            {suggested.has(option.name) && (
              <span className={classes.suggested}>
                {suggestion} {!props.many && <CommandKey id="choice.accept" keys={["A"]} />}
              </span>
            )}
          </button>
        )),
      ])}
    </fieldset>
  );
}

/** On a phone: short names five in a row, long ones two or one. */
function narrowColumns(options: readonly Option[]): number {
  const longest = Math.max(...options.map((option) => option.title.length));
  if (options.length <= 3 && longest <= 12) return options.length;
  if (longest <= 3) return Math.min(5, options.length);
  if (longest <= 8) return 3;
  return longest <= 20 ? 2 : 1;
}
