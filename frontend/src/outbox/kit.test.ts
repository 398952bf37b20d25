import { expect, test } from "vitest";
import { openDatabase } from "./db";
import { dropFromKit, packKit, readKit } from "./kit";

function row(task: number, place: number, user = 1, project = 7) {
  return { user, project, task, place, lease: `${task}.1`, value: { id: task } };
}

test("what was taken along comes back in its order, each user's and project's own", async () => {
  const db = openDatabase("kit-order");
  const open = () => db;
  await packKit([row(30, 0), row(4, 1), row(30, 0, 2), row(5, 0, 1, 8)], open);
  expect((await readKit(1, 7, open)).map((one) => one.task)).toEqual([30, 4]);
  expect((await readKit(1, null, open)).map((one) => one.task).sort()).toEqual([30, 4, 5].sort());
  await dropFromKit({ user: 1, project: 7, task: 30 }, open);
  expect((await readKit(1, 7, open)).map((one) => one.task)).toEqual([4]);
  expect(await readKit(2, 7, open)).toHaveLength(1);
});

test("a browser that keeps nothing says so instead of pretending", async () => {
  const open = async () => null;
  await expect(packKit([row(1, 0)], open)).rejects.toThrow("keeps nothing");
  expect(await readKit(1, 7, open)).toEqual([]);
});
