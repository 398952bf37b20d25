// Checks in the order in which they matter, and the commands within the way to mend one.
import type { StatusCheck } from "@/api/types";

const RANK: Record<StatusCheck["state"], number> = { fail: 0, warn: 1, ok: 2 };

export function ordered(checks: readonly StatusCheck[]): StatusCheck[] {
  return [...checks].sort((a, b) => RANK[a.state] - RANK[b.state]);
}

/** The sentence, and what stands between backticks in it as commands to copy. */
export function commandsIn(fix: string): { text: string; commands: string[] } {
  const commands = [...fix.matchAll(/`([^`]+)`/g)].map(([, command]) => command ?? "");
  const [only] = commands;
  // A fix that is nothing but a command needs no sentence beside it.
  const text = only !== undefined && fix.trim() === `\`${only}\`` ? "" : fix.replaceAll("`", "");
  return { text, commands: commands.filter((command) => /\s/.test(command)) };
}
