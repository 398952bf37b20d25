import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { client, unwrap } from "@/api/client";
import { signInNeeded } from "@/api/http";
import { queryClient } from "@/api/query";
import { outbox } from "@/outbox/outbox";
import { FakeServer } from "@/test/fakeServer";
import { App } from "./App";

const user = { id: 1, username: "lena", display_name: "Lena", is_admin: false };
const signedIn = { user: { ...user, language: "en", theme: "auto" }, version: "1", csrf: "" };
const SESSION = "/api/v1/session/";
const STATUS = "/api/v1/status/";

let server: FakeServer;

beforeEach(() => {
  queryClient.clear();
  queryClient.setDefaultOptions({ queries: { retry: false } });
  history.replaceState(null, "", "/nowhere");
  vi.stubGlobal("scrollTo", () => {});
  server = new FakeServer()
    .install()
    .on("GET", SESSION, () => ({ body: signedIn }))
    .on("POST", SESSION, () => ({ body: signedIn }))
    .on("GET", STATUS, () => ({ body: { ok: true, banner: null } }));
});

async function fillIn(password: string): Promise<void> {
  await userEvent.type(await screen.findByLabelText("Password"), password);
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
}

test("who is not signed in sees the sign-in page, and the server's reason when it fails", async () => {
  server.on("GET", SESSION, () => ({ body: { ...signedIn, user: null } }));
  server.on("POST", SESSION, () => ({
    status: 400,
    body: { code: "sign_in_failed", detail: "The user name or the password is wrong." },
  }));
  render(<App />);
  await userEvent.type(await screen.findByLabelText("User name"), "lena");
  await fillIn("wrong");
  expect(await screen.findByRole("alert")).toHaveTextContent("The user name or the password");
  expect(server.of("POST", SESSION)[0]?.body).toEqual({ username: "lena", password: "wrong" });
});

test("an ended session asks for the password over the screen, and what waited is sent", async () => {
  let ended = true;
  server.on("POST", "/api/v1/annotations/", () =>
    ended ? { status: 401, body: { code: "not_authenticated", detail: "" } } : { status: 201 },
  );
  server.on("POST", SESSION, () => {
    ended = false;
    return { body: signedIn };
  });
  render(<App />);
  await screen.findByText("There is nothing at this address");
  outbox.add({
    key: "k",
    kind: "submit",
    method: "POST",
    path: "/api/v1/annotations/",
    body: {},
    note: { project: 1, task: 1, text: "7" },
  });
  expect(await screen.findByText("Sign in to go on")).toBeInTheDocument();
  expect(screen.getByTestId("outbox-status")).toHaveTextContent("Sign in to save 1");
  expect(screen.getByText("There is nothing at this address")).toBeInTheDocument();
  await fillIn("right");
  await waitFor(() => expect(screen.getByTestId("outbox-status")).toHaveTextContent("All saved"));
  expect(screen.queryByText("Sign in to go on")).toBeNull();
});

test("who puts the sign-in off finishes what they type: the background does not ask again at once", async () => {
  server.on("POST", "/api/v1/annotations/", () => ({ status: 401, body: { detail: "" } }));
  render(<App />);
  await screen.findByText("There is nothing at this address");
  act(() => {
    outbox.add({
      ...{ key: "put off", kind: "submit", method: "POST", path: "/api/v1/annotations/" },
      ...{ body: {}, note: { project: 1, task: 1, text: "" } },
    });
  });
  expect(await screen.findByLabelText("Password")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByLabelText("Password")).toBeNull());
  const before = server.of("POST", "/api/v1/annotations/").length;
  act(() => outbox.resume());
  await waitFor(() => {
    expect(server.of("POST", "/api/v1/annotations/").length).toBeGreaterThan(before);
  });
  expect(screen.queryByLabelText("Password")).toBeNull();
  await userEvent.click(screen.getByTestId("outbox-status"));
  expect(await screen.findByLabelText("Password")).toBeVisible();
  outbox.discard("put off");
  act(() => signInNeeded.setState({ needed: false, putOffUntil: 0 }));
});

test("writes carry the CSRF token of the cookie", async () => {
  vi.spyOn(document, "cookie", "get").mockReturnValue("a=b; csrftoken=secret%2Ftoken");
  await unwrap(client.POST(SESSION, { body: { username: "a", password: "b" } }));
  expect(server.of("POST", SESSION)[0]?.headers.get("X-CSRFToken")).toBe("secret/token");
});

test("what is wrong with the installation is said across the top", async () => {
  server.on("GET", STATUS, () => ({ body: { ok: false, banner: "No worker is running." } }));
  render(<App />);
  expect(await screen.findByText("No worker is running.")).toBeVisible();
});

test("the help shows the keys, and a changed key takes effect", async () => {
  render(<App />);
  await screen.findByText("There is nothing at this address");
  await userEvent.keyboard("?");
  await userEvent.click(await screen.findByRole("button", { name: "Change keys" }));
  await userEvent.click(screen.getByRole("button", { name: "Key for Keys and help" }));
  await userEvent.keyboard("h");
  await userEvent.click(screen.getByRole("button", { name: "Done" }));
  await userEvent.click(screen.getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await userEvent.keyboard("h");
  expect(await screen.findByRole("dialog")).toBeVisible();
});
