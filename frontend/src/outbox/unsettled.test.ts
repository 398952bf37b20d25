import { afterEach, beforeEach, expect, test } from "vitest";
import { type Database, openDatabase } from "./db";
import type { Entry } from "./entry";
import { held, putAside, watchLeaving } from "./unsettled";

let name = "";
let number = 0;
const opened: Database[] = [];

beforeEach(() => {
  number += 1;
  name = `unsettled-${number}`;
  localStorage.clear();
});

afterEach(() => {
  for (const db of opened.splice(0)) db.close();
});

async function open(): Promise<Database> {
  const db = await openDatabase(name);
  if (!db) throw new Error("no database");
  opened.push(db);
  return db;
}

/** A write that the page's end cuts off. */
const never = () => new Promise<void>(() => {});
const draft = (value: string, at = 1000) => ({ id: "answer-1-1", at, value });

test("a draft that was being written when the page went is there at the next visit", async () => {
  void held("drafts", "answer-1-1", draft("half a"), never);
  void held("drafts", "answer-1-1", draft("half a line"), never);
  putAside();
  const db = await open();
  expect(await db.get("drafts", "answer-1-1")).toEqual(draft("half a line"));
  expect(localStorage.length).toBe(0);
  // What the page that went had under way must not come up in the tests after this one.
  await held("drafts", "answer-1-1", null, async () => {});
});

test("what was confirmed is not put aside", async () => {
  await held("drafts", "answer-1-1", draft("whole"), async () => {});
  putAside();
  expect(localStorage.length).toBe(0);
});

test("a page that stays takes back what it had put aside", async () => {
  let confirm = () => {};
  const written = held("drafts", "answer-1-1", draft("half"), () => {
    return new Promise<void>((resolve) => {
      confirm = resolve;
    });
  });
  putAside();
  expect(localStorage.length).toBe(1);
  confirm();
  await written;
  expect(localStorage.length).toBe(0);
});

test("an answer that goes is not brought back by an earlier write of it", async () => {
  void held("drafts", "answer-1-1", draft("half"), never);
  const gone = held("drafts", "answer-1-1", null, async () => {});
  putAside();
  await gone;
  const db = await open();
  expect(await db.get("drafts", "answer-1-1")).toBeUndefined();
});

test("a later draft of another tab stays", async () => {
  const db = await open();
  await db.put("drafts", draft("of the other tab", 2000));
  localStorage.setItem(
    "labelhub-unsettled:drafts:answer-1-1",
    JSON.stringify({ store: "drafts", id: "answer-1-1", row: draft("of this tab", 1000) }),
  );
  const again = await open();
  expect((await again.get("drafts", "answer-1-1"))?.value).toBe("of the other tab");
});

test("an answer on its way survives too; a torn row is forgotten and bars nothing", async () => {
  const entry = { key: "k1", order: 1, user: 7, state: "waiting" } as Entry;
  localStorage.setItem("labelhub-unsettled:entries:torn", '{"store": "entr');
  const stop = watchLeaving();
  void held("entries", "k1", entry, never);
  window.dispatchEvent(new Event("pagehide"));
  stop();
  const db = await open();
  expect(await db.get("entries", "k1")).toEqual(entry);
  expect(localStorage.length).toBe(0);
  await held("entries", "k1", null, async () => {});
});
