// Who proposes an answer, and how sure of it, in the words of the screen.
import { formatPercent, textOf } from "@/i18n/messages";
import type { Suggestion } from "./base";
import { messages } from "./messages";

type Proposed = Pick<Suggestion, "version" | "source" | "confidence">;

/** "model 3 · 87%", or the name of what an import came from. */
export function proposer({ version, source, confidence }: Proposed): string {
  const who = version === null ? source : textOf(messages).modelVersion(version);
  return confidence === null ? who : `${who} · ${formatPercent(confidence, 0)}`;
}
