// The first pictures of a dataset in a small square: one knows it again at a glance.
import type { Item } from "@/api/types";
import { Icon } from "./icons";
import classes from "./Mosaic.module.css";
import { Picture } from "./Picture";

type Tile = Pick<Item, "id" | "thumb_url" | "width" | "height">;

export function Mosaic({ items }: { items: readonly Tile[] | undefined }) {
  const shown = (items ?? []).slice(0, 4);
  return (
    <span className={classes.mosaic} aria-hidden="true" data-count={shown.length}>
      {shown.length === 0 ? (
        <Icon name="image" />
      ) : (
        shown.map((item) => (
          <span key={item.id} className={classes.tile}>
            <Picture src={item.thumb_url} alt="" width={item.width} height={item.height} />
          </span>
        ))
      )}
    </span>
  );
}
