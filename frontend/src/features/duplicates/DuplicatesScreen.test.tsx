import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { beforeEach, expect, test } from "vitest";
import { FakeServer } from "@/test/fakeServer";
import { Providers } from "@/test/Providers";
import { DuplicatesScreen } from "./DuplicatesScreen";

const DATASET = "/api/v1/datasets/4/";
const LIST = "/api/v1/datasets/4/duplicates/";
const REPORT = "/api/v1/datasets/4/duplicates/report/";

function member(id: number, name: string) {
  return {
    item: {
      id,
      filename: name,
      path: "",
      width: 28,
      height: 28,
      split: "",
      group: "",
      metadata: {},
      thumb_url: `/media/${id}`,
      image_url: "",
      created_at: "2026-11-21T12:00:00Z",
    },
    byte_size: 900,
    media_type: "image/png",
    likeness: 0.999,
    same_pixels: true,
  };
}

function group(id: number, names: readonly string[]) {
  return {
    id,
    kind: "pixels",
    state: "open",
    size: names.length,
    likeness: 1,
    members: names.map((name, place) => member(10 * id + place, name)),
    keep: null,
    tasks_set_aside: 0,
    decided_by: "",
    decided_at: null,
  };
}

const report = {
  made_at: "2026-11-21T12:00:00Z",
  items: 60,
  skipped: 0,
  bound: 0.004,
  searching: false,
  failed: false,
  pixels: 2,
  near: 0,
  kept: 0,
  distinct: 0,
  may_change: true,
};

let server: FakeServer;
let left: ReturnType<typeof group>[];

beforeEach(() => {
  left = [group(1, ["a.png", "b.bmp"]), group(2, ["c.png", "d.tif"])];
  server = new FakeServer()
    .install()
    .on("GET", DATASET, () => ({ body: { id: 4, name: "Digits", item_count: 60 } }))
    .on("GET", REPORT, () => ({ body: report }))
    .on("GET", LIST, () => ({ body: { results: left, next: null } }))
    .on("POST", "/api/v1/duplicate-groups/:id/:what/", (_, [, id]) => {
      const decided = left.find((one) => String(one.id) === id) ?? group(Number(id), []);
      left = left.filter((one) => one !== decided);
      return { body: { ...decided, state: "kept" } };
    });
});

function show() {
  render(
    <Providers at="/datasets/4/duplicates">
      <Routes>
        <Route path="/datasets/:datasetId/duplicates" element={<DuplicatesScreen />} />
      </Routes>
    </Providers>,
  );
}

test("one of a group is chosen and kept, and that can be undone", async () => {
  show();
  const card = await screen.findByRole("region", { name: "Group 1: 2 images" });
  expect(within(card).getByRole("radio", { name: "Keep a.png" })).toBeChecked();
  await userEvent.click(within(card).getByRole("radio", { name: "Keep b.bmp" }));
  await userEvent.click(within(card).getByRole("button", { name: "Keep the chosen one" }));
  expect(await screen.findByText("One is kept, the others are set aside")).toBeInTheDocument();
  expect(server.of("POST", "/api/v1/duplicate-groups/1/keep/")[0]?.body).toEqual({ item: 11 });
  await userEvent.click(screen.getByRole("button", { name: "Undo" }));
  expect(server.of("POST", "/api/v1/duplicate-groups/1/reopen/")).toHaveLength(1);
});

test("the last group leaves a page that says so", async () => {
  left = [group(2, ["c.png", "d.tif"])];
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Not duplicates" }));
  expect(await screen.findByText("No duplicates wait for you")).toBeInTheDocument();
  expect(server.of("POST", "/api/v1/duplicate-groups/2/distinct/")).toHaveLength(1);
});

test("who does not own the dataset looks and decides nothing", async () => {
  server.on("GET", REPORT, () => ({ body: { ...report, may_change: false } }));
  show();
  await screen.findByRole("region", { name: "Group 1: 2 images" });
  expect(screen.queryByRole("radio", { name: /Keep/ })).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Not duplicates" })).not.toBeInTheDocument();
  expect(screen.getByText(/Only the owner of the dataset/)).toBeInTheDocument();
});

test("before the first search the page offers one", async () => {
  server.on("GET", REPORT, () => ({ body: { ...report, made_at: null } }));
  server.on("POST", REPORT, () => ({ status: 202, body: {} }));
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Search now" }));
  expect(server.of("POST", REPORT)).toHaveLength(1);
});
