import type { Run } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { Tag, type Tone } from "@/ui/Tag";
import { messages } from "./messages";

const TONES: Record<Run["state"], Tone> = {
  pending: "neutral",
  running: "accent",
  done: "ok",
  failed: "error",
  cancelled: "neutral",
};

export function StateTag({ run, cancelling }: { run: Pick<Run, "state">; cancelling?: boolean }) {
  const t = useMessages(messages);
  return <Tag tone={TONES[run.state]}>{cancelling ? t.cancelling : t[`state_${run.state}`]}</Tag>;
}
