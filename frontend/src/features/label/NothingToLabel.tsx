// Why there is no item, in the server's words, and what can be done meanwhile.
import { Button, Group } from "@mantine/core";
import { Link } from "react-router";
import { useMessages } from "@/i18n/messages";
import { Empty, Loading } from "@/ui/states";
import type { LabelLoop, LoopState } from "./loop";
import { messages } from "./messages";

interface NothingProps {
  project: number;
  loop: LabelLoop;
  state: LoopState;
}

export function NothingToLabel({ project, loop, state }: NothingProps) {
  const t = useMessages(messages);
  if (state.phase === "loading") return <Loading label={t.loading} />;
  const offline = state.error?.offline ?? false;
  const canLookBack = state.past.some((past) => past.answer !== null);
  return (
    <Empty
      icon={offline ? "offline" : state.error ? "warning" : "check"}
      title={offline ? t.offlineTitle : t.nothing}
      action={
        <Group gap="sm" justify="center" mt="xs">
          <Button variant="default" onClick={() => void loop.fill(true)}>
            {t.checkNow}
          </Button>
          {canLookBack && (
            <Button variant="default" onClick={() => loop.previous()}>
              {t.lookBack}
            </Button>
          )}
          <Button component={Link} to={`/projects/${project}`} variant="subtle">
            {t.overview}
          </Button>
        </Group>
      }
    >
      <p data-testid="nothing-message">{offline ? t.offlineText : whyNothing(state, t)}</p>
      {!offline && <p>{t.checking}</p>}
      {state.answered > 0 && <p>{t.visitSum(state.answered)}</p>}
    </Empty>
  );
}

function whyNothing({ message, error }: LoopState, t: (typeof messages)["english"]): string {
  return message ?? error?.detail ?? t.nothingText;
}
