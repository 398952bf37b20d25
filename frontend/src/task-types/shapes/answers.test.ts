import { describe, expect, test } from "vitest";
import type { JsonObject } from "@/api/types";
import { skeletonOf } from "@/canvas/skeletons";
import { boxAnswers, inWords, keypointAnswers, polygonAnswers } from "./answers";

const SKELETON = skeletonOf([{ name: "left" }, { name: "right" }]);

describe("an answer that is read and written again is the same", () => {
  test.each<[string, typeof boxAnswers, JsonObject]>([
    [
      "boxes",
      boxAnswers,
      {
        boxes: [
          { label: "a", x: 1.25, y: 2, width: 3, height: 4, attributes: { cut: true } },
          { label: "b", x: 0, y: 0, width: 1, height: 1 },
        ],
      },
    ],
    [
      "polygons",
      polygonAnswers,
      {
        polygons: [
          {
            label: "a",
            points: [
              [0, 0],
              [5, 0],
              [5, 9.5],
            ],
          },
        ],
      },
    ],
    [
      "keypoints",
      keypointAnswers,
      { instances: [{ label: "face", points: { left: [1.5, 2, 1], right: [0, 0, 0] } }] },
    ],
  ])("%s", (_, form, answer) => {
    expect(form.write(form.read(answer, SKELETON), SKELETON)).toEqual(answer);
  });
});

test("nothing is an answer too", () => {
  expect(boxAnswers.read(null, null)).toEqual([]);
  expect(polygonAnswers.write([], null)).toEqual({ polygons: [] });
});

test("points that the schema has got since are absent, retired ones are left out", () => {
  const answer = { instances: [{ label: "face", points: { left: [1, 2, 2], gone: [3, 4, 2] } }] };
  expect(keypointAnswers.write(keypointAnswers.read(answer, SKELETON), SKELETON)).toEqual({
    instances: [{ label: "face", points: { left: [1, 2, 2], right: [0, 0, 0] } }],
  });
});

test("attributes that are empty are not said", () => {
  const [shape] = boxAnswers.read(
    { boxes: [{ label: "a", x: 0, y: 0, width: 1, height: 1 }] },
    null,
  );
  if (!shape) throw new Error("no shape");
  const said = boxAnswers.write([{ ...shape, attributes: { note: "", cut: false } }], null);
  expect(said).toMatchObject({ boxes: [{ attributes: { cut: false } }] });
});

test("labels in words, with their numbers", () => {
  expect(inWords(["face", "hand", "face"], (name) => name.toUpperCase())).toBe("2 × FACE, HAND");
});
