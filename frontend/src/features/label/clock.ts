// How long an item was looked at, without the time that the page was hidden.

export class LookClock {
  private start: number;
  private hiddenSince: number | null = null;
  private hiddenFor = 0;

  constructor(private readonly now: () => number = () => performance.now()) {
    this.start = now();
  }

  restart(): void {
    this.start = this.now();
    this.hiddenFor = 0;
    if (this.hiddenSince !== null) this.hiddenSince = this.start;
  }

  hide(): void {
    this.hiddenSince ??= this.now();
  }

  show(): void {
    if (this.hiddenSince !== null) this.hiddenFor += this.now() - this.hiddenSince;
    this.hiddenSince = null;
  }

  elapsed(): number {
    const away = this.hiddenSince === null ? 0 : this.now() - this.hiddenSince;
    return Math.max(0, this.now() - this.start - this.hiddenFor - away);
  }
}

const WINDOW_MS = 180_000;

/** Answers per minute over the last three minutes; null while there are too few to tell. */
export function paceOf(times: readonly number[], now: number): number | null {
  const recent = times.filter((time) => now - time < WINDOW_MS);
  const first = recent[0];
  if (first === undefined || recent.length < 5) return null;
  return Math.round(((recent.length - 1) * 60_000) / Math.max(1000, now - first));
}
