import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keys, makeQueryClient } from "@/api/query";
import { listen } from "@/commands/registry";
import { outbox } from "@/outbox/outbox";
import { FakeServer } from "@/test/fakeServer";
import { Providers } from "@/test/Providers";
import { LabelScreen } from "./LabelScreen";

const SUBMITS = "/api/v1/annotations/";

function project(part: object = {}) {
  return {
    id: 1,
    name: "Pets",
    question: "Which animal is it?",
    task_type: "choice",
    guidelines: "Foxes are **dogs** here.",
    schema: { version: 1, document: { labels: [{ name: "cat" }, { name: "dog" }] } },
    lease_seconds: 600,
    progress: { tasks: 9, open: 9, settled: 0, disputed: 0, votes: 0 },
    ...part,
  };
}

function task(id: number) {
  const urls = { image_url: `/media/${id}/screen`, thumb_url: `/media/${id}/thumb` };
  return {
    id,
    item: { id, filename: `pet-${id}.png`, width: 8, height: 8, metadata: {}, ...urls },
    lease: { id: `${id}.1`, expires_at: new Date(Date.now() + 600_000).toISOString() },
    prelabel: proposal,
    reason: { text: `Reason ${id}`, arm: "active" },
  };
}

let proposal: object | null = null;
let server: FakeServer;
let given: number;
let stop: () => void;

function give(count: number, upTo = 100) {
  const made = Math.max(0, Math.min(count, upTo - given));
  given += made;
  const tasks = Array.from({ length: made }, (_, at) => task(given - made + at + 1));
  return { tasks, message: made > 0 ? null : "12 items are held by others.", schema_version: 1 };
}

function serve(tasks = 100): FakeServer {
  return new FakeServer()
    .install()
    .on("GET", "/api/v1/projects/1/", () => ({ body: project() }))
    .on("GET", "/api/v1/projects/1/history/", () => ({ body: { results: [], next: null } }))
    .on("POST", "/api/v1/projects/1/lease/", ({ body }) => ({
      body: give((body as { count: number }).count, tasks),
    }))
    .on("POST", SUBMITS, ({ body }) => ({
      status: 201,
      body: {
        ...{ id: 70, task: 1, version: 1, answer: (body as { answer: unknown }).answer },
        next: give((body as { next: number }).next, tasks),
      },
    }))
    .on("PATCH", "/api/v1/annotations/:id/", () => ({ body: { id: 71, version: 2 } }))
    .on("DELETE", "/api/v1/leases/:id/", () => ({ status: 204 }))
    .on("POST", "/api/v1/tasks/:id/flag/", () => ({ status: 204 }));
}

async function open(): Promise<void> {
  const queries = makeQueryClient();
  queries.setQueryData(keys.session, { user: { id: 1, is_admin: false } });
  render(
    <Providers at="/projects/1/label" queries={queries}>
      <Routes>
        <Route path="projects/:projectId/label" element={<LabelScreen />} />
      </Routes>
    </Providers>,
  );
  await screen.findByTestId("question");
}

const shownTask = () => screen.getByTestId("stage").dataset.task;

beforeEach(() => {
  given = 0;
  proposal = null;
  localStorage.clear();
  HTMLImageElement.prototype.decode = async () => {};
  HTMLDialogElement.prototype.showModal = vi.fn();
  HTMLDialogElement.prototype.close = vi.fn();
  stop = listen();
  outbox.setUser(1);
  server = serve();
});

afterEach(async () => {
  await waitFor(() => expect(outbox.status.getState().waiting).toBe(0));
  stop();
});

test("question, guidelines and the reason for this item are in sight", async () => {
  await open();
  expect(screen.getByTestId("question")).toHaveTextContent("Which animal is it?");
  expect(screen.getByText("dogs").tagName).toBe("STRONG");
  await waitFor(() => expect(screen.getByTestId("reason")).toHaveTextContent("Reason 1"));
});

test("a digit answers, the next image is there at once, and the answer is sent", async () => {
  await open();
  await screen.findByTestId("stage");
  await userEvent.keyboard("2");
  expect(shownTask()).toBe("2");
  await waitFor(() => expect(server.of("POST", SUBMITS)).toHaveLength(1));
  const [sent] = server.of("POST", SUBMITS);
  expect(sent?.body).toMatchObject({ lease: "1.1", answer: { choice: "dog" }, next: 1 });
  expect(sent?.body).not.toHaveProperty("took_proposal");
  expect(sent?.headers.get("Idempotency-Key")).toMatch(/^[0-9a-f-]{36}$/);
});

test("a click answers as a digit does", async () => {
  await open();
  await userEvent.click(await screen.findByRole("button", { name: "cat" }));
  expect(shownTask()).toBe("2");
  expect(document.activeElement).not.toBe(screen.getByRole("button", { name: "cat" }));
});

test("Backspace opens the previous item; another answer revises it and comes back", async () => {
  await open();
  await screen.findByTestId("stage");
  await userEvent.keyboard("1");
  await waitFor(() => expect(outbox.status.getState().waiting).toBe(0));
  await userEvent.keyboard("{Backspace}");
  expect(shownTask()).toBe("1");
  expect(screen.getByText(/You answered cat/)).toBeVisible();
  await userEvent.keyboard("2");
  expect(shownTask()).toBe("2");
  await waitFor(() => expect(server.of("PATCH", "/api/v1/annotations/70/")).toHaveLength(1));
  const [sent] = server.of("PATCH", "/api/v1/annotations/70/");
  expect(sent?.body).toMatchObject({ answer: { choice: "dog" } });
  expect(sent?.headers.get("If-Match")).toBe('"1"');
});

