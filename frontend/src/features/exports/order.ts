// What an export is asked for, and how the first rows of it look in its format.
import type { ExportFormat, ExportFormatName, ExportPreview } from "@/api/types";

export interface Order {
  format: ExportFormatName;
  content: "consensus" | "votes" | "both";
  status: "" | "all" | "open" | "settled" | "disputed";
  label: string;
  min_confidence: string;
  arm: "" | "active" | "random";
  pictures: boolean;
}

export const PLAIN_ORDER: Order = {
  format: "jsonl",
  content: "consensus",
  status: "",
  label: "",
  min_confidence: "",
  arm: "",
  pictures: false,
};

/** The order in another format: what that format cannot say is given up. */
export function inFormat(order: Order, format: ExportFormat): Order {
  const content = format.contents.includes(order.content) ? order.content : "consensus";
  const pictures = format.pictures === "wanted" && order.pictures;
  return { ...order, format: format.name as ExportFormatName, content, pictures };
}

/** Only what was chosen; the server has a default for the rest. */
export function requestOf(order: Order) {
  const { format, content } = order;
  return {
    format,
    content,
    ...(order.status && { status: order.status }),
    ...(order.label && { label: order.label }),
    ...(order.min_confidence && { min_confidence: Number(order.min_confidence) }),
    ...(order.arm && { arm: order.arm }),
    ...(order.pictures && { pictures: true }),
  };
}

type Row = ExportPreview["sample"][number];

/** The columns that hold something in any of the rows. */
export function columnsOf(rows: readonly Row[]): string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return names.filter((name) => rows.some((row) => row[name] != null));
}

export function cellOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
