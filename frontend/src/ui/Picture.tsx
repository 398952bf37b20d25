// A picture in a box. Small ones are enlarged with sharp pixels: blur would hide what to judge.
import { useState } from "react";
import { useMessages } from "@/i18n/messages";
import { Icon } from "./icons";
import { messages } from "./messages";
import classes from "./Picture.module.css";

interface PictureProps {
  src: string;
  alt: string;
  /** Size of the picture itself, in its own pixels. */
  width: number;
  height: number;
  /** Called when it cannot be loaded, such as when its signed address has ended. */
  onBroken?: () => void;
  lazy?: boolean;
}

/** Below this many pixels a picture is shown larger than it is in any box of ours. */
const SMALL = 96;

export function isSmall(width: number, height: number): boolean {
  return Math.max(width, height) <= SMALL;
}

/** Fills the box around it, whole and undistorted. */
export function Picture({ src, alt, width, height, onBroken, lazy = true }: PictureProps) {
  const t = useMessages(messages);
  const [broken, setBroken] = useState<string | null>(null);
  if (broken === src) {
    return (
      <span className={classes.broken} role="img" aria-label={t.noPicture(alt)}>
        <Icon name="image" />
      </span>
    );
  }
  return (
    <img
      className={classes.picture}
      data-small={isSmall(width, height) || undefined}
      src={src}
      alt={alt}
      width={width}
      height={height}
      loading={lazy ? "lazy" : "eager"}
      decoding="async"
      draggable={false}
      onError={() => {
        setBroken(src);
        onBroken?.();
      }}
    />
  );
}
