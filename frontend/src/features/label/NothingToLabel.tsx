// Why there is no item, in the server's words, and what can be done meanwhile.
import { Button, Group } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Link } from "react-router";
import { useMessages } from "@/i18n/messages";
import { messages as common } from "@/ui/messages";
import { Empty, Loading } from "@/ui/states";
import type { LabelLoop } from "./loop";
import type { LoopState } from "./loopState";
import { messages as labeling } from "./messages";
import { messages } from "./nothingMessages";

const PausedNotice = lazy(async () => ({
  default: (await import("./PausedNotice")).PausedNotice,
}));

interface NothingProps {
  project: number;
  loop: LabelLoop;
  state: LoopState;
}

export function NothingToLabel({ project, loop, state }: NothingProps) {
  const t = useMessages(messages);
  const { loading, myWork } = useMessages(labeling);
  const { problem, tryAgain } = useMessages(common);
  if (state.phase === "loading") return <Loading label={loading} />;
  if (state.paused) {
    return (
      <Suspense fallback={<Loading label={loading} />}>
        <PausedNotice project={project} onResumed={() => void loop.fill(true)} />
      </Suspense>
    );
  }
  const offline = state.error?.offline ?? false;
  const canLookBack = state.past.some((past) => past.answer !== null);
  const failed = state.error !== null && !offline;
  const offlineTitle = state.answered > 0 ? t.offlineTitle : t.notLoaded;
  const offlineText = state.answered > 0 ? t.offlineText : t.notLoadedText;
  const said = (
    <Empty
      icon={offline ? "offline" : failed ? "warning" : "check"}
      title={offline ? offlineTitle : failed ? problem : t.nothing}
      action={
        <Group gap="sm" justify="center" mt="xs">
          <Button variant="default" onClick={() => void loop.fill(true)}>
            {failed ? tryAgain : t.checkNow}
          </Button>
          {canLookBack && (
            <Button variant="default" onClick={() => loop.previous()}>
              {t.lookBack}
            </Button>
          )}
          <Button component={Link} to={`/projects/${project}/my-figures`} variant="subtle">
            {myWork}
          </Button>
          <Button component={Link} to={`/projects/${project}`} variant="subtle">
            {t.overview}
          </Button>
        </Group>
      }
    >
      <p data-testid="nothing-message">{offline ? offlineText : whyNothing(state, t)}</p>
      {!offline && !failed && <p>{t.checking}</p>}
      {state.answered > 0 && <p>{t.visitSum(state.answered)}</p>}
    </Empty>
  );
  return failed ? <div role="alert">{said}</div> : said;
}

function whyNothing({ message, error }: LoopState, t: (typeof messages)["english"]): string {
  return message ?? error?.detail ?? t.nothingText;
}
