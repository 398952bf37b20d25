// The image: its decoded element is put into the page as it is, as large as the room allows.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useMessages } from "@/i18n/messages";
import type { LoadedPicture, ItemPicture as Picture } from "@/task-types/base";
import { fitted, hasReadingSize, type Size } from "./fitting";
import type { ImageCache } from "./images";
import { messages } from "./messages";
import classes from "./Stage.module.css";
import { shown } from "./timing";

interface StageProps {
  task: number;
  picture: Picture;
  images: ImageCache;
  enlarged: boolean;
  /** Smooths even strong enlargements. */
  smooth: boolean;
  onEnlarge: (on: boolean) => void;
  onRetry: () => void;
}

/** Width of the small view with its distance to the large one. */
const BESIDE = 120;

/** Where the small view goes; nowhere when the large one is hardly larger. */
function secondView(width: number, room: number): "beside" | "corner" | "none" {
  if (width < 1.5 * BESIDE) return "none";
  return room - width >= 2 * BESIDE ? "beside" : "corner";
}

export function Stage(props: StageProps) {
  const { task, picture, images, enlarged, smooth, onEnlarge, onRetry } = props;
  const t = useMessages(messages);
  const room = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const tiny = hasReadingSize(picture);
  // Larger squares would tell nothing new, so enlarging a tiny image shows the other view of it.
  const smoothed = tiny && enlarged ? !smooth : smooth;
  const [failed, setFailed] = useState<number | null>(null);

  useLayoutEffect(() => {
    const place = frame.current;
    if (!place) return;
    const loaded = images.get(task, picture);
    loaded.element.alt = t.image(picture.filename);
    place.replaceChildren(loaded.element);
    return reportWhenShown(task, loaded, () => setFailed(task));
  }, [task, picture, images, t]);

  useFitting(room, frame, picture, enlarged);

  return (
    <div
      className={classes.stage}
      data-enlarged={enlarged || undefined}
      data-testid="stage"
      data-task={task}
    >
      <div className={classes.room} ref={room}>
        <button
          type="button"
          className={classes.press}
          aria-label={enlarged ? t.shrink : t.enlarge}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onEnlarge(!enlarged)}
        >
          <div className={classes.frame} ref={frame} data-smooth={smoothed || undefined} />
          {tiny && !enlarged && (
            <img className={classes.reading} src={picture.image_url} alt="" title={t.readingSize} />
          )}
        </button>
      </div>
      {failed === task && (
        <div className={classes.failed} role="alert">
          <p>{t.imageFailed}</p>
          <button
            type="button"
            className={classes.retry}
            onClick={() => {
              setFailed(null);
              onRetry();
            }}
          >
            {t.imageRetry}
          </button>
        </div>
      )}
    </div>
  );
}

/** Tells the clock when the image can be seen; returns how to stop caring. */
function reportWhenShown(task: number, loaded: LoadedPicture, onFailed: () => void): () => void {
  if (loaded.state === "ready") {
    shown(task, true);
    return () => {};
  }
  let wanted = true;
  void loaded.ready.then((ready) => {
    if (!wanted) return;
    if (ready) shown(task, false);
    else onFailed();
  });
  return () => {
    wanted = false;
  };
}

/** Sizes the frame for the room, anew when either changes; without rendering. */
function useFitting(
  room: React.RefObject<HTMLDivElement | null>,
  frame: React.RefObject<HTMLDivElement | null>,
  picture: Picture,
  enlarged: boolean,
): void {
  const size = useRef<Size>({ width: 0, height: 0 });
  const image = useRef(picture);
  image.current = picture;
  const large = useRef(enlarged);
  large.current = enlarged;

  const apply = useRef(() => {
    const place = frame.current;
    if (!place || size.current.width === 0) return;
    const made = fitted(image.current, size.current, large.current);
    place.style.width = `${made.width}px`;
    place.style.height = `${made.height}px`;
    place.dataset.crisp = String(made.crisp);
    place.dataset.second = secondView(made.width, size.current.width);
  });

  useEffect(() => {
    const box = room.current;
    if (!box) return;
    const watch = new ResizeObserver(([entry]) => {
      if (entry) size.current = entry.contentRect;
      apply.current();
    });
    watch.observe(box);
    return () => watch.disconnect();
  }, [room]);

  // Before the first paint of an item, and without reading the layout for each one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the picture and its size mode are read through refs
  useLayoutEffect(() => {
    if (size.current.width === 0 && room.current) {
      size.current = { width: room.current.clientWidth, height: room.current.clientHeight };
    }
    apply.current();
  }, [picture.width, picture.height, enlarged]);
}
