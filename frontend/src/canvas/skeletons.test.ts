import { expect, test } from "vitest";
import { FACE_5, FACE_68 } from "./knownSkeletons";
import type { InstanceShape } from "./shapes";
import { learnMean, looksSwapped, mirrored, placedMean, skeletonOf, swapped } from "./skeletons";

const IMAGE = { width: 400, height: 300 };
const FACE = skeletonOf(FACE_5.names.map((name) => ({ name })));
const SIXTY_EIGHT = skeletonOf(Array.from({ length: 68 }, (_, at) => ({ name: `${at}` })));

function face(skeleton = FACE, turn = 0): InstanceShape {
  const rect = { x: 100, y: 50, width: 80, height: 90 };
  const placed = placedMean(skeleton, rect, IMAGE) ?? [];
  const points = placed.map(({ x, y, occluded }) => ({
    x: 140 + (x - 140) * Math.cos(turn) - (y - 95) * Math.sin(turn),
    y: 95 + (x - 140) * Math.sin(turn) + (y - 95) * Math.cos(turn),
    occluded,
  }));
  return { id: "f", kind: "keypoints", label: "face", points };
}

test.each([
  ["5", FACE_5],
  ["68", FACE_68],
])("the %s points of a face mirror each other, on the mean shape too", (_, known) => {
  known.mirror.forEach((other, at) => {
    expect(known.mirror[other]).toBe(at);
    const [a, b] = [known.mean[at], known.mean[other]];
    expect((a?.x ?? 0) + (b?.x ?? 0)).toBeCloseTo(1, 1);
    expect(a?.y).toBeCloseTo(b?.y ?? 0, 1);
  });
});

test("faces are known by the names of their points, however these are written", () => {
  const named = ["leftEye", "right eye", "Nose tip", "left mouth corner", "mouth-right"];
  const known = skeletonOf(named.map((name) => ({ name })));
  expect([known.mirror, known.mean]).toEqual([FACE_5.mirror, FACE_5.mean]);
  expect(SIXTY_EIGHT.mirror).toEqual(FACE_68.mirror);
  expect(skeletonOf([{ name: "a" }, { name: "b" }]).mean).toBeNull();
});

test("named mirrors and bones count before what is known; retired points do not", () => {
  const made = skeletonOf(
    [
      { name: "l", mirror: "r" },
      { name: "old", retired: true },
      { name: "r", mirror: "l" },
    ],
    [
      ["l", "r"],
      ["l", "old"],
    ],
  );
  expect(made).toMatchObject({ names: ["l", "r"], mirror: [1, 0], bones: [[0, 1]] });
});

test("turning over twice gives the same face; names follow the sides", () => {
  const given = face();
  const turned = mirrored(given, FACE, IMAGE);
  expect(turned.points[0]?.x).toBeGreaterThan(turned.points[1]?.x ?? 0);
  const back = mirrored(turned, FACE, IMAGE).points;
  back.forEach((point, at) => {
    expect(point?.x).toBeCloseTo(given.points[at]?.x ?? 0, 6);
    expect(point?.y).toBeCloseTo(given.points[at]?.y ?? 0, 6);
  });
});

test("exchanging names moves no point, and takes what is hidden or absent along", () => {
  const points = [{ x: 1, y: 2, occluded: true }, null, ...face().points.slice(2)];
  const given: InstanceShape = { ...face(), points };
  const made = swapped(given, FACE);
  expect(made.points.slice(0, 2)).toEqual([null, points[0]]);
  expect(swapped(made, FACE).points).toEqual(given.points);
});

test.each([0, 0.6, Math.PI / 2, Math.PI])("exchanged sides are noticed at a tilt of %f", (turn) => {
  for (const skeleton of [FACE, SIXTY_EIGHT]) {
    const given = face(skeleton, turn);
    expect(looksSwapped(given, skeleton)).toBe(false);
    expect(looksSwapped(swapped(given, skeleton), skeleton)).toBe(true);
  }
});

test("too few points tell nothing about the sides", () => {
  const { points } = swapped(face(), FACE);
  const few = { ...face(), points: points.map((point, at) => (at < 2 ? point : null)) };
  expect(looksSwapped(few, FACE)).toBe(false);
});

test("a mean is learnt from complete shapes and becomes their mean", () => {
  const shape = (x: number): InstanceShape => ({
    ...face(),
    points: [
      { x: 0, y: 0, occluded: false },
      { x, y: 50, occluded: false },
      { x: 100, y: 100, occluded: false },
    ],
  });
  const first = learnMean(null, shape(20));
  const both = learnMean(first, shape(40));
  expect(both?.count).toBe(2);
  expect(both?.points[1]?.x).toBeCloseTo(0.3, 9);
  const partial = { ...shape(90), points: [...shape(90).points.slice(0, 2), null] };
  expect(learnMean(both, partial)).toBe(both);
});
