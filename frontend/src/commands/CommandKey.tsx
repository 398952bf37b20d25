// The key of a command as it is now, for the button that runs it.
import { KeyHint } from "@/ui/KeyHint";
import type { Command } from "./registry";
import { useKeyOf } from "./useCommands";

export function CommandKey(command: Pick<Command, "id" | "keys">) {
  return <KeyHint keys={useKeyOf(command)} />;
}
