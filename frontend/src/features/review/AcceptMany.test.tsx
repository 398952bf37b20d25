import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import type { Project } from "@/api/types";
import { FakeServer } from "@/test/fakeServer";
import { Providers } from "@/test/Providers";
import { AcceptMany } from "./AcceptMany";

// jsdom knows the element, but not how it opens.
HTMLDialogElement.prototype.showModal ??= function open(this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.open = false;
};

const NEAR = "/api/v1/projects/7/review/near-certain/";
let server: FakeServer;

beforeEach(() => {
  server = new FakeServer()
    .on("GET", NEAR, ({ query }) => ({
      body: { count: Number(query.get("at_least")) > 0.9 ? 0 : 400, most: 250 },
    }))
    .on("POST", NEAR, () => ({ body: { id: 3, accepted: 250 } }))
    .install();
});

async function open() {
  render(
    <Providers>
      <AcceptMany project={{ id: 7 } as Project} wanted={{ kind: "unsure", below: 0.9 }} />
    </Providers>,
  );
  const user = userEvent.setup();
  await user.click(screen.getByRole("button", { name: "Accept near-certain" }));
  return user;
}

test("how many it would be follows the threshold, up to what one act may decide", async () => {
  const user = await open();
  expect(await screen.findByRole("button", { name: "Nothing here is that sure" })).toBeDisabled();
  await user.click(screen.getByRole("radio", { name: "90%" }));
  expect(await screen.findByRole("button", { name: "Accept 250 answers" })).toBeEnabled();
  expect(screen.getByText(/after 250 the others can be accepted/)).toBeVisible();
  const asked = server.of("GET", NEAR).at(-1)?.query;
  expect([asked?.get("reason"), asked?.get("below")]).toEqual(["unsure", "0.9"]);
});

test("what was accepted is told with the way back", async () => {
  server.on("POST", "/api/v1/bulk-decisions/3/reopen/", () => ({ body: { reopened: 249 } }));
  const user = await open();
  await user.click(await screen.findByRole("radio", { name: "90%" }));
  await user.click(await screen.findByRole("button", { name: "Accept 250 answers" }));
  expect(await screen.findByText("250 answers were accepted.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Done" })).toHaveFocus();
  await user.click(screen.getByRole("button", { name: "Take all of them back" }));
  expect(await screen.findByText("249 decisions were taken back.")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Take all of them back" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Done" }));
  expect(screen.queryByText("249 decisions were taken back.")).toBeNull();
});

test("a repeated request has the same key; another threshold is another act", async () => {
  server.on("POST", NEAR, () => ({ status: 500, body: { code: "oops", detail: "Broken." } }));
  const user = await open();
  for (const threshold of ["90%", "90%", "80%"]) {
    await user.click(screen.getByRole("radio", { name: threshold }));
    const sent = server.of("POST", NEAR).length;
    await user.click(await screen.findByRole("button", { name: "Accept 250 answers" }));
    await waitFor(() => expect(server.of("POST", NEAR)).toHaveLength(sent + 1));
  }
  const used = server.of("POST", NEAR).map(({ headers }) => headers.get("Idempotency-Key"));
  expect(used[0]).toBe(used[1]);
  expect(used[2]).not.toBe(used[0]);
});
