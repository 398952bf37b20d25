import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import { Providers } from "@/test/Providers";
import { SchemaEditor } from "./SchemaEditor";
import { type DraftLabel, draftOf, newLabel } from "./schemaDraft";

let latest: readonly DraftLabel[] = [];

function Editor({ start }: { start: DraftLabel[] }) {
  const [rows, setRows] = useState(start);
  latest = rows;
  return <SchemaEditor rows={rows} type="choice" onChange={setRows} strict={false} />;
}

function show(start: DraftLabel[] = [newLabel(), newLabel()]) {
  render(
    <Providers>
      <Editor start={start} />
    </Providers>,
  );
}

const names = () => latest.map(({ name }) => name);

test("a pasted list becomes one label per line, in place of the empty rows", async () => {
  show();
  await userEvent.click(screen.getByLabelText("Name of label 1"));
  await userEvent.paste("cat\ndog\nowl");
  expect(names()).toEqual(["cat", "dog", "owl"]);
});

test("Enter in the last name opens a new row and goes there", async () => {
  show([newLabel("cat")]);
  await userEvent.type(screen.getByLabelText("Name of label 1"), "{Enter}");
  expect(latest).toHaveLength(2);
  await screen.findByLabelText("Name of label 2");
  await new Promise((resolve) => requestAnimationFrame(resolve));
  expect(document.activeElement).toBe(screen.getByLabelText("Name of label 2"));
});

test("digits have themselves as keys", () => {
  show(draftOf({ labels: [..."0123456789"].map((name) => ({ name })) }));
  expect(screen.getByLabelText("Key of label 1")).toHaveValue("0");
  expect(screen.getByLabelText("Key of label 10")).toHaveValue("9");
});

test("group and meaning of a label are one click away", async () => {
  show([newLabel("oak")]);
  await userEvent.click(screen.getByRole("button", { name: "Group and meaning of oak" }));
  await userEvent.type(screen.getByLabelText("Group"), "Trees");
  expect(latest[0]).toMatchObject({ group: "Trees" });
});

test("a key is set by pressing it, a clash is said at the row, and Backspace clears it", async () => {
  show([newLabel("cat"), newLabel("dog")]);
  const key = screen.getByLabelText("Key of label 2");
  await userEvent.click(key);
  await userEvent.keyboard("s");
  expect(key).toHaveValue("S");
  expect(screen.getByRole("alert")).toHaveTextContent("The label screen uses this key itself.");
  await userEvent.keyboard("{Backspace}");
  expect(key).toHaveValue("2");
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a label with answers can be retired, but neither renamed nor removed", async () => {
  show(draftOf({ labels: [{ name: "cat" }, { name: "dog" }] }));
  expect(screen.getByLabelText("Name of label 1")).toHaveAttribute("readonly");
  expect(screen.queryByRole("button", { name: "Remove cat" })).toBeNull();
  const row = within(screen.getAllByRole("row")[1] as HTMLElement);
  await userEvent.click(row.getByRole("button", { name: /Retire cat/ }));
  expect(latest[0]).toMatchObject({ name: "cat", retired: true });
});