test("S asks for a reason, and its digit answers the dialog, not the question", async () => {
  await open();
  await screen.findByTestId("stage");
  await userEvent.keyboard("s");
  expect(within(await screen.findByRole("dialog", { hidden: true })).getByText("Bad image"));
  await userEvent.keyboard("2");
  expect(shownTask()).toBe("2");
  await waitFor(() => expect(server.of("DELETE", "/api/v1/leases/1.1/")).toHaveLength(1));
  expect(server.of("DELETE", "/api/v1/leases/1.1/")[0]?.body).toEqual({ reason: "Bad image" });
  expect(server.of("POST", SUBMITS)).toEqual([]);
});

test("F flags the item, which stays", async () => {
  await open();
  await screen.findByTestId("stage");
  await userEvent.keyboard("f");
  await userEvent.keyboard("1");
  expect(shownTask()).toBe("1");
  expect(await screen.findByRole("button", { name: "Flagged" })).toBeVisible();
});

test("Space enlarges while it is held", async () => {
  await open();
  const stage = await screen.findByTestId("stage");
  const user = userEvent.setup();
  await user.keyboard("{ >}");
  expect(stage).toHaveAttribute("data-enlarged");
  await user.keyboard("{/ }");
  expect(stage).not.toHaveAttribute("data-enlarged");
});

test("where there is nothing to label it says why, in the server's words", async () => {
  server = serve(0);
  await open();
  expect(await screen.findByTestId("nothing-message")).toHaveTextContent(
    "12 items are held by others.",
  );
});

test("with submitting at once turned off a digit chooses, and the choice survives a reload", async () => {
  await open();
  await screen.findByTestId("stage");
  await userEvent.click(screen.getByLabelText(/Submit at once/));
  await userEvent.keyboard("2");
  expect(shownTask()).toBe("1");
  await act(() => new Promise((done) => setTimeout(done, 50)));
  given = 0;
  document.body.replaceChildren();
  await open();
  await waitFor(() =>
    expect(screen.getByRole("button", { name: "dog" })).toHaveAttribute("aria-pressed", "true"),
  );
  await userEvent.keyboard("{Enter}");
  expect(shownTask()).toBe("2");
});

test("settings that change nothing for this kind of question are not shown", async () => {
  server.on("GET", "/api/v1/projects/1/", () => ({
    body: project({ task_type: "transcription", schema: { version: 1, document: {} } }),
  }));
  await open();
  expect(await screen.findByLabelText("Text of the line")).toBeVisible();
  expect(screen.getByText("Progress")).toBeVisible();
  expect(screen.queryByLabelText(/Submit at once/)).toBeNull();
  expect(screen.queryByRole("checkbox")).toBeNull();
});

test("an image that cannot be loaded says so and can be tried again", async () => {
  const decode = vi.fn().mockRejectedValue(new Error("broken"));
  HTMLImageElement.prototype.decode = decode;
  await open();
  expect(await screen.findByText("This image cannot be loaded.")).toBeVisible();
  HTMLImageElement.prototype.decode = async () => {};
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(screen.queryByText("This image cannot be loaded.")).toBeNull();
});

test("an answer tells whether it began as the proposal, and nothing where none was shown", async () => {
  proposal = {
    answer: { choice: "cat" },
    confidence: 0.9,
    version: 4,
    source: "",
    characters: null,
  };
  await open();
  await screen.findByTestId("stage");
  await userEvent.keyboard("a");
  expect(shownTask()).toBe("2");
  await userEvent.keyboard("1");
  expect(shownTask()).toBe("3");
  await waitFor(() => expect(server.of("POST", SUBMITS)).toHaveLength(2));
  const told = server.of("POST", SUBMITS).map(({ body }) => body);
  expect(told).toMatchObject([
    { answer: { choice: "cat" }, took_proposal: true },
    { answer: { choice: "cat" }, took_proposal: false },
  ]);
});

test("what was taken and not yet sent stays taken after a reload", async () => {
  proposal = {
    answer: { choice: "cat" },
    confidence: 0.9,
    version: 4,
    source: "",
    characters: null,
  };
  await open();
  await screen.findByTestId("stage");
  await userEvent.click(screen.getByLabelText(/Submit at once/));
  await userEvent.keyboard("a");
  await act(() => new Promise((done) => setTimeout(done, 50)));
  given = 0;
  document.body.replaceChildren();
  await open();
  await waitFor(() =>
    expect(screen.getByRole("button", { name: /cat/ })).toHaveAttribute("aria-pressed", "true"),
  );
  await userEvent.keyboard("{Enter}");
  await waitFor(() => expect(server.of("POST", SUBMITS)).toHaveLength(1));
  expect(server.of("POST", SUBMITS)[0]?.body).toMatchObject({ took_proposal: true });
});

test("a double click on an answer answers one item", async () => {
  await open();
  await userEvent.dblClick(await screen.findByRole("button", { name: "cat" }));
  expect(shownTask()).toBe("2");
  await userEvent.click(screen.getByRole("button", { name: "dog" }));
  expect(shownTask()).toBe("3");
});

test("two quick clicks on Previous go back two items, and no button is there twice", async () => {
  await open();
  await screen.findByTestId("stage");
  await userEvent.keyboard("1");
  await userEvent.keyboard("1");
  expect(shownTask()).toBe("3");
  await userEvent.dblClick(screen.getByRole("button", { name: "Previous" }));
  expect(shownTask()).toBe("1");
  expect(screen.getAllByRole("button", { name: /Back to the open item/ })).toHaveLength(1);
});
