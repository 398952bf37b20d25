// What an export is asked for, and how the first rows of it look in its format.
import { askedFor, TASK_FILTERS, type TaskFilter } from "@/api/taskFilters";
import type { ExportFormat, ExportFormatName, ExportPreview } from "@/api/types";

export interface Order {
  format: ExportFormatName;
  content: "consensus" | "votes" | "both";
  status: "" | "all" | "open" | "settled" | "disputed";
  label: string;
  min_confidence: string;
  arm: "" | "active" | "random";
  /** Filters of the items page that this page has no field for, by their names. */
  where: Readonly<Record<string, string>>;
  pictures: boolean;
  /** Pictures without EXIF, comments and profiles. */
  without_metadata: boolean;
  /** What of the pictures becomes unrecognizable, and by which label alone. */
  blur: "" | "regions" | "rest";
  blur_label: string;
  /** Second answers to the same question too, marked as such. */
  repeats: boolean;
  /** The id of a release, to export its frozen list whole; empty for the labels of now. */
  release: string;
}

export const PLAIN_ORDER: Order = {
  format: "jsonl",
  content: "consensus",
  status: "",
  label: "",
  min_confidence: "",
  arm: "",
  where: {},
  pictures: false,
  without_metadata: false,
  blur: "",
  blur_label: "",
  repeats: false,
  release: "",
};

/** Second answers can be told from votes in rows of votes alone. */
export const mayRepeat = ({ format, content, release }: Order) =>
  content !== "consensus" && release === "" && ROWS.has(format);
const ROWS: ReadonlySet<string> = new Set(["jsonl", "csv", "parquet"]);

const STATUSES: readonly string[] = ["all", "open", "settled", "disputed"];
const ARMS: readonly string[] = ["active", "random"];
const OWN_FIELDS = ["status", "label", "min_confidence", "arm"] as const;
type OwnField = (typeof OWN_FIELDS)[number];
/** Filters of the items page, beside those that this page has a field for. */
export const MORE_FILTERS = TASK_FILTERS.filter(
  (name): name is Exclude<TaskFilter, OwnField> =>
    !(OWN_FIELDS as readonly string[]).includes(name),
);

/** The order of what the items page shows, or a view that is saved there. */
export function chosenBy(order: Order, filters: Readonly<Record<string, string>>): Order {
  const { status = "", label = "", arm = "", min_confidence = "" } = filters;
  return {
    ...order,
    release: "",
    status: (STATUSES.includes(status) ? status : "all") as Order["status"],
    label,
    arm: (ARMS.includes(arm) ? arm : "") as Order["arm"],
    min_confidence,
    where: askedFor(MORE_FILTERS, (name) => filters[name]),
  };
}

/** Regions of these can be hidden in the pictures. */
const REGIONS: readonly string[] = ["boxes", "polygons", "keypoints"];
export const mayBlur = (taskType: string, withPictures: boolean) =>
  withPictures && REGIONS.includes(taskType);

/** The order in another format: what that format cannot say is given up. */
export function inFormat(order: Order, format: ExportFormat): Order {
  const content = format.contents.includes(order.content) ? order.content : "consensus";
  const pictures = format.pictures === "wanted" && order.pictures;
  const shown = pictures || format.pictures === "always";
  const hidden = shown ? {} : ({ blur: "", blur_label: "", without_metadata: false } as const);
  return { ...order, ...hidden, format: format.name as ExportFormatName, content, pictures };
}

/** Only what was chosen; the server has a default for the rest. */
export function requestOf(order: Order) {
  const { format, content } = order;
  const pictures = {
    ...(order.pictures && { pictures: true }),
    ...(order.without_metadata && { without_metadata: true }),
    ...(order.blur && { blur: order.blur }),
    ...(order.blur && order.blur_label && { blur_label: order.blur_label }),
  };
  if (order.release) return { format, content, ...pictures, release: Number(order.release) };
  return {
    format,
    content,
    ...(order.status && { status: order.status }),
    ...(order.label && { label: order.label }),
    ...(order.min_confidence && { min_confidence: Number(order.min_confidence) }),
    ...(order.arm && { arm: order.arm }),
    ...typed(order.where),
    ...(order.repeats && mayRepeat(order) && { repeats: true }),
    ...pictures,
  };
}

/** Texts of an address as the server takes them in a body. */
function typed(where: Order["where"]) {
  const values: Record<string, string | number | boolean> = { ...where };
  for (const [name, value] of Object.entries(where)) {
    if (name === "flagged") values[name] = value === "true";
    else if (/^(min|max)_|^labeler$/.test(name)) values[name] = Number(value);
  }
  return values;
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
