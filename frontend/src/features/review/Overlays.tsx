// Everybody's shapes over the picture: each answer in a colour of its own, the merged one as a band.
import { useEffect, useLayoutEffect, useMemo, useState } from "react";
import type { JsonObject, TaskWithVotes } from "@/api/types";
import { CanvasView } from "@/canvas/CanvasView";
import { createEditor, type Layer } from "@/canvas/editor";
import type { CanvasEngine } from "@/canvas/engine";
import type { Ink } from "@/canvas/painter";
import type { Shape } from "@/canvas/shapes";
import { useCloserLook } from "@/canvas/useCloserLook";
import { useCommands } from "@/commands/useCommands";
import { useMessages } from "@/i18n/messages";
import { loadPicture } from "@/task-types/loadPicture";
import {
  type AnswerForm,
  boxAnswers,
  keypointAnswers,
  polygonAnswers,
} from "@/task-types/shapes/answers";
import { type RegionSchema, regionSchema } from "@/task-types/shapes/regionSchema";
import { labelStyle } from "@/ui/theme";
import { messages } from "./messages";
import type { Proposal } from "./proposals";
import classes from "./Stage.module.css";

const FORMS: Partial<Record<string, AnswerForm>> = {
  boxes: boxAnswers,
  polygons: polygonAnswers,
  keypoints: keypointAnswers,
};

interface OverlaysProps {
  taskType: string;
  schema: JsonObject;
  project: number;
  task: TaskWithVotes;
  proposals: readonly Proposal[];
  hidden: ReadonlySet<string>;
}

export default function Overlays(props: OverlaysProps) {
  const { taskType, schema, project, task, proposals, hidden } = props;
  const t = useMessages(messages);
  const [editor] = useState(() => createEditor());
  const [engine, setEngine] = useState<CanvasEngine | null>(null);
  const region = useMemo(() => regionSchema(schema, project), [schema, project]);
  const form = FORMS[taskType];
  const layers = useMemo(
    () => (form ? layersOf(proposals, form, region, t.merged) : []),
    [proposals, form, region, t.merged],
  );

  useEffect(() => {
    engine?.ask({
      skeleton: region.skeleton,
      leastSide: 0,
      inkOf: () => ({ color: "#fff", dashed: false, text: "#111", tag: "" }),
      titleOf: (label) => label,
    });
  }, [engine, region]);
  useEffect(() => editor.setState({ layers, hidden }), [editor, layers, hidden]);
  const failed = usePicture(engine, task);
  const lookCloser = useCloserLook(engine, task.item);
  useViewCommands(engine);

  return (
    <div className={classes.canvas} data-testid="overlays" data-task={task.id}>
      <CanvasView
        editor={editor}
        label={t.overlays(task.item.filename, proposals.length - hidden.size)}
        readOnly
        onEngine={setEngine}
        onShort={lookCloser}
      />
      {failed && (
        <div className={classes.failed} role="alert">
          <p>{t.imageFailed}</p>
          <button type="button" className={classes.retry} onClick={failed}>
            {t.imageRetry}
          </button>
        </div>
      )}
    </div>
  );
}

/** One layer for each answer; the merged one lies below, so that the others stay in sight. */
function layersOf(
  proposals: readonly Proposal[],
  form: AnswerForm,
  { skeleton, labels, inUse }: RegionSchema,
  merged: string,
): Layer[] {
  const many = inUse.length > 1;
  const titleOf = (name: string) => labels.find((one) => one.name === name)?.title ?? name;
  return proposals.map((proposal) => {
    const style: Omit<Ink, "tag"> = inkOf(proposal);
    const who = proposal.votes.map((vote) => vote.labeler_name).join(", ") || merged;
    const tagOf = ({ label }: Shape) => {
      if (proposal.merged) return many ? titleOf(label) : "";
      return many ? `${who}: ${titleOf(label)}` : who;
    };
    return {
      id: proposal.key,
      inkOf: (shape) => ({ ...style, tag: tagOf(shape) }),
      shapes: form.read(proposal.answer, skeleton),
    };
  });
}

export function inkOf({ merged, place }: Pick<Proposal, "merged" | "place">): Omit<Ink, "tag"> {
  if (merged) return { color: "#ffffff", dashed: false, text: "#111", wide: true };
  return labelStyle(place);
}

/** Shows the picture of the task; where that fails, how to try again. */
function usePicture(engine: CanvasEngine | null, { item }: TaskWithVotes): (() => void) | null {
  const [failed, setFailed] = useState(false);
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try loads anew
  useLayoutEffect(() => {
    if (!engine) return;
    setFailed(false);
    engine.clear();
    const loaded = loadPicture(item);
    let wanted = true;
    void loaded.ready.then((ready) => {
      if (!wanted) return;
      if (ready) engine.show(loaded.element, item);
      else setFailed(true);
    });
    return () => {
      wanted = false;
    };
  }, [engine, item.image_url, tries]);
  return failed ? () => setTries(tries + 1) : null;
}

function useViewCommands(engine: CanvasEngine | null): void {
  const t = useMessages(messages);
  const view = { scope: "answer", repeat: true } as const;
  useCommands([
    { ...view, id: "review.fit", label: t.fit, keys: ["0"], run: () => engine?.fit() },
    {
      ...view,
      id: "review.in",
      label: t.zoomIn,
      keys: ["+", "="],
      run: () => engine?.zoomBy(1.25),
    },
    { ...view, id: "review.out", label: t.zoomOut, keys: ["-"], run: () => engine?.zoomBy(0.8) },
    {
      scope: "answer",
      id: "review.pan",
      label: t.pan,
      keys: ["Space"],
      run: () => engine?.holdPan(true),
      release: () => engine?.holdPan(false),
    },
  ]);
}
