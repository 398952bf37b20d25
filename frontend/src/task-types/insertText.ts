// Writing into a field as if it had been typed, so that the browser's own undo takes it back.

/** Puts `text` in place of the selection, or of what lies between `from` and `to`. */
export function insertText(
  field: HTMLTextAreaElement,
  text: string,
  from = field.selectionStart,
  to = field.selectionEnd,
): void {
  field.focus();
  field.setSelectionRange(from, to);
  // Deprecated without a successor: nothing else writes into the history of a field.
  if (document.execCommand?.("insertText", false, text)) return;
  field.setRangeText(text, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
