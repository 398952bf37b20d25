// Work that may wait until the change it follows from is on the screen.

export class AfterPaint {
  private work: (() => void) | null = null;
  private frame = 0;

  /** The last one given runs, soon after the next frame is painted. */
  run(work: () => void): void {
    this.work = work;
    this.frame ||= requestAnimationFrame(() => setTimeout(() => this.flush()));
  }

  /** Now, if there is any. */
  flush(): void {
    const { work } = this;
    this.forget();
    work?.();
  }

  forget(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.work = null;
  }
}
