// What the label schema of a drawn answer says: labels with their keys, attributes, named points.
import type { JsonObject, Label } from "@/api/types";
import type { Ink } from "@/canvas/painter";
import { type NamedPoint, type Skeleton, skeletonOf } from "@/canvas/skeletons";
import { readSetting } from "@/lib/storage";
import { labelStyle } from "@/ui/theme";

export interface RegionLabel {
  name: string;
  title: string;
  retired: boolean;
  key: string | null;
  ink: Ink;
}

export interface Attribute {
  name: string;
  kind: "flag" | "choice" | "text";
  options: string[];
}

export interface RegionSchema {
  labels: readonly RegionLabel[];
  inUse: readonly RegionLabel[];
  attributes: readonly Attribute[];
  skeleton: Skeleton | null;
  leastSide: number;
}

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const KEYS = [...DIGITS, ...DIGITS.map((digit) => `Shift+${digit}`)];

function listOf<Row>(value: unknown): Row[] {
  return Array.isArray(value) ? (value as Row[]) : [];
}

/** What is known of earlier shapes of the project, for skeletons of its own. */
export interface LearntMean {
  count: number;
  points: { x: number; y: number }[];
}

export const meanSetting = (project: number) => `mean-shape-${project}`;

export function regionSchema(schema: JsonObject, project: number): RegionSchema {
  const all = listOf<Label>(schema.labels);
  const own = new Set(all.flatMap(({ hotkey, retired }) => (hotkey && !retired ? [hotkey] : [])));
  // 0 shows all of the image, so the digits go from 1 to 9.
  const free = KEYS.filter((key) => !own.has(key));
  const labels = all.map((label, index) => regionLabel(label, index, free));
  const points = listOf<NamedPoint>(schema.points);
  const learnt = readSetting<LearntMean | null>(meanSetting(project), null);
  return {
    labels,
    inUse: labels.filter((label) => !label.retired),
    attributes: listOf<Attribute>(schema.attributes).map((one) => ({
      ...one,
      options: one.options ?? [],
    })),
    skeleton:
      points.length > 0
        ? skeletonOf(points, listOf<[string, string]>(schema.bones), learnt?.points ?? null)
        : null,
    leastSide: typeof schema.least_side === "number" ? schema.least_side : 0,
  };
}

function regionLabel(label: Label, index: number, free: string[]): RegionLabel {
  const title = label.title || label.name;
  const retired = label.retired ?? false;
  const style = labelStyle(index);
  const color = label.color ?? style.color;
  return {
    name: label.name,
    title,
    retired,
    key: retired ? null : label.hotkey || (free.shift() ?? null),
    ink: {
      color,
      dashed: label.color ? false : style.dashed,
      text: label.color ? readableOn(color) : style.text,
      tag: title,
    },
  };
}

/** Black or white, whichever is read better on the colour (relative luminance of WCAG). */
export function readableOn(color: string): string {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return light > 0.18 ? "#111" : "#fff";
}
