// What may be set of a consensus method, as the server tells it, and what was filled in.
import type { TaskKind } from "@/api/taskKinds";
import type { messages } from "./messages";
import type { Schemas } from "./requests";

export type Parameter = Schemas["MethodParameter"];

/** What can be set of a method; nothing of `auto`, which chooses. */
export function parametersOf(
  kinds: readonly TaskKind[],
  type: string,
  method: string,
): Parameter[] {
  return kinds.find(({ name }) => name === type)?.parameters[method] ?? [];
}

/** What was filled in of these parameters, as numbers; empty fields stay the method's own. */
export function paramsOf(
  parameters: readonly Pick<Parameter, "name">[],
  texts: Readonly<Record<string, string>>,
): Record<string, number> {
  return Object.fromEntries(
    parameters
      .map(({ name }) => [name, texts[name]?.trim() ?? ""] as const)
      .filter(([, text]) => text !== "")
      .map(([name, text]) => [name, Number(text.replace(",", "."))]),
  );
}

/** What a parameter is called; one that is new to this page by its name. */
export function titleOf(t: typeof messages.english, name: string): string {
  return (t as unknown as Record<string, string>)[`param_${name}`] ?? name;
}
