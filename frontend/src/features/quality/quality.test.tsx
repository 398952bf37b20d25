import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { beforeEach, expect, test } from "vitest";
import { keys, makeQueryClient } from "@/api/query";
import { radiusOf } from "@/charts/Reliability";
import { FakeServer } from "@/test/fakeServer";
import { Providers } from "@/test/Providers";
import { GoldScreen } from "./GoldScreen";
import { paramsOf } from "./methods";
import { QualityScreen } from "./QualityScreen";
import { moved, sameRule, topOf } from "./rule";

// A text field that grows listens for late fonts; jsdom has none.
Object.defineProperty(document, "fonts", { value: new EventTarget(), configurable: true });

const RULE = { confidence: 0.95, min_votes: 2, max_votes: 5 };
const PROJECT = {
  id: 7,
  name: "Digits",
  task_type: "choice",
  my_role: "manager",
  gold_often: 0.2,
  gold_seldom: 0.033,
  gold_floor: 0,
  gold_least: 10,
  audit_share: 0.02,
  ...RULE,
};
const QUALITY = {
  calibration: {
    method: "majority",
    reason: "",
    fitted_at: "2026-01-01T00:00:00Z",
    votes: 90,
    temperature: 1.4,
    items: 30,
    error_before: 0.12,
    error_after: 0.04,
    bins: [
      {
        low: 0.9,
        high: 1,
        items: 30,
        confidence: 0.95,
        accuracy: 0.9,
        accuracy_low: 0.75,
        accuracy_high: 0.97,
      },
    ],
  },
  audit: {
    share: 0.02,
    drawn: 4,
    stopped: 0,
    ended: 0,
    disputed: 0,
    wrong: null,
    error: null,
    low: null,
    high: null,
    claimed: null,
    votes_saved: null,
  },
  agreement: {
    alpha: null,
    alpha_low: null,
    alpha_high: null,
    percent: null,
    tasks: 0,
    sampled: false,
    by: "equal",
  },
};

function forecast(most: number) {
  return {
    ...RULE,
    max_votes: most,
    votes_per_item: most - 1,
    saved: 0.2,
    votes_left: most * 100,
    hours_left: 5,
    finish_at: "2026-12-01T00:00:00Z",
    votes_per_hour: 60,
    disputed: 0.03,
    same_label: 0.99,
    replayed: 40,
    most_seen: 5,
    note:
      most === 2 ? "Every item gets 2 votes under this rule, so there is nothing to save." : null,
    reason: null,
  };
}

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer()
    .on("GET", "/api/v1/projects/7/", () => ({ body: PROJECT }))
    .on("GET", "/api/v1/projects/7/quality/", () => ({ body: QUALITY }))
    .on("GET", "/api/v1/projects/7/forecast/", ({ query }) => ({
      body: forecast(Number(query.get("max_votes") ?? 5)),
    }))
    .install();
});

function show(path: string, element: React.ReactElement) {
  const queries = makeQueryClient();
  queries.setQueryData(keys.session, { user: { id: 1, is_admin: false } });
  render(
    <Providers at={`/projects/7/${path}`} queries={queries}>
      <Routes>
        <Route path={`/projects/:projectId/${path}`} element={element} />
      </Routes>
    </Providers>,
  );
}

test("the least and the most push one another, and never pass", () => {
  expect(moved(RULE, { min_votes: 7 })).toEqual({ ...RULE, min_votes: 7, max_votes: 7 });
  expect(moved(RULE, { max_votes: 1 })).toEqual({ ...RULE, min_votes: 1, max_votes: 1 });
  expect(sameRule(RULE, { ...RULE, confidence: 0.9500000000001 })).toBe(true);
  expect([topOf(RULE), topOf({ ...RULE, max_votes: 30 })]).toEqual([15, 30]);
});

test("only what was filled in becomes a parameter", () => {
  const known = ["shrink", "smoothing", "prior_power"].map((name) => ({ name }));
  const texts = { shrink: "4,5", smoothing: " ", prior_power: "0", quorum: "1" };
  expect(paramsOf(known, texts)).toEqual({ shrink: 4.5, prior_power: 0 });
});

test("dots grow with the number of items by area", () => {
  expect(radiusOf(0, 100)).toBe(4);
  expect(radiusOf(100, 100)).toBe(10);
  expect(radiusOf(25, 100)).toBe(7);
});

