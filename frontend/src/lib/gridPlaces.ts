// Where things are in the grid.

export function columnsFor(width: number, size: number, gap: number): number {
  return Math.max(1, Math.floor((width + gap) / (size + gap)));
}

/** The edge with which that many pictures fill the width. */
export function edgeFor(width: number, columns: number, gap: number): number {
  return Math.max(1, Math.floor((width - gap * (columns - 1)) / columns));
}

/** Where a key leads from a place; null for keys that do not move. */
export function placeAfter(
  key: string,
  place: number,
  count: number,
  columns: number,
): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
  };
  if (key === "Home") return 0;
  if (key === "End") return Math.max(0, count - 1);
  const step = steps[key];
  if (step === undefined) return null;
  const next = place + step;
  if (next < 0) return key === "ArrowUp" ? place : 0;
  // From the last full row, down leads to the last picture if one lies below.
  if (next >= count) {
    const below = Math.floor((count - 1) / columns) > Math.floor(place / columns);
    return key === "ArrowDown" && !below ? place : count - 1;
  }
  return next;
}
