// Small settings kept in the browser. A full or forbidden storage must never break a screen.

export function readSetting<Value>(key: string, fallback: Value): Value {
  try {
    const kept = localStorage.getItem(`labelhub-${key}`);
    return kept === null ? fallback : (JSON.parse(kept) as Value);
  } catch {
    return fallback;
  }
}

export function writeSetting(key: string, value: unknown): void {
  try {
    localStorage.setItem(`labelhub-${key}`, JSON.stringify(value));
  } catch {
    // Kept for this visit only.
  }
}
