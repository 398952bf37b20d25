import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { Markdown } from "./Markdown";

test("headings, lists and emphasis become elements", () => {
  render(<Markdown text={"# Rules\nRead **first**:\n- one `1`\n- two\n\n1. a\n2) b"} />);
  expect(screen.getByRole("heading")).toHaveTextContent("Rules");
  expect(screen.getByText("first").tagName).toBe("STRONG");
  expect(screen.getAllByRole("listitem").map((item) => item.textContent)).toEqual([
    "one 1",
    "two",
    "a",
    "b",
  ]);
});

test("HTML stays text, and only web addresses become links", () => {
  const text = "<img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](https://example.org/x)";
  const { container } = render(<Markdown text={text} />);
  expect(container.querySelector("img")).toBeNull();
  expect(container).toHaveTextContent("<img src=x onerror=alert(1)> [a](javascript:alert(1)) b");
  expect(screen.getAllByRole("link")).toHaveLength(1);
});
