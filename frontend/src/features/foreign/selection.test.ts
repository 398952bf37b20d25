import { describe, expect, it } from "vitest";
import { among, clicked, NOTHING } from "./selection";

const TASKS = [11, 12, 13, 14, 15];

describe("selection of tiles", () => {
  it("takes and gives back the tile that is clicked", () => {
    const one = clicked(NOTHING, TASKS, 1, false);
    expect([...one.chosen]).toEqual([12]);
    expect([...clicked(one, TASKS, 1, false).chosen]).toEqual([]);
  });

  it("takes the whole range with Shift, in both directions", () => {
    const from = clicked(NOTHING, TASKS, 3, false);
    expect([...clicked(from, TASKS, 1, true).chosen].sort()).toEqual([12, 13, 14]);
    expect([...clicked(NOTHING, TASKS, 2, true).chosen]).toEqual([13]);
  });

  it("forgets what is no longer in the list", () => {
    expect(among(new Set([12, 99]), TASKS)).toEqual([12]);
    expect(clicked(NOTHING, TASKS, 9, false)).toEqual(NOTHING);
  });
});
