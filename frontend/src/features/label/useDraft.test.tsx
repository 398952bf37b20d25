import { act, renderHook, waitFor } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { draftName, dropDraft, keepDraft } from "@/outbox/drafts";
import { useDraft } from "./useDraft";

afterEach(() => dropDraft(draftName(1, 7)));

test("an answer that is kept as a draft shows at once on the item that is open", async () => {
  const { result } = renderHook(() => useDraft(1, 7, null));
  await act(() => keepDraft(draftName(1, 8), { text: "of another item" }));
  expect(result.current.answer).toBeUndefined();
  await act(() => keepDraft(draftName(1, 7), { text: "refused" }));
  await waitFor(() => expect(result.current.answer).toEqual({ text: "refused" }));
});

test("so it does over what was begun here, and what is typed after that stays", async () => {
  const { result } = renderHook(() => useDraft(1, 7, null));
  act(() => result.current.change({ text: "begun" }));
  await act(() => keepDraft(draftName(1, 7), { text: "refused" }));
  await waitFor(() => expect(result.current.answer).toEqual({ text: "refused" }));
  act(() => result.current.change({ text: "refused, and more" }));
  expect(result.current.answer).toEqual({ text: "refused, and more" });
});
