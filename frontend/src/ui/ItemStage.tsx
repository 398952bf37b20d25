// What a task shows, as large as its place allows: an item, or the two of a pair side by side.
import classes from "./ItemStage.module.css";
import { PictureStage } from "./PictureStage";

interface Shown {
  image_url: string;
  filename: string;
  width: number;
  height: number;
}

interface ItemStageProps {
  item: Shown;
  /** The second of a pair. */
  other: Shown | null;
  withSmall?: boolean;
}

export function ItemStage({ item, other, withSmall }: ItemStageProps) {
  if (!other) return <Stage item={item} withSmall={withSmall} />;
  // Words and lines stand above each other: their letters compare best that way.
  const wide = item.width + other.width > 3 * Math.max(item.height, other.height);
  return (
    <div className={classes.pair} data-wide={wide || undefined}>
      <Stage item={item} />
      <Stage item={other} />
    </div>
  );
}

function Stage({ item, withSmall }: { item: Shown; withSmall?: boolean }) {
  return (
    <PictureStage
      src={item.image_url}
      alt={item.filename}
      width={item.width}
      height={item.height}
      withSmall={withSmall}
    />
  );
}

/** The name of a task's picture, or of both. */
export function filesOf(task: {
  item: { filename: string };
  other_item: { filename: string } | null;
}): string {
  const { item, other_item: other } = task;
  return other ? `${item.filename} – ${other.filename}` : item.filename;
}
