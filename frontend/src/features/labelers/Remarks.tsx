// What to look at in a labeler's figures, as small tags.
import { useMessages } from "@/i18n/messages";
import { Tag } from "@/ui/Tag";
import { remarksOn } from "./figures";
import { messages } from "./messages";
import type { LabelerRow } from "./requests";

export function Remarks({ row }: { row: LabelerRow }) {
  const t = useMessages(messages);
  const remarks = remarksOn(row);
  return (
    <>
      {remarks.includes("spammer") && <Tag tone="error">{t.spammer}</Tag>}
      {row.copies && <Tag tone="error">{t.copies(row.copies.name)}</Tag>}
      {remarks.includes("drifting") && <Tag tone="warn">{t.drifting}</Tag>}
      {remarks.includes("improving") && <Tag tone="ok">{t.improving}</Tag>}
      {row.paused && <Tag tone="warn">{t.paused}</Tag>}
      {!row.counted && <Tag>{t.notCounted}</Tag>}
      {!row.active && <Tag>{t.left}</Tag>}
    </>
  );
}
