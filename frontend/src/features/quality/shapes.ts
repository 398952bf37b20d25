// Merged shapes as lines to be drawn over a small picture: closed outlines, bones and points.
import type { JsonObject } from "@/api/types";

type Point = readonly [number, number];

export interface Drawn {
  /** SVG path data in the picture's own pixels. */
  path: string;
  dots: Point[];
}

interface Instance {
  points?: Record<string, [number, number, number]>;
}

/** What an answer of boxes, polygons or keypoints shows; nothing of other kinds. */
export function drawnOf(answer: JsonObject | null, schema: JsonObject): Drawn {
  const list = (field: string) => (Array.isArray(answer?.[field]) ? answer[field] : []) as never[];
  const outlines = [
    ...list("boxes").map(corners),
    ...list("polygons").map(({ points }: { points: Point[] }) => points),
  ];
  const instances = list("instances") as Instance[];
  return {
    path: [
      ...outlines.map((points) => `${line(points)}Z`),
      ...instances.flatMap((instance) => bonesOf(instance, schema)),
    ].join(""),
    dots: instances.flatMap(({ points }) =>
      Object.values(points ?? {}).flatMap(([x, y, seen]): Point[] => (seen > 0 ? [[x, y]] : [])),
    ),
  };
}

function corners(box: { x: number; y: number; width: number; height: number }): Point[] {
  const { x, y, width, height } = box;
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
}

const line = (points: readonly Point[]) => `M${points.map(([x, y]) => `${x} ${y}`).join("L")}`;

function bonesOf({ points = {} }: Instance, schema: JsonObject): string[] {
  const bones = Array.isArray(schema.bones) ? (schema.bones as [string, string][]) : [];
  return bones.flatMap(([from, to]) => {
    const [a, b] = [points[from], points[to]];
    return a && b && a[2] > 0 && b[2] > 0
      ? [
          line([
            [a[0], a[1]],
            [b[0], b[1]],
          ]),
        ]
      : [];
  });
}
