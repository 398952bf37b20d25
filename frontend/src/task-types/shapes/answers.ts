// Between answers and shapes: the documents of the server's boxes, polygons and keypoints.
import type { JsonObject } from "@/api/types";
import type { Point } from "@/canvas/geometry";
import {
  type AttributeValue,
  type BoxShape,
  type InstanceShape,
  newId,
  type PolygonShape,
  type Shape,
} from "@/canvas/shapes";
import type { Skeleton } from "@/canvas/skeletons";

type Attributes = Readonly<Record<string, AttributeValue>>;
type Numbers = readonly number[];

interface Region {
  label?: string;
  attributes?: Attributes;
}

/** Reads and writes the answers of one task type. */
export interface AnswerForm {
  tool: "box" | "polygon" | "keypoints";
  read: (answer: JsonObject | null, skeleton: Skeleton | null) => Shape[];
  write: (shapes: readonly Shape[], skeleton: Skeleton | null) => JsonObject;
  /** Labels of the regions, in the answer's order. */
  labels: (answer: JsonObject) => string[];
}

function regions<One>(answer: JsonObject | null, field: string): (One & Region)[] {
  const list = answer?.[field];
  return Array.isArray(list) ? (list as unknown as (One & Region)[]) : [];
}

function common({ label, attributes }: Region) {
  return { id: newId(), label: label ?? "", ...(attributes && { attributes }) };
}

function told({ label, attributes }: Shape): Region {
  const given = Object.entries(attributes ?? {}).filter(([, value]) => value !== "");
  return { label, ...(given.length > 0 && { attributes: Object.fromEntries(given) }) };
}

export const boxAnswers: AnswerForm = {
  tool: "box",
  read: (answer) =>
    regions<Omit<BoxShape, "kind">>(answer, "boxes").map((box) => {
      const { x, y, width, height } = box;
      return { kind: "box", ...common(box), x, y, width, height };
    }),
  write: (shapes) => ({
    boxes: shapes
      .filter((shape): shape is BoxShape => shape.kind === "box")
      .map((shape) => {
        const { x, y, width, height } = shape;
        const { label = "", attributes } = told(shape);
        return { label, x, y, width, height, ...(attributes && { attributes }) };
      }),
  }),
  labels: (answer) => regions(answer, "boxes").map(({ label }) => label ?? ""),
};

export const polygonAnswers: AnswerForm = {
  tool: "polygon",
  read: (answer) =>
    regions<{ points: Numbers[] }>(answer, "polygons").map((polygon) => ({
      kind: "polygon",
      ...common(polygon),
      points: polygon.points.map(([x = 0, y = 0]): Point => ({ x, y })),
    })),
  write: (shapes) => ({
    polygons: shapes
      .filter((shape): shape is PolygonShape => shape.kind === "polygon")
      .map((shape) => ({ ...told(shape), points: shape.points.map(({ x, y }) => [x, y]) })),
  }),
  labels: (answer) => regions(answer, "polygons").map(({ label }) => label ?? ""),
};

export const keypointAnswers: AnswerForm = {
  tool: "keypoints",
  read: (answer, skeleton) =>
    regions<{ points: Record<string, Numbers> }>(answer, "instances").map((instance) => ({
      kind: "keypoints",
      ...common(instance),
      points: (skeleton?.names ?? Object.keys(instance.points)).map((name) => {
        const [x = 0, y = 0, visibility = 0] = instance.points[name] ?? [];
        return visibility === 0 ? null : { x, y, occluded: visibility === 1 };
      }),
    })),
  write: (shapes, skeleton) => ({
    instances: shapes
      .filter((shape): shape is InstanceShape => shape.kind === "keypoints")
      .map((shape) => ({ ...told(shape), points: placesOf(shape, skeleton) })),
  }),
  labels: (answer) => regions(answer, "instances").map(({ label }) => label ?? ""),
};

/** An absent point has no position, and is there all the same. */
function placesOf({ points }: InstanceShape, skeleton: Skeleton | null): JsonObject {
  return Object.fromEntries(
    (skeleton?.names ?? []).map((name, at) => {
      const point = points[at];
      return [name, point ? [point.x, point.y, point.occluded ? 1 : 2] : [0, 0, 0]];
    }),
  );
}

/** "3 × face, hand": the labels with their numbers. */
export function inWords(labels: readonly string[], titleOf: (label: string) => string): string {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts]
    .map(([label, count]) => (count === 1 ? titleOf(label) : `${count} × ${titleOf(label)}`))
    .join(", ");
}
