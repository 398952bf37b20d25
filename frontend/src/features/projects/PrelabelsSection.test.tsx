import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Project } from "@/api/types";
import { Providers } from "@/test/Providers";
import { PrelabelsSection } from "./PrelabelsSection";

function show(part: Partial<Project>): string[] {
  const project = { id: 1, prelabels: "off", prelabels_hidden: 0.2, ...part } as Project;
  render(
    <Providers>
      <PrelabelsSection project={project} />
    </Providers>,
  );
  return screen.getAllByRole("radio").map((one) => one.getAttribute("value") ?? "");
}

test("where a model learns its proposals can be chosen", () => {
  expect(show({ task_type: "transcription" })).toEqual(["off", "model", "imported", "any"]);
});

test("where no model learns only imported ones can be", () => {
  expect(show({ task_type: "boxes" })).toEqual(["off", "imported"]);
});

test("what is set already stays to be seen and changed", () => {
  expect(show({ task_type: "boxes", prelabels: "model" })).toEqual(["off", "model", "imported"]);
});
