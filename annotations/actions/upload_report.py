"""What became of an upload, file by file and row by row; kept on the job."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from annotations.intake.refusals import Refusal

TAKEN, DUPLICATE, REFUSED, IGNORED = "taken", "duplicate", "refused", "ignored"
# Plain successes beyond this many are counted but not listed; refused files are always listed.
LISTED = 1_000
LISTED_ROWS = 5_000
LISTED_NAMES = 100  # classes, and groups, with how many pictures each has


@dataclass
class UploadReport:
    """What became of every file, and of every row of the label tables; or, dry, what would."""

    dataset_id: int
    dry: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    files: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    left_out: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)
    formats: Counter[str] = field(default_factory=Counter)
    task_types: Counter[str] = field(default_factory=Counter)

    def note(self, name: str, status: str, **more: Any) -> None:
        self.counts[status] += 1
        plain = status in (TAKEN, DUPLICATE, IGNORED) and not more.get("warnings")
        if plain and self.counts[status] > LISTED:
            self.left_out += 1
            return
        self.files.append({"name": storable(name), "status": status} | more)

    def refuse(self, name: str, refusal: Refusal) -> None:
        self.note(
            name, REFUSED, code=refusal.code, detail=storable(refusal.detail), http=refusal.http
        )

    def refuse_row(
        self, table: str, line: int, name: str, refusal: Refusal, *, where: str = ""
    ) -> None:
        self.counts["rows_refused"] += 1
        if len(self.rows) >= LISTED_ROWS:
            return
        self.rows.append(
            {"table": storable(table), "line": line, "where": storable(where)}
            | {"name": storable(name), "code": refusal.code, "detail": storable(refusal.detail)}
        )

    def as_json(self) -> dict[str, Any]:
        """Return the report as it is kept on the job."""
        counts = {status: self.counts[status] for status in (TAKEN, DUPLICATE, REFUSED, IGNORED)}
        names = ("labels", "votes", "proposals", "lines", "rows_refused")
        return (
            counts
            | {name: self.counts[name] for name in names}
            | {
                "dataset": self.dataset_id,
                "dry": self.dry,
                "files": self.files,
                "rows": self.rows,
                "left_out": self.left_out,
                "classes": _listed(self.classes),
                "class_count": len(self.classes),
                "groups": _listed(self.groups),
                "group_count": len(self.groups),
                "formats": _listed(self.formats),
                "task_types": _listed(self.task_types),
            }
        )


def _listed(counts: Counter[str]) -> list[dict[str, Any]]:
    """Return the most frequent names, alphabetically where they are equally frequent."""
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return [{"name": storable(name), "count": count} for name, count in ordered[:LISTED_NAMES]]


def storable(text: str) -> str:
    """Return a text that every database holds: what they cannot becomes a replacement character."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
