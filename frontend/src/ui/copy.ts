/** Puts the text on the clipboard; false where the browser would not.
 *  On plain http there is no clipboard to write to: then what shows the text is selected and
 *  copied, or, where nothing shows all of it, a field that is there for that moment. */
export async function copy(text: string, shown: HTMLElement | null = null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (!shown) return copyUnseen(text);
    getSelection()?.selectAllChildren(shown);
    return document.execCommand("copy");
  }
}

function copyUnseen(text: string): boolean {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.className = "lh-hidden";
  field.value = text;
  document.body.append(field);
  field.focus();
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}
