import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import { draftName, dropDraft, readDraft, saveDraft } from "@/outbox/drafts";
import { outbox } from "@/outbox/outbox";
import { FakeServer } from "@/test/fakeServer";
import { Providers } from "@/test/Providers";
import { ConfirmHost } from "@/ui/confirm";
import { OutboxPanel } from "./OutboxPanel";

afterEach(async () => {
  await dropDraft(draftName(4, 12));
  for (const { key } of outbox.list()) outbox.discard(key);
  outbox.setUser(null);
});

/** Shows what becomes of an answer that the server refuses for good. */
async function refused(code: string, detail: string): Promise<void> {
  new FakeServer()
    .on("POST", "/api/v1/annotations/", () => ({ status: 409, body: { code, detail } }))
    .install();
  outbox.setUser(7);
  outbox.add({
    ...{ key: code, kind: "submit", method: "POST", path: "/api/v1/annotations/" },
    body: { lease: "3.1", answer: { text: "a whole line of writing" } },
    note: { project: 4, task: 12, text: "a whole…" },
  });
  render(
    <Providers>
      <OutboxPanel onClose={() => {}} />
      <ConfirmHost />
    </Providers>,
  );
  await screen.findByText("1 answer was refused");
}

test("what cannot be sent any more says so, and is kept as a draft of its item", async () => {
  await refused("lease_lost", "This lease ran out and the task was given to somebody else.");
  expect(screen.getByText(/cannot be sent any more/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Send again" })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Keep as a draft" }));
  await waitFor(() => expect(outbox.list()).toEqual([]));
  const kept = await readDraft(draftName(4, 12));
  expect(kept?.value).toEqual({ text: "a whole line of writing" });
});

test("what may pass another time can be sent again", async () => {
  await refused("project_over", "This project is finished.");
  expect(screen.getByText("This project is finished.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Send again" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Keep as a draft" })).toBeNull();
});

test("what was begun meanwhile on the same item is only replaced when one says so", async () => {
  await saveDraft(draftName(4, 12), { text: "begun anew" });
  await refused("lease_lost", "This lease ran out and the task was given to somebody else.");
  await userEvent.click(screen.getByRole("button", { name: "Keep as a draft" }));
  expect(await screen.findByText("Replace what you have begun?")).toBeVisible();
  expect((await readDraft(draftName(4, 12)))?.value).toEqual({ text: "begun anew" });
  expect(outbox.list()).toHaveLength(1);
  await userEvent.click(screen.getByRole("button", { name: "Replace it" }));
  await waitFor(() => expect(outbox.list()).toEqual([]));
  expect((await readDraft(draftName(4, 12)))?.value).toEqual({ text: "a whole line of writing" });
});
