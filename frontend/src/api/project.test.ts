import { expect, test } from "vitest";
import { choiceDocument } from "./project";

const project = (document: object) => ({ schema: { version: 1, document } }) as never;

test("a question without labels has none, rather than a missing list", () => {
  expect(choiceDocument(project({ policy: {}, max_length: 80 }))).toEqual({ labels: [] });
  expect(choiceDocument(project({ labels: [{ name: "a" }] })).labels).toEqual([{ name: "a" }]);
});
