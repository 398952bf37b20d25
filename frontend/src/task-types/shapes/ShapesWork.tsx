// Drawing an answer: tools on the left, the image in the middle, the shapes as a list on the right.
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { createStore } from "zustand/vanilla";
import type { JsonObject } from "@/api/types";
import { CanvasView } from "@/canvas/CanvasView";
import { createEditor, openDocument } from "@/canvas/editor";
import type { CanvasEngine } from "@/canvas/engine";
import { type Look, PLAIN } from "@/canvas/look";
import { fetchPixels } from "@/canvas/picture";
import type { Shape } from "@/canvas/shapes";
import { learnMean } from "@/canvas/skeletons";
import { useCloserLook } from "@/canvas/useCloserLook";
import { useMessages } from "@/i18n/messages";
import { equalJson } from "@/lib/equal";
import { readSetting, writeSetting } from "@/lib/storage";
import { announce } from "@/ui/announce";
import { notify } from "@/ui/notify";
import type { LoadedPicture, WorkProps } from "../base";
import { proposer } from "../proposer";
import { AfterPaint } from "./AfterPaint";
import type { AnswerForm } from "./answers";
import { Board } from "./board";
import { messages } from "./messages";
import parts from "./parts.module.css";
import { type LearntMean, meanSetting, type RegionSchema, regionSchema } from "./regionSchema";
import classes from "./ShapesWork.module.css";
import { SidePanel } from "./SidePanel";
import { ToolRail } from "./ToolRail";
import { useShapeCommands } from "./useShapeCommands";

/** The picture on the screen comes first. */
const NEXT_MS = 250;

export function ShapesWork({ form, ...props }: WorkProps & { form: AnswerForm }) {
  const { schema, project, suggestion, guide, children, onSubmit } = props;
  const t = useMessages(messages);
  const help = useId();
  const region = useMemo(() => regionSchema(schema, project), [schema, project]);
  const [board] = useState(() => makeBoard(form, region));
  board.schema = region;
  board.onTake = props.onTake;
  const [engine, setEngine] = useState<CanvasEngine | null>(null);
  board.engine = engine;
  // Read by the rail alone: a turn of the wheel must not render the list of all shapes.
  const [zoom] = useState(() => createStore(() => ({ scale: 1 })));
  const [look, setLook] = useState<Look>(PLAIN);

  useQuestion(engine, board, region);
  const forgetStep = useDocument(board, form, props);
  useNewPoints(board, form, region);
  const failed = usePicture(engine, props);
  useNextPixels(props);
  // The picture that has fewer pixels than it could, until the line is back.
  const [cut, setCut] = useState("");
  const { image_url: address } = props.picture;
  const lookCloser = useCloserLook(engine, props.picture, (is) => setCut(is ? address : ""));
  useEffect(() => engine?.setLook(look), [engine, look]);

  const submit = (at: number) => {
    // Nobody can say what is on an image that is not seen yet.
    if (!engine?.ready) return;
    engine.tool.finish();
    // An outline that could not be closed is still being drawn, and must not be lost.
    if (engine.tool.draft) return;
    const { obstacle } = board;
    if (obstacle !== null) {
      announce(obstacle);
      return;
    }
    const { shapes } = board.editor.getState();
    learn(board, project);
    forgetStep();
    onSubmit(form.write(shapes, region.skeleton), at);
  };
  useShapeCommands(board, submit);

  return (
    <div className={classes.work} data-testid="stage" data-task={props.task}>
      <ToolRail board={board} zoom={zoom} look={look} onLook={setLook} />
      <div className={classes.middle}>
        <div className={classes.view}>
          <CanvasView
            editor={board.editor}
            label={t.canvas(props.picture.filename)}
            describedBy={help}
            onEngine={setEngine}
            onScale={(scale) => zoom.setState({ scale })}
            onShort={lookCloser}
          />
          {cut === address && !failed && (
            <p className={classes.cut} role="status">
              {t.fewerPixels}
            </p>
          )}
          {failed && (
            <div className={classes.failed} role="alert">
              <p>{t.loadFailed}</p>
              <button type="button" className={parts.plain} onClick={failed}>
                {t.tryAgain}
              </button>
            </div>
          )}
        </div>
        {children}
        <p id={help} className="lh-hidden">
          {t.canvasHelp}
        </p>
      </div>
      <SidePanel
        board={board}
        proposedBy={suggestion ? proposer(suggestion) : ""}
        guide={guide}
        onSubmit={submit}
      />
    </div>
  );
}

function makeBoard(form: AnswerForm, region: RegionSchema): Board {
  const label = region.inUse[0]?.name ?? "";
  return new Board(createEditor({ tool: form.tool, label }), region, form.tool);
}

