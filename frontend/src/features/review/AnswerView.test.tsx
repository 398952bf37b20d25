import { render } from "@testing-library/react";
import { expect, test } from "vitest";
import type { JsonObject, Project } from "@/api/types";
import type { TaskType } from "@/task-types/base";
import { boxes } from "@/task-types/boxes";
import { choice } from "@/task-types/choice";
import { keypoints } from "@/task-types/keypoints";
import { multiLabel } from "@/task-types/multi_label";
import { transcription } from "@/task-types/transcription";
import { Providers } from "@/test/Providers";
import { AnswerView } from "./AnswerView";

const labels = [{ name: "cat", title: "Cat" }, { name: "dog" }];

function words(type: TaskType | undefined, answer: JsonObject, whole = false): string {
  const document = { labels };
  const project = { task_type: "?", schema: { document } } as unknown as Project;
  const { container } = render(
    <Providers>
      <p>
        <AnswerView {...{ project, type, document, answer, whole }} />
      </p>
    </Providers>,
  );
  return container.querySelector("p")?.textContent ?? "";
}

const long = "word ".repeat(30).trim();

test.each([
  ["a label by its title", choice, { choice: "cat" }, false, "Cat"],
  ["every label that was chosen", multiLabel, { choices: ["cat", "dog"] }, false, "Catdog"],
  ["that none was chosen", multiLabel, { choices: [] }, false, "None"],
  ["the text", transcription, { text: "Anno 1812" }, false, "Anno 1812"],
  ["a long text in full where there is room", transcription, { text: long }, true, long],
  [
    "that nothing can be read",
    transcription,
    { text: "", illegible: true },
    true,
    "Nothing can be read",
  ],
  [
    "what was drawn, counted",
    boxes,
    { boxes: [{ label: "cat" }, { label: "cat" }] },
    false,
    "2 × Cat",
  ],
  ["points by their label", keypoints, { instances: [{ label: "dog", points: {} }] }, false, "dog"],
  ["an unknown kind as it is", undefined, { odd: 1 }, false, '{"odd":1}'],
] as [string, TaskType | undefined, JsonObject, boolean, string][])(
  "it says %s",
  (_, type, answer, whole, expected) => {
    expect(words(type, answer, whole)).toBe(expected);
  },
);

test("a long text in a table is cut", () => {
  expect(words(transcription, { text: long })).toMatch(/^word word .*…$/);
});
