// A picture as large as its place allows. Very small ones stop growing before they turn into a
// mosaic, and stand beside themselves as small as the eye needs them to read the shape.
import { isSmall, Picture } from "./Picture";
import classes from "./PictureStage.module.css";

interface PictureStageProps {
  src: string;
  alt: string;
  width: number;
  height: number;
  /** Also the small view beside the large one, for pictures of few pixels. */
  withSmall?: boolean;
  onBroken?: () => void;
}

/** Each pixel of a small picture becomes at most this many on the screen. */
const ENLARGED = 40;
/** Longest side of the small view. */
const SMALL_VIEW = 56;

export function PictureStage(props: PictureStageProps) {
  const { src, alt, width, height, withSmall, onBroken } = props;
  const small = isSmall(width, height);
  const most = small ? { maxWidth: width * ENLARGED, maxHeight: height * ENLARGED } : undefined;
  const scale = SMALL_VIEW / Math.max(width, height);
  return (
    <div className={classes.stage}>
      <div className={classes.large} style={most}>
        <Picture key={src} {...{ src, alt, width, height, onBroken }} lazy={false} />
      </div>
      {small && withSmall && scale > 1 && (
        <img
          className={classes.small}
          src={src}
          alt=""
          style={{ width: width * scale, height: height * scale }}
        />
      )}
    </div>
  );
}
