import { expect, test } from "vitest";
import { messages } from "./anchoringMessages";
import { pointsOf, ratioText, verdicts } from "./anchoringWords";
import type { Anchoring } from "./requests";

const t = messages.english;
const figure = (estimate: number | null, low: number | null, high: number | null) => ({
  estimate,
  low,
  high,
});
const said = (harm: [number, number, number] | null, ratio: [number, number, number] | null) =>
  verdicts(
    {
      led_astray: { difference: harm ? figure(...harm) : figure(null, null, null) },
      time: { ratio: ratio ? figure(...ratio) : figure(null, null, null) },
    } as Anchoring,
    t,
  );

test("harm is claimed only where the whole interval says so", () => {
  expect(said([0.4, 0.2, 0.6], null)[0]).toBe(t.astray("+40", "+20 … +60"));
  expect(said([0.1, -0.1, 0.3], null)[0]).toBe(t.astrayNot("+10", "-10 … +30"));
  expect(said([-0.2, -0.3, -0.1], null)[0]).toContain("less often");
  expect(said(null, null)).toEqual([t.astrayFew]);
});

test("time is called shorter or longer only where that is sure", () => {
  expect(said(null, [0.6, 0.5, 0.7])[1]).toMatch(/takes 60% of the time/);
  expect(said(null, [1.3, 1.1, 1.5])[1]).toMatch(/longer/);
  expect(said(null, [0.9, 0.7, 1.2])[1]).toMatch(/no difference/);
});

test("no difference has no sign", () => {
  expect([pointsOf(0), pointsOf(0.25), pointsOf(-0.25)]).toEqual(["0", "+25", "-25"]);
  expect(ratioText(figure(null, null, null))).toBe("–");
});
