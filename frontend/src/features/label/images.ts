// Images that are loaded and decoded before their turn; the element itself goes into the page.
import type { LoadedPicture, ItemPicture as Picture } from "@/task-types/base";
import { loadPicture } from "@/task-types/loadPicture";

/** Decoded images are large, so only the next ones and the last ones are kept. */
const KEEP = 24;

export class ImageCache {
  private readonly known = new Map<number, LoadedPicture>();

  /** The image of a task; the one that was asked for last is dropped last. */
  get(task: number, picture: Picture): LoadedPicture {
    const known = this.known.get(task);
    const loaded = known && known.state !== "failed" ? known : loadPicture(picture);
    this.known.delete(task);
    this.known.set(task, loaded);
    this.forget();
    return loaded;
  }

  /** The second picture of a pair. */
  getOther(task: number, picture: Picture): LoadedPicture {
    return this.get(-task, picture);
  }

  private forget(): void {
    for (const task of [...this.known.keys()].slice(0, Math.max(0, this.known.size - KEEP))) {
      this.known.delete(task);
    }
  }
}
