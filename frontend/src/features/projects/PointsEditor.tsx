// A skeleton: points in the order in which they are placed, their mirror images, lines, scale.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type ClipboardEvent, useState } from "react";
import { useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import { messages } from "./messages";
import {
  type DraftPoint,
  newPoint,
  type PointProblem,
  paired,
  pairedByName,
  pointProblems,
  renamed,
} from "./pointDraft";
import { movedRow, namesIn } from "./schemaDraft";
import { Tool } from "./Tool";
import classes from "./TypeEditor.module.css";
import type { SchemaDraft } from "./typeDraft";

interface PointsEditorProps extends Pick<SchemaDraft, "points" | "bones" | "scale"> {
  strict: boolean;
  onChange: (part: Partial<SchemaDraft>) => void;
}

export function PointsEditor({ points, bones, scale, strict, onChange }: PointsEditorProps) {
  const t = useMessages(messages);
  const problems = pointProblems(points);
  const names = points
    .filter((point) => !point.retired && point.name.trim() !== "")
    .map((point) => point.name.trim());
  const change = (id: number, part: Partial<DraftPoint>) =>
    onChange({ points: points.map((one) => (one.id === id ? { ...one, ...part } : one)) });
  const addNames = (more: readonly string[]) => {
    const known = new Set(points.map((point) => point.name.trim()));
    const kept = points.filter((point) => point.name.trim() !== "" || point.kept);
    const fresh = [...new Set(more)].filter((name) => !known.has(name));
    onChange({ points: pairedByName([...kept, ...fresh.map(newPoint)]) });
  };
  return (
    <div>
      <h3 className={classes.title}>{t.points}</h3>
      <p className={classes.hint}>{t.pointsHint}</p>
      <ul className={`${classes.rows} ${points.length > 12 ? classes.scroll : ""}`}>
        {points.map((point, at) => (
          <Row
            key={point.id}
            {...{ point, at, names }}
            last={at === points.length - 1}
            problem={problems.get(point.id)}
            onName={(name) => onChange(renamed(points, bones, point.id, name))}
            onNames={addNames}
            onTitle={(title) => change(point.id, { title })}
            onMirror={(mirror) => onChange({ points: paired(points, point.id, mirror) })}
            onMove={(to) => onChange({ points: movedRow(points, at, to) })}
            onRetire={() => change(point.id, { retired: !point.retired })}
            onRemove={() => onChange({ points: points.filter((one) => one.id !== point.id) })}
          />
        ))}
      </ul>
      <div className={classes.foot}>
        <Button
          variant="default"
          leftSection={<Icon name="plus" />}
          onClick={() => onChange({ points: [...points, newPoint()] })}
        >
          {t.addPoint}
        </Button>
        <Button variant="subtle" onClick={() => onChange({ points: pairedByName(points) })}>
          {t.pairByName}
        </Button>
      </div>
      {strict && names.length === 0 && (
        <p className={classes.problem} role="alert">
          {t.onePoint}
        </p>
      )}
      <Bones names={names} bones={bones} onChange={(next) => onChange({ bones: next })} />
      <div className={classes.figures}>
        <Ends
          legend={t.scale}
          names={names}
          value={scale ?? ["", ""]}
          onChange={(next) => onChange({ scale: next })}
        />
      </div>
      <p className={classes.hint}>{t.scaleHint}</p>
    </div>
  );
}

interface RowProps {
  point: DraftPoint;
  at: number;
  last: boolean;
  names: readonly string[];
  problem: PointProblem | undefined;
  onName: (name: string) => void;
  onNames: (names: string[]) => void;
  onTitle: (title: string) => void;
  onMirror: (mirror: string) => void;
  onMove: (to: number) => void;
  onRetire: () => void;
  onRemove: () => void;
}

function Row(props: RowProps) {
  const { point, at, last, names, problem } = props;
  const t = useMessages(messages);
  const called = point.name || String(at + 1);
  const paste = (event: ClipboardEvent) => {
    const pasted = namesIn(event.clipboardData.getData("text"));
    if (pasted.length < 2) return;
    event.preventDefault();
    props.onNames(pasted);
  };
  return (
    <li className={classes.row} data-retired={point.retired || undefined}>
      <span className={classes.number}>{at + 1}</span>
      <TextInput
        aria-label={t.pointName(at + 1)}
        value={point.name}
        readOnly={point.kept}
        error={problem !== undefined && problem !== "mirror"}
        onPaste={point.kept ? undefined : paste}
        onChange={(event) => props.onName(event.currentTarget.value)}
      />
      <TextInput
        aria-label={t.pointTitle(at + 1)}
        placeholder={t.labelTitle}
        value={point.title}
        onChange={(event) => props.onTitle(event.currentTarget.value)}
      />
      <NativeSelect
        aria-label={t.mirrorOf(at + 1)}
        data={[
          { value: "", label: t.onTheMiddle },
          ...names
            .filter((name) => name !== point.name.trim())
            .map((name) => ({ value: name, label: `↔ ${name}` })),
        ]}
        value={point.mirror}
        onChange={(event) => props.onMirror(event.currentTarget.value)}
      />
      <div className={classes.tools}>
        <Tool
          label={t.moveUp(called)}
          icon="up"
          disabled={at === 0}
          onClick={() => props.onMove(at - 1)}
        />
        <Tool
          label={t.moveDown(called)}
          icon="down"
          disabled={last}
          onClick={() => props.onMove(at + 1)}
        />
        {point.kept ? (
          <Tool
            label={point.retired ? t.restore(called) : t.retire(called)}
            icon={point.retired ? "undo" : "close"}
            onClick={props.onRetire}
          />
        ) : (
          <Tool label={t.remove(called)} icon="trash" onClick={props.onRemove} />
        )}
      </div>
      {problem && (
        <p className={classes.problem} role="alert">
          {t[`problem_${problem}`]}
        </p>
      )}
    </li>
  );
}

interface EndsProps {
  legend: string;
  names: readonly string[];
  value: [string, string];
  onChange: (value: [string, string]) => void;
}

/** Two points chosen from the list. */
function Ends({ legend, names, value, onChange }: EndsProps) {
  const t = useMessages(messages);
  const data = [{ value: "", label: "–" }, ...names.map((name) => ({ value: name, label: name }))];
  return (
    <>
      <NativeSelect
        label={t.fromPoint(legend)}
        data={data}
        value={value[0]}
        onChange={(event) => onChange([event.currentTarget.value, value[1]])}
      />
      <NativeSelect
        label={t.toPoint}
        data={data}
        value={value[1]}
        onChange={(event) => onChange([value[0], event.currentTarget.value])}
      />
    </>
  );
}

interface BonesProps {
  names: readonly string[];
  bones: readonly [string, string][];
  onChange: (bones: [string, string][]) => void;
}

function Bones({ names, bones, onChange }: BonesProps) {
  const t = useMessages(messages);
  const [next, setNext] = useState<[string, string]>(["", ""]);
  const known = bones.some(([a, b]) => next.includes(a) && next.includes(b));
  const ready = next[0] !== "" && next[1] !== "" && next[0] !== next[1] && !known;
  return (
    <details className={classes.details}>
      <summary>{t.bones(bones.length)}</summary>
      <ul className={classes.bones}>
        {bones.map(([a, b]) => (
          <li key={`${a} ${b}`} className={classes.bone}>
            {a} – {b}
            <Tool
              label={t.remove(`${a} – ${b}`)}
              icon="close"
              onClick={() => onChange(bones.filter((one) => one[0] !== a || one[1] !== b))}
            />
          </li>
        ))}
      </ul>
      <div className={classes.figures}>
        <Ends legend={t.bone} names={names} value={next} onChange={setNext} />
        <Button
          variant="default"
          disabled={!ready}
          style={{ alignSelf: "flex-end" }}
          onClick={() => {
            onChange([...bones, next]);
            setNext([next[1], ""]);
          }}
        >
          {t.addBone}
        </Button>
      </div>
    </details>
  );
}
