// Drawing an answer: tools on the left, the image in the middle, the shapes as a list on the right.
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { JsonObject } from "@/api/types";
import { CanvasView } from "@/canvas/CanvasView";
import { createEditor, openDocument } from "@/canvas/editor";
import type { CanvasEngine } from "@/canvas/engine";
import { type Look, PLAIN } from "@/canvas/look";
import { learnMean } from "@/canvas/skeletons";
import { useMessages } from "@/i18n/messages";
import { readSetting, writeSetting } from "@/lib/storage";
import { announce } from "@/ui/announce";
import type { WorkProps } from "../base";
import type { AnswerForm } from "./answers";
import { Board } from "./board";
import { messages } from "./messages";
import { type LearntMean, meanSetting, type RegionSchema, regionSchema } from "./regionSchema";
import { SidePanel } from "./SidePanel";
import classes from "./shapes.module.css";
import { ToolRail } from "./ToolRail";
import { useShapeCommands } from "./useShapeCommands";

export function ShapesWork({ form, ...props }: WorkProps & { form: AnswerForm }) {
  const { schema, project, suggestion, guide, children, onSubmit } = props;
  const t = useMessages(messages);
  const help = useId();
  const region = useMemo(() => regionSchema(schema, project), [schema, project]);
  const [board] = useState(() => makeBoard(form, region));
  board.schema = region;
  const [engine, setEngine] = useState<CanvasEngine | null>(null);
  board.engine = engine;
  const [scale, setScale] = useState(1);
  const [look, setLook] = useState<Look>(PLAIN);

  useQuestion(engine, board, region);
  useDocument(board, form, props);
  const failed = usePicture(engine, props);
  useEffect(() => engine?.setLook(look), [engine, look]);

  const submit = (at: number) => {
    engine?.tool.finish();
    if (!board.isComplete) {
      announce(t.labelNeeded);
      return;
    }
    const { shapes } = board.editor.getState();
    learn(board, project);
    onSubmit(form.write(shapes, region.skeleton), at);
  };
  useShapeCommands(board, submit);

  return (
    <div className={classes.work} data-testid="stage" data-task={props.task}>
      <ToolRail board={board} scale={scale} look={look} onLook={setLook} />
      <div className={classes.middle}>
        <div className={classes.view}>
          <CanvasView
            editor={board.editor}
            label={t.canvas(props.picture.filename)}
            describedBy={help}
            onEngine={setEngine}
            onScale={setScale}
          />
          {failed && (
            <div className={classes.failed} role="alert">
              <p>{t.loadFailed}</p>
              <button type="button" className={classes.plain} onClick={failed}>
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
        confidence={suggestion?.confidence ?? null}
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

/** The document of each item: opened with its answer or draft, kept as a draft on each step. */
function useDocument(board: Board, form: AnswerForm, props: WorkProps): void {
  const { task, answer, suggestion } = props;
  const { editor } = board;
  const opened = useRef<number | null>(null);
  const given = useRef<JsonObject | null>(null);
  const latest = useRef(props);
  latest.current = props;

  useLayoutEffect(() => {
    // What comes back is what was drawn here; a draft from the browser's store arrives late.
    const own = answer === given.current;
    const touched = editor.getState().past.length > 0;
    if (opened.current === task && (own || touched)) return;
    opened.current = task;
    given.current = answer;
    const { skeleton } = board.schema;
    const proposed = answer === null ? form.read(suggestion?.answer ?? null, skeleton) : [];
    openDocument(editor, form.read(answer, skeleton), proposed);
  }, [board, editor, form, task, answer, suggestion]);

  useEffect(
    () =>
      editor.subscribe((state, before) => {
        const opening = state.past.length === 0 && state.future.length === 0;
        if (state.shapes === before.shapes || opening) return;
        const made = form.write(state.shapes, board.schema.skeleton);
        given.current = made;
        latest.current.onChange(made);
      }),
    [board, editor, form],
  );
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
      engine.show(loaded.element, picture);
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
