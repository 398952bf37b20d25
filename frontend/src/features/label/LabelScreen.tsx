// Answering: image, question, answer, next.
import { lazy, Suspense, useCallback, useDeferredValue, useEffect, useRef, useState } from "react";
import { useProject, useProjectId } from "@/api/project";
import type { JsonObject, LeasedTask, Project } from "@/api/types";
import { useOneAnswerPerEnter } from "@/commands/useOneAnswerPerEnter";
import { formatNumber, formatRelative, useMessages } from "@/i18n/messages";
import { readSetting, writeSetting } from "@/lib/storage";
import { useTaskType } from "@/task-types";
import type { TaskType } from "@/task-types/base";
import { announce } from "@/ui/announce";
import { Dialog } from "@/ui/Dialog";
import { KeyHint } from "@/ui/KeyHint";
import { Page, Workspace } from "@/ui/Page";
import { StatusSlot } from "@/ui/StatusSlot";
import { Empty, Loaded, Loading } from "@/ui/states";
import { LookClock, paceOf } from "./clock";
import { FilmStrip } from "./FilmStrip";
import classes from "./LabelScreen.module.css";
import { messages } from "./messages";
import { QuestionBar } from "./QuestionBar";
import { ReasonDialog } from "./ReasonDialog";
import { SidePanel } from "./SidePanel";
import { Stage } from "./Stage";
import { useLabelSettings } from "./settings";
import { shown as markShown, pressed } from "./timing";
import { tookIn, useDraft } from "./useDraft";
import { useLabelCommands } from "./useLabelCommands";
import { useLoop } from "./useLoop";
import { useOneItemPerClick } from "./useOneItemPerClick";

const NothingToLabel = lazy(async () => ({
  default: (await import("./NothingToLabel")).NothingToLabel,
}));

export function LabelScreen() {
  const t = useMessages(messages);
  const project = useProject(useProjectId());
  if (!project.data) {
    return (
      <Page title="">
        <Loaded query={project}>{() => null}</Loaded>
      </Page>
    );
  }
  return (
    <Suspense fallback={<Loading label={t.loading} />}>
      <WithType key={project.data.id} project={project.data} />
    </Suspense>
  );
}

function WithType({ project }: { project: Project }) {
  const t = useMessages(messages);
  const type = useTaskType(project.task_type);
  if (!type) return <Empty icon="warning" title={t.unknownType(project.task_type)} />;
  return <LabelWork project={project} type={type} />;
}

type Asking = "skip" | "flag" | "guide" | null;

