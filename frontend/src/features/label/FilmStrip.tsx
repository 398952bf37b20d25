// A strip of small images: the last answers on the left, what comes next on the right.
import { memo } from "react";
import type { JsonObject } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import type { ItemPicture as Picture, TaskType } from "@/task-types/base";
import classes from "./FilmStrip.module.css";
import type { LoopState, Past } from "./loopState";
import { messages } from "./messages";

const PAST = 8;

interface FilmStripProps {
  state: LoopState;
  type: TaskType;
  schema: JsonObject;
  onOpen: (place: number) => void;
  onFront: () => void;
}

export const FilmStrip = memo(function FilmStrip(props: FilmStripProps) {
  const { state, type, schema, onOpen, onFront } = props;
  const t = useMessages(messages);
  const { past, queue, back } = state;
  const from = Math.max(0, Math.min(past.length - PAST, (back ?? past.length) - 2));
  const current = queue[0];
  const texts = past.map((one) =>
    one.answer ? type.describe(one.answer, schema).text : t.skipped,
  );
  const long = texts.slice(from, from + PAST).some((text) => text.length > 4);
  return (
    <nav className={classes.strip} aria-label={t.strip} data-long={long || undefined}>
      <div className={classes.past}>
        {past.slice(from, from + PAST).map((one, at) => (
          <Answered
            key={one.task}
            past={one}
            text={texts[from + at] ?? ""}
            place={from + at}
            open={back === from + at}
            onOpen={onOpen}
          />
        ))}
      </div>
      {current && (
        <button
          type="button"
          className={classes.frame}
          data-current={back === null || undefined}
          aria-label={t.openItem}
          aria-current={back === null || undefined}
          onMouseDown={(event) => event.preventDefault()}
          onClick={onFront}
        >
          <Thumb picture={current.item} />
          <span className={classes.tag}>&nbsp;</span>
        </button>
      )}
      <div className={classes.coming} aria-hidden="true">
        {queue.slice(1, 6).map((offer) => (
          <span key={offer.id} className={classes.frame}>
            <Thumb picture={offer.item} />
          </span>
        ))}
      </div>
    </nav>
  );
});

interface AnsweredProps {
  past: Past;
  text: string;
  place: number;
  open: boolean;
  onOpen: (place: number) => void;
}

const Answered = memo(function Answered({ past, text, place, open, onOpen }: AnsweredProps) {
  const t = useMessages(messages);
  return (
    <button
      type="button"
      className={classes.frame}
      data-current={open || undefined}
      data-skipped={past.answer === null || undefined}
      disabled={past.answer === null}
      aria-label={t.stripAnswered(text)}
      title={text}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => onOpen(place)}
    >
      <Thumb picture={past.picture} />
      <span className={classes.tag}>{text}</span>
    </button>
  );
});

/** Small images are their own thumbnail, and are loaded already. */
function Thumb({ picture }: { picture: Picture }) {
  const own = Math.max(picture.width, picture.height) <= 192;
  return (
    <img
      className={classes.thumb}
      src={own ? picture.image_url : picture.thumb_url}
      alt=""
      decoding="async"
      draggable={false}
    />
  );
}
