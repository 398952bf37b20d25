// A transcription's schema and answers, as the field and the screen need them.
import type { JsonObject } from "@/api/types";

export type Direction = "auto" | "ltr" | "rtl" | "vertical";

export interface TextSchema {
  /** In characters as people count them, not in code units. */
  maxLength: number;
  multiline: boolean;
  direction: Direction;
  palette: string[];
}

const DIRECTIONS: readonly Direction[] = ["auto", "ltr", "rtl", "vertical"];

export function textSchema(document: JsonObject): TextSchema {
  const { max_length, multiline, direction, palette } = document;
  return {
    maxLength: typeof max_length === "number" ? max_length : 2000,
    multiline: multiline === true,
    direction: DIRECTIONS.find((one) => one === direction) ?? "auto",
    palette: Array.isArray(palette) ? palette.map(String) : [],
  };
}

export interface TextAnswer {
  text: string;
  /** Nothing of the line can be read; then there is no text. */
  illegible: boolean;
}

export function textAnswer(answer: JsonObject | null | undefined): TextAnswer {
  return {
    text: typeof answer?.text === "string" ? answer.text : "",
    illegible: answer?.illegible === true,
  };
}

/**
 * What is sent: as it was typed, in the normal form that it was typed in, without characters that
 * no text holds, and where one line is wanted with breaks and tabs as spaces.
 */
export function cleaned(text: string, multiline: boolean): string {
  const lines = text.replace(/\r\n?/g, "\n");
  const kept = multiline ? lines : lines.replace(/[\n\t]+/g, " ");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return kept.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "").trim();
}

/** Characters over the limit, 0 for none. */
export function surplus(text: string, { maxLength, multiline }: TextSchema): number {
  return Math.max(0, [...cleaned(text, multiline)].length - maxLength);
}

export interface Stretch {
  text: string;
  uncertain: boolean;
}

/** Below this the model is wrong often enough to look again. */
const SURE = 0.8;

/** A proposal cut where its certainty changes; `sureness` has one figure per character. */
export function stretches(text: string, sureness: readonly number[] | null): Stretch[] {
  const found: Stretch[] = [];
  [...text].forEach((character, at) => {
    const uncertain = (sureness?.[at] ?? 1) < SURE;
    const last = found.at(-1);
    if (last && last.uncertain === uncertain) last.text += character;
    else found.push({ text: character, uncertain });
  });
  return found;
}

/** Whether Tab would lose nothing: what is typed so far is how the proposal begins. */
export function completes(typed: string, proposal: string): boolean {
  return proposal !== "" && typed !== proposal && proposal.startsWith(typed);
}
