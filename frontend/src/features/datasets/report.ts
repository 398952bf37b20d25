// What became of an upload: the reports of its jobs as one.
import type { JsonObject } from "@/api/types";

export interface FileNote {
  name: string;
  status: "taken" | "duplicate" | "refused" | "ignored";
  code?: string;
  detail?: string;
  warnings?: string[];
}

export interface RowNote {
  table: string;
  line: number;
  /** Where in the table, if not on a line: "image 3". */
  where?: string;
  name: string;
  detail: string;
}

export interface Counted {
  name: string;
  count: number;
}

export interface UploadReport {
  taken: number;
  duplicate: number;
  refused: number;
  ignored: number;
  labels: number;
  votes: number;
  proposals: number;
  /** Lines that were cut out of pages, or would be. */
  lines: number;
  files: FileNote[];
  rows: RowNote[];
}

/** What a preview tells besides: the labels by class, the groups, the formats that were read. */
export interface Forecast extends UploadReport {
  rows_refused: number;
  classes: Counted[];
  class_count: number;
  groups: Counted[];
  group_count: number;
  formats: Counted[];
}

export const NOTHING: UploadReport = {
  taken: 0,
  duplicate: 0,
  refused: 0,
  ignored: 0,
  labels: 0,
  votes: 0,
  proposals: 0,
  lines: 0,
  files: [],
  rows: [],
};

const numberOf = (value: unknown) => (typeof value === "number" ? value : 0);
const listOf = <Row>(value: unknown) => (Array.isArray(value) ? (value as Row[]) : []);

/** Adds the result of a job; one of another shape adds nothing. */
export function withResult(report: UploadReport, result: JsonObject | null): UploadReport {
  if (result === null) return report;
  return {
    taken: report.taken + numberOf(result.taken),
    duplicate: report.duplicate + numberOf(result.duplicate),
    refused: report.refused + numberOf(result.refused),
    ignored: report.ignored + numberOf(result.ignored),
    labels: report.labels + numberOf(result.labels),
    votes: report.votes + numberOf(result.votes),
    proposals: report.proposals + numberOf(result.proposals),
    lines: report.lines + numberOf(result.lines),
    files: [...report.files, ...listOf<FileNote>(result.files)],
    rows: [...report.rows, ...listOf<RowNote>(result.rows)],
  };
}

/** The result of a preview. */
export function forecastOf(result: JsonObject | null): Forecast {
  const told = result ?? {};
  return {
    ...withResult(NOTHING, told),
    rows_refused: numberOf(told.rows_refused),
    classes: listOf<Counted>(told.classes),
    class_count: numberOf(told.class_count),
    groups: listOf<Counted>(told.groups),
    group_count: numberOf(told.group_count),
    formats: listOf<Counted>(told.formats),
  };
}

/** Where a refused row stands. */
export function placeOf(row: RowNote): string {
  if (row.line > 0) return `${row.table}:${row.line}`;
  return [row.table, row.where].filter(Boolean).join(", ");
}

/** What a person should look at, refused files first. */
export function worthReading(report: UploadReport): FileNote[] {
  const refused = report.files.filter((note) => note.status === "refused");
  const odd = report.files.filter((note) => note.status === "taken" && note.warnings?.length);
  const double = report.files.filter((note) => note.status === "duplicate");
  return [...refused, ...odd, ...double];
}

/** The report as a table for a spreadsheet. */
export function reportAsCsv(report: UploadReport): string {
  const cell = (text: string) => {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return `"${safe.replaceAll('"', '""')}"`;
  };
  const lines = report.files.map((note) =>
    [note.name, note.status, note.detail ?? (note.warnings ?? []).join(" ")].map(cell).join(","),
  );
  const rows = report.rows.map((row) =>
    [`${placeOf(row)} ${row.name}`, "row refused", row.detail].map(cell).join(","),
  );
  return ["file,status,reason", ...lines, ...rows, ""].join("\r\n");
}
