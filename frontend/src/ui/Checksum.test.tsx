import { fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { PATIENCE_MS } from "@/test/patience";
import { Checksum } from "./Checksum";

const SUM = "0123456789abcdef".repeat(4);

afterEach(() => vi.unstubAllGlobals());

test("without a clipboard, as on plain http, all of the checksum is copied all the same", async () => {
  vi.stubGlobal("navigator", { ...navigator, clipboard: undefined });
  let copied = "";
  document.execCommand = () => {
    copied = (document.activeElement as HTMLTextAreaElement).value;
    return true;
  };
  render(<Checksum sha256={SUM} />);
  const button = screen.getByRole("button", { name: "0123456789ab…" });
  button.focus();
  fireEvent.click(button);
  await vi.waitFor(() => expect(copied).toBe(SUM), PATIENCE_MS);
  expect(button).toHaveFocus();
  expect(document.querySelector("textarea")).toBeNull();
});
