import { expect, test } from "vitest";
import { LookClock, paceOf } from "./clock";
import { fitted, hasReadingSize } from "./fitting";

const room = { width: 900, height: 600 };

test("a tiny image is enlarged by a whole number, crisp, and not without measure", () => {
  expect(fitted({ width: 8, height: 8 }, room, false)).toEqual({
    width: 480,
    height: 480,
    scale: 60,
    crisp: true,
  });
  expect(fitted({ width: 25, height: 25 }, room, false)).toMatchObject({ scale: 19, crisp: true });
  expect(fitted({ width: 8, height: 8 }, room, true)).toMatchObject({ scale: 75 });
});

test("a photograph fits the room and stays smooth", () => {
  const made = fitted({ width: 4000, height: 3000 }, room, false);
  expect([made.width, made.height, made.crisp]).toEqual([800, 600, false]);
});

test("a long line of writing takes the width", () => {
  const made = fitted({ width: 1200, height: 60 }, room, false);
  expect([made.width, made.height]).toEqual([900, 45]);
});

test("only tiny images get a second view", () => {
  expect([8, 64, 65].map((side) => hasReadingSize({ width: side, height: 8 }))).toEqual([
    true,
    true,
    false,
  ]);
});

test("the time of an answer leaves out the time that the page was hidden", () => {
  let now = 0;
  const clock = new LookClock(() => now);
  now = 1000;
  clock.hide();
  now = 61_000;
  clock.show();
  now = 61_500;
  expect(clock.elapsed()).toBe(1500);
  clock.restart();
  now = 62_000;
  expect(clock.elapsed()).toBe(500);
});

test("the pace is told from five answers on, over the last three minutes", () => {
  const times = [0, 2000, 4000, 6000, 8000].map((ms) => ms + 500_000);
  expect(paceOf(times.slice(1), 508_000)).toBeNull();
  expect(paceOf([0, ...times], 508_000)).toBe(30);
});
