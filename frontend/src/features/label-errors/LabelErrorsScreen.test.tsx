import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { beforeEach, expect, test } from "vitest";
import { keys, makeQueryClient } from "@/api/query";
import { FakeServer } from "@/test/fakeServer";
import { Providers } from "@/test/Providers";
import { LabelErrorsScreen } from "./LabelErrorsScreen";

const PROJECT = { id: 7, name: "Digits", task_type: "choice", my_role: "manager" };
const REPORT = { made_at: "2026-01-01T00:00:00Z", judged: 150, searching: false, runs: [] };
const RUN = {
  first: 1,
  first_filename: "0060.png",
  last_filename: "0062.png",
  items: 3,
  suspicious: 3,
  shift: 1,
};

function errorRow(id: number) {
  return {
    id,
    task: id,
    label: "7",
    suggested: "1",
    score: 0.87,
    adjudicated: id === 2,
    parts: { model: 0.9, voters: 0.4 },
    item: { filename: `${id}.png`, image_url: `/${id}.png`, thumb_url: `/t${id}.png` },
  };
}

let server: FakeServer;
let waiting: number[];

beforeEach(() => {
  waiting = [1, 2];
  server = new FakeServer()
    .on("GET", "/api/v1/projects/7/", () => ({ body: PROJECT }))
    .on("GET", "/api/v1/projects/7/label-errors/report/", () => ({ body: REPORT }))
    .on("GET", "/api/v1/projects/7/label-errors/", () => ({
      body: { results: waiting.map(errorRow), next: null },
    }))
    .install();
});

function show() {
  const queries = makeQueryClient();
  queries.setQueryData(keys.session, { user: { id: 1, is_admin: false } });
  render(
    <Providers at="/projects/7/label-errors" queries={queries}>
      <Routes>
        <Route path="/projects/:projectId/label-errors" element={<LabelErrorsScreen />} />
      </Routes>
    </Providers>,
  );
}

const rowOf = async (name: string) => {
  const link = await screen.findByRole("link", { name: `Open ${name}` });
  return within(link.closest("tr") as HTMLElement);
};

test("each doubtful label stands beside what it looks like, with who doubts it", async () => {
  show();
  const row = await rowOf("2.png");
  expect(row.getByText("1")).toBeVisible();
  expect(row.getByText("87%")).toBeVisible();
  expect(row.getByText("Model 90% · Voters 40%")).toBeVisible();
  expect(row.getByText("Decided by a reviewer")).toBeVisible();
  expect((await rowOf("1.png")).queryByText("Decided by a reviewer")).toBeNull();
});

test("what is judged leaves the list, by the one or the other address", async () => {
  const judged: string[] = [];
  for (const way of ["right", "review"])
    server.on("POST", `/api/v1/label-errors/:id/${way}/`, (_, match) => {
      judged.push(`${match[1]} ${way}`);
      waiting = waiting.filter((id) => String(id) !== match[1]);
      return { body: errorRow(Number(match[1])) };
    });
  show();
  const user = userEvent.setup();
  await user.click((await rowOf("1.png")).getByRole("button", { name: "To review" }));
  await waitFor(() => expect(screen.queryByRole("link", { name: "Open 1.png" })).toBeNull());
  await user.click((await rowOf("2.png")).getByRole("button", { name: "It is right" }));
  expect(await screen.findByText("No label stands out")).toBeVisible();
  expect(judged).toEqual(["1 review", "2 right"]);
});

test("a refused judgement keeps the row", async () => {
  server.on("POST", "/api/v1/label-errors/:id/review/", () => ({
    status: 409,
    body: { code: "conflict", detail: "Somebody was faster." },
  }));
  show();
  await userEvent.click((await rowOf("1.png")).getByRole("button", { name: "To review" }));
  await waitFor(() => expect(server.of("POST", "/api/v1/label-errors/1/review/")).toHaveLength(1));
  expect((await rowOf("1.png")).getByRole("button", { name: "To review" })).toBeEnabled();
});

test("several wrong ones in a row are told as one", async () => {
  server.on("GET", "/api/v1/projects/7/label-errors/report/", () => ({
    body: { ...REPORT, runs: [RUN] },
  }));
  show();
  expect(
    await screen.findByText(
      "0060.png to 0062.png: 3 of 3 labels look wrong; the labels seem to have slipped by 1 place",
    ),
  ).toBeVisible();
});

test("before the first search there is one thing to do", async () => {
  let searching = false;
  server
    .on("GET", "/api/v1/projects/7/label-errors/report/", () => ({
      body: { ...REPORT, made_at: null, searching },
    }))
    .on("POST", "/api/v1/projects/7/label-errors/report/", () => {
      searching = true;
      return { status: 202, body: { id: 1, kind: "find_label_errors" } };
    });
  show();
  const search = await screen.findByRole("button", { name: "Look for wrong labels" });
  await userEvent.click(search);
  await waitFor(() =>
    expect(screen.getByRole("button", { name: "Look for wrong labels" })).toBeDisabled(),
  );
});

test("labelers are told nothing, and nothing is asked for them", async () => {
  server.on("GET", "/api/v1/projects/7/", () => ({ body: { ...PROJECT, my_role: "labeler" } }));
  show();
  expect(await screen.findByText("Only managers and reviewers see doubtful labels.")).toBeVisible();
  expect(server.of("GET", "/api/v1/projects/7/label-errors/")).toHaveLength(0);
});