function LabelWork({ project, type }: { project: Project; type: TaskType }) {
  const t = useMessages(messages);
  const { loop, state, images } = useLoop(project, type);
  const [enlarged, setEnlarged] = useState(false);
  const [asking, setAsking] = useState<Asking>(null);
  const [settings, setSettings] = useLabelSettings();
  const [retries, setRetries] = useState(0);
  const times = useRef<number[]>([]);
  // The image and the answer come first; strip and panel follow a frame later.
  const settled = useDeferredValue(state);
  const open = useCallback((place: number) => loop.open(place), [loop]);
  const toFront = useCallback(() => loop.toFront(), [loop]);

  const shown = loop.shown;
  const past = shown && "past" in shown ? shown.past : null;
  const offer = shown && "offer" in shown ? shown.offer : null;
  const task = past?.task ?? offer?.id ?? null;
  const picture = past?.picture ?? offer?.item ?? null;
  const schema = project.schema.document;
  const clock = useLookClock(task);
  const stopSecond = useOneItemPerClick(task);
  const answeredByKey = useOneAnswerPerEnter();
  const draft = useDraft(project.id, task, offer);
  const { forget } = draft;
  const answer = draft.answer === undefined ? (past?.answer ?? null) : draft.answer;
  const words = (given: JsonObject) => type.describe(given, schema).text;
  const suggestion = offer?.prelabel ?? null;
  const took = tookIn(project.id);

  const submit = useCallback(
    (given: JsonObject, at: number) => {
      const place = loop.shown;
      if (!place) return;
      pressed(at);
      answeredByKey();
      times.current = [...times.current.slice(-200), Date.now()];
      const text = type.describe(given, schema).text;
      forget("past" in place ? place.past.task : place.offer.id);
      loop.submit(given, clock.elapsed(), suggestion && readSetting(took, 0) === task);
      announce("past" in place ? t.saidChange(text) : t.saidAnswer(text));
    },
    [loop, type, schema, forget, clock, t, suggestion, task, took, answeredByKey],
  );

  useLabelCommands({
    loop,
    plain: type.Answer !== undefined,
    enlarge: setEnlarged,
    isEnlarged: enlarged,
    ask: setAsking,
    hasDraft: draft.answer != null && past === null,
    clearDraft: () => draft.change(null),
    words,
  });

  const give = (reason: string) => {
    if (asking === "skip") {
      loop.skip(reason);
      announce(t.saidSkip);
    } else if (asking === "flag") {
      loop.flag(reason);
      announce(t.saidFlag);
    }
    setAsking(null);
  };

  const pace = paceOf(times.current, Date.now());
  const side = (
    <SidePanel
      project={project}
      type={type}
      loop={loop}
      reason={useDeferredValue(past ? t.whyBack : offer && whyOf(offer.reason, t))}
      answered={settled.answered}
      pace={pace}
      settings={settings}
      onSettings={setSettings}
    />
  );

  const answering = {
    schema,
    answer,
    suggestion,
    submitAtOnce: settings.submitAtOnce,
    onTake: () => writeSetting(took, task),
    onChange: draft.change,
    onSubmit: submit,
  };
  const lost = offer !== null && state.lost === offer.id && (
    <div className={classes.again} role="alert">
      <span>{t.lostBegun}</span>
      <button type="button" className={classes.front} onClick={() => loop.leaveLost()}>
        {t.leaveLost}
      </button>
    </div>
  );
  const elsewhere = draft.elsewhere && (
    <div className={classes.again} role="note" data-testid="elsewhere">
      <span>{t.begunElsewhere(formatRelative(new Date(offer?.begunAt ?? 0).toISOString()))}</span>
      <button type="button" className={classes.front} onClick={() => draft.change(null)}>
        {t.startAnew}
      </button>
    </div>
  );
  const note = past && (
    <div className={classes.again} role="note">
      <span>{past.answer && t.answeredAs(words(past.answer))}</span>
      <button type="button" className={classes.front} onClick={toFront}>
        {t.toFront} <KeyHint keys="Escape" />
      </button>
    </div>
  );
  const strip = (
    <FilmStrip state={settled} type={type} schema={schema} onOpen={open} onFront={toFront} />
  );

  return (
    <Workspace
      title={t.title(project.name)}
      aside={type.Work && type.ownSide ? undefined : side}
      asideLabel={t.guideTitle}
    >
      <div
        className={classes.work}
        data-many={type.needsSide(schema) || undefined}
        onClickCapture={stopSecond}
      >
        <QuestionBar
          plain={type.Answer !== undefined}
          question={project.question}
          canGoBack={state.past.some((one) => one.answer !== null)}
          canSkip={offer !== null}
          canFlag={task !== null}
          flagged={task !== null && state.flagged.has(task)}
          onGuide={() => setAsking("guide")}
        />
        {task !== null && picture !== null && type.Work ? (
          <div className={classes.own}>
            <type.Work
              {...answering}
              project={project.id}
              task={task}
              picture={picture}
              load={() => images.get(task, picture)}
              loadNext={() => {
                const next = loop.getState().queue[past ? 0 : 1];
                return next ? images.get(next.id, next.item) : null;
              }}
              loadOther={() => (picture.other ? images.getOther(task, picture.other) : null)}
              around={() => loop.around()}
              onShown={(ready) => markShown(task, ready)}
              guide={side}
            >
              {lost || note || elsewhere}
              {strip}
            </type.Work>
          </div>
        ) : task !== null && picture !== null && type.Answer ? (
          <>
            <div className={classes.view}>
              <Stage
                key={retries}
                task={task}
                picture={picture}
                images={images}
                enlarged={enlarged}
                smooth={settings.smooth}
                onEnlarge={setEnlarged}
                onRetry={() => setRetries(retries + 1)}
              />
              {lost || note || elsewhere}
              {strip}
            </div>
            <div className={classes.pad}>
              <type.Answer {...answering} />
            </div>
          </>
        ) : (
          <div className={classes.nothing}>
            <Suspense fallback={<Loading label={t.loading} />}>
              <NothingToLabel project={project.id} loop={loop} state={state} />
            </Suspense>
          </div>
        )}
      </div>
      <StatusSlot>
        {pace !== null && <span className={classes.wide}>{t.statusPace(formatNumber(pace))}</span>}
        <span data-testid="answered">{t.statusCount(settled.answered)}</span>
      </StatusSlot>
      {(asking === "skip" || asking === "flag") && (
        <ReasonDialog
          title={asking === "skip" ? t.skipTitle : t.flagTitle}
          reasons={(asking === "skip" ? t.skipReasons : t.flagReasons).split("|")}
          onReason={give}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === "guide" && (
        <Dialog size="full" title={t.guideTitle} onClose={() => setAsking(null)}>
          {side}
        </Dialog>
      )}
    </Workspace>
  );
}

/** Runs from the moment an item is on the screen, and stands still while the page is hidden. */
function useLookClock(task: number | null): LookClock {
  const [clock] = useState(() => new LookClock());
  // biome-ignore lint/correctness/useExhaustiveDependencies: another task starts the clock anew
  useEffect(() => clock.restart(), [clock, task]);
  useEffect(() => {
    const change = () => (document.hidden ? clock.hide() : clock.show());
    document.addEventListener("visibilitychange", change);
    return () => document.removeEventListener("visibilitychange", change);
  }, [clock]);
  return clock;
}

/** In the reader's own language; items kept for offline work may know the server's words alone. */
function whyOf({ code, text }: LeasedTask["reason"], t: (typeof messages)["english"]): string {
  return t[`why_${code}`] ?? text;
}