test("a moved slider is followed by what it would cost, and applied only on demand", async () => {
  server.on("PATCH", "/api/v1/projects/7/", () => ({ body: PROJECT }));
  show("quality", <QualityScreen />);
  const apply = await screen.findByRole("button", { name: "Apply this rule" });
  await waitFor(() => expect(screen.getByText("500")).toBeVisible());
  expect(apply).toBeDisabled();
  fireEvent.change(screen.getByLabelText("Most votes"), { target: { value: "8" } });
  await waitFor(() => expect(screen.getByText("800")).toBeVisible());
  expect(screen.getByText("now 500")).toBeVisible();
  expect(server.of("PATCH", "/api/v1/projects/7/")).toHaveLength(0);
  await waitFor(() => expect(apply).toBeEnabled());
});

test("where nothing can be saved it says so", async () => {
  show("quality", <QualityScreen />);
  fireEvent.change(await screen.findByLabelText("Most votes"), { target: { value: "2" } });
  expect(await screen.findByText(/so there is nothing to save/)).toBeVisible();
});

test("calibration is drawn with its counts and can be read as a table", async () => {
  show("quality", <QualityScreen />);
  const user = userEvent.setup();
  await screen.findByText("fitted on 30 known answers");
  await user.click(screen.getByRole("button", { name: "As a table" }));
  const table = screen.getByRole("table", { name: "Can the confidence be believed?" });
  expect(within(table).getByText(/^75.*97%$/)).toBeVisible();
  expect(screen.getByText("4 items drawn, none with every vote yet")).toBeVisible();
});

test("a refused share says why at its field", async () => {
  server.on("PATCH", "/api/v1/projects/7/", () => ({
    status: 422,
    body: { code: "invalid", detail: "No.", fields: { audit_share: "0 to 1" } },
  }));
  show("quality", <QualityScreen />);
  const user = userEvent.setup();
  const share = await screen.findByLabelText("Share that gets every vote");
  await user.clear(share);
  await user.type(share, "200{Enter}");
  expect(await screen.findByText("0 to 1")).toBeVisible();
});

test("a manager answers an appeal, leaves the votes out and lets the labeler go on", async () => {
  const member = {
    id: 3,
    user: 9,
    username: "lena",
    display_name: "Lena",
    role: "labeler",
    active: true,
    counted: true,
    created_at: "2026-01-01T00:00:00Z",
    pause: {
      since: "2026-01-01T00:00:00Z",
      reason: "Of 12 answers, 4 were right.",
      appeal: "The scans were blurred.",
      appealed_at: "2026-01-02T00:00:00Z",
      reply: "",
      replied_at: null,
    },
  };
  const page = (results: unknown[]) => ({ body: { results, next: null } });
  server
    .on("GET", "/api/v1/projects/7/gold/", () => page([]))
    .on("GET", "/api/v1/projects/7/gold/overview/", () => ({
      body: {
        in_use: 0,
        by_source: { known: 0, settled: 0, typed: 0 },
        known_left: null,
        settled_left: 0,
        least_confidence: 0.95,
        answers: 12,
        right: 4,
        accuracy: 0.33,
        low: 0.13,
        high: 0.61,
      },
    }))
    .on("GET", "/api/v1/projects/7/gold/labelers/", () =>
      page([{ member, answers: 12, right: 4, accuracy: 1 / 3, low: 0.13, high: 0.61 }]),
    )
    .on("PUT", "/api/v1/members/3/counted/", () => ({ body: { ...member, counted: false } }))
    .on("POST", "/api/v1/members/3/resume/", () => ({ body: { ...member, pause: null } }));
  show("quality/gold", <GoldScreen />);
  const user = userEvent.setup();
  expect(await screen.findByText("Appealed")).toBeVisible();
  expect(screen.getByText("4 of 12")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Look" }));
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByText("The scans were blurred.")).toBeVisible();
  await user.click(within(dialog).getByLabelText("Their votes count"));
  await waitFor(() =>
    expect(server.of("PUT", "/api/v1/members/3/counted/")[0]?.body).toEqual({ counted: false }),
  );
  await act(async () => {
    await user.click(within(dialog).getByRole("button", { name: "Let them go on" }));
  });
  await waitFor(() => expect(server.of("POST", "/api/v1/members/3/resume/")).toHaveLength(1));
});