/** Tells the engine what is asked, and keeps the next label one that is in use. */
function useQuestion(engine: CanvasEngine | null, board: Board, region: RegionSchema): void {
  useEffect(() => {
    const { label } = board.editor.getState();
    if (!region.inUse.some((one) => one.name === label)) {
      board.editor.setState({ label: region.inUse[0]?.name ?? "" });
    }
    const inks = new Map(region.labels.map((one) => [one.name, one.ink]));
    const plain = { color: "#ffffff", dashed: true, text: "#111", tag: "?" };
    engine?.ask({
      skeleton: region.skeleton,
      leastSide: region.leastSide,
      inkOf: (shape) => inks.get(shape.label) ?? plain,
      titleOf: board.titleOf,
    });
  }, [engine, board, region]);
}

/**
 * The document of each item: opened with its answer or draft, kept as a draft after each step.
 * Returns how to forget a step that is not kept yet, for an answer that is sent.
 */
function useDocument(board: Board, form: AnswerForm, props: WorkProps): () => void {
  const { task, answer, suggestion } = props;
  const { editor } = board;
  const opened = useRef<number | null>(null);
  const given = useRef<JsonObject | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [later] = useState(() => new AfterPaint());

  useLayoutEffect(() => {
    // What comes back is what was drawn here; a draft from the browser's store arrives late.
    const own = answer === given.current;
    const touched = editor.getState().past.length > 0;
    if (opened.current === task && (own || touched)) return;
    later.flush();
    opened.current = task;
    given.current = answer;
    const { skeleton } = board.schema;
    const proposed = answer === null ? form.read(suggestion?.answer ?? null, skeleton) : [];
    openDocument(editor, form.read(answer, skeleton), proposed);
  }, [board, editor, form, later, task, answer, suggestion]);

  useEffect(
    () =>
      editor.subscribe((state, before) => {
        const opening = state.past.length === 0 && state.future.length === 0;
        if (state.shapes === before.shapes || opening) return;
        const { onChange } = latest.current; // it keeps the draft of this task, whatever comes next
        later.run(() => {
          const made = form.write(state.shapes, board.schema.skeleton);
          given.current = made;
          onChange(made);
        });
      }),
    [board, editor, form, later],
  );
  useEffect(() => {
    const flush = () => later.flush();
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, [later]);
  return () => later.forget();
}

/** Points are kept by their place: when the question's change, what is drawn moves to the new ones. */
function useNewPoints(board: Board, form: AnswerForm, { skeleton }: RegionSchema): void {
  const t = useMessages(messages);
  const drawnOn = useRef(skeleton);
  useLayoutEffect(() => {
    const before = drawnOn.current;
    drawnOn.current = skeleton;
    if (!before || !skeleton || equalJson(before.names, skeleton.names)) return;
    const { shapes, proposed } = board.editor.getState();
    const now = (drawn: readonly Shape[]) => form.read(form.write(drawn, before), skeleton);
    openDocument(board.editor, now(shapes), now(proposed));
    if (shapes.length > 0) notify(t.pointsChanged);
  }, [board, form, skeleton, t]);
}

/** Shows the picture of the item; where that fails, how to try again. */
function usePicture(engine: CanvasEngine | null, props: WorkProps): (() => void) | null {
  const { task, picture } = props;
  const [failed, setFailed] = useState<number | null>(null);
  const [tries, setTries] = useState(0);
  const latest = useRef(props);
  latest.current = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try loads anew
  useLayoutEffect(() => {
    if (!engine) return;
    const { load, onShown } = latest.current;
    const loaded = load();
    const show = (ready: boolean) => {
      const { bitmap } = loaded;
      loaded.bitmap = undefined; // the engine's from now on
      engine.show(bitmap ?? loaded.element, picture);
      onShown(ready);
    };
    setFailed(null);
    if (loaded.state === "ready") {
      show(true);
      return;
    }
    engine.clear();
    let wanted = true;
    void loaded.ready.then((ready) => {
      if (!wanted) return;
      if (ready) show(false);
      else setFailed(task);
    });
    return () => {
      wanted = false;
    };
  }, [engine, task, picture.image_url, tries]);
  return failed === task ? () => setTries(tries + 1) : null;
}

/** Decodes the next picture while this one is worked on: in the frame that shows it is no time. */
function useNextPixels({ task, loadNext }: WorkProps): void {
  const latest = useRef(loadNext);
  latest.current = loadNext;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each task
  useEffect(() => {
    const timer = setTimeout(() => {
      const next = latest.current?.();
      if (next) void takePixels(next);
    }, NEXT_MS);
    return () => clearTimeout(timer);
  }, [task]);
}

async function takePixels(next: LoadedPicture): Promise<void> {
  if (next.bitmap || !(await next.ready)) return;
  // Without them the picture is decoded when it is painted.
  const pixels = await fetchPixels(next.element.src).catch(() => undefined);
  if (next.bitmap) pixels?.close();
  else next.bitmap = pixels;
}

/** Skeletons of a project's own have no known mean shape: the labeler's answers make one. */
function learn(board: Board, project: number): void {
  const { skeleton } = board.schema;
  if (!skeleton) return;
  let mean = readSetting<LearntMean | null>(meanSetting(project), null);
  for (const shape of board.editor.getState().shapes) {
    if (shape.kind === "keypoints") mean = learnMean(mean, shape) as LearntMean | null;
  }
  writeSetting(meanSetting(project), mean);
}
