// The points of a skeleton while they are being edited: order, mirror images, lines between them.
import type { Json } from "@/api/types";

export interface DraftPoint {
  /** Only for the page. */
  id: number;
  name: string;
  title: string;
  /** Name of the point on the other side; empty for a point on the middle. */
  mirror: string;
  retired: boolean;
  /** Answers may use it already. */
  kept: boolean;
}

export type PointProblem = "empty" | "twice" | "mirror";

let lastId = 0;

export function newPoint(name = ""): DraftPoint {
  lastId += 1;
  return { id: lastId, name, title: "", mirror: "", retired: false, kept: false };
}

export function draftPoints(document: Json | undefined, kept: boolean): DraftPoint[] {
  if (!Array.isArray(document)) return [];
  return (document as unknown as Partial<DraftPoint>[]).map((point) => ({
    ...newPoint(point.name),
    title: point.title ?? "",
    mirror: point.mirror ?? "",
    retired: point.retired ?? false,
    kept,
  }));
}

export function pointsOf(drafts: readonly DraftPoint[]): { points: Json[]; names: Set<string> } {
  const named = drafts.filter((draft) => draft.name.trim() !== "");
  const points = named.map((draft) => ({
    name: draft.name.trim(),
    ...(draft.title === "" ? {} : { title: draft.title }),
    ...(draft.mirror === "" ? {} : { mirror: draft.mirror }),
    ...(draft.retired ? { retired: true } : {}),
  }));
  return { points, names: new Set(named.map((draft) => draft.name.trim())) };
}

export function pointProblems(drafts: readonly DraftPoint[]): Map<number, PointProblem> {
  const found = new Map<number, PointProblem>();
  const names = drafts.map((draft) => draft.name.trim());
  drafts.forEach((draft, at) => {
    const name = names[at] ?? "";
    const other = drafts.find((one) => one.name.trim() === draft.mirror);
    if (name === "") {
      if (draft.title !== "" || draft.kept) found.set(draft.id, "empty");
    } else if (names.indexOf(name) !== at) found.set(draft.id, "twice");
    else if (draft.mirror !== "" && other?.mirror !== name) found.set(draft.id, "mirror");
  });
  return found;
}

/** Two points name each other, or neither does; a former partner is let go. */
export function paired(drafts: readonly DraftPoint[], id: number, mirror: string): DraftPoint[] {
  const name = drafts.find((draft) => draft.id === id)?.name.trim() ?? "";
  return drafts.map((draft) => {
    if (draft.id === id) return { ...draft, mirror };
    if (mirror !== "" && draft.name.trim() === mirror) return { ...draft, mirror: name };
    const wasPartner = draft.mirror !== "" && (draft.mirror === name || draft.mirror === mirror);
    return wasPartner ? { ...draft, mirror: "" } : draft;
  });
}

/** Pairs "left_eye" with "right_eye" and so on, where neither has a partner yet. */
export function pairedByName(drafts: readonly DraftPoint[]): DraftPoint[] {
  const otherSide = (name: string) =>
    name.replace(/left|right/i, (side) => (side.toLowerCase() === "left" ? "right" : "left"));
  return drafts.reduce<DraftPoint[]>(
    (list, { id, name, mirror }) => {
      const other = otherSide(name);
      const partner = list.find((one) => one.name.toLowerCase() === other.toLowerCase());
      if (mirror !== "" || !partner || partner.id === id || partner.mirror !== "") return list;
      return paired(list, id, partner.name);
    },
    [...drafts],
  );
}

/** A renamed point keeps its partner and its lines. */
export function renamed(
  drafts: readonly DraftPoint[],
  bones: readonly [string, string][],
  id: number,
  name: string,
): { points: DraftPoint[]; bones: [string, string][] } {
  const before = drafts.find((draft) => draft.id === id)?.name ?? "";
  const follow = (end: string) => (before !== "" && end === before ? name : end);
  return {
    points: drafts.map((draft) =>
      draft.id === id ? { ...draft, name } : { ...draft, mirror: follow(draft.mirror) },
    ),
    bones: bones.map(([a, b]) => [follow(a), follow(b)]),
  };
}
