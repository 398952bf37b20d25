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


@dataclass
class UploadReport:
    """What became of every file, and of every row of the label tables."""

    dataset_id: int
    counts: Counter[str] = field(default_factory=Counter)
    files: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    left_out: int = 0

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

    def refuse_row(self, table: str, line: int, name: str, refusal: Refusal) -> None:
        self.counts["rows_refused"] += 1
        if len(self.rows) >= LISTED_ROWS:
            return
        self.rows.append(
            {"table": storable(table), "line": line, "name": storable(name)}
            | {"code": refusal.code, "detail": storable(refusal.detail)}
        )

    def as_json(self) -> dict[str, Any]:
        """Return the report as it is kept on the job."""
        counts = {status: self.counts[status] for status in (TAKEN, DUPLICATE, REFUSED, IGNORED)}
        return counts | {
            "dataset": self.dataset_id,
            "labels": self.counts["labels"],
            "rows_refused": self.counts["rows_refused"],
            "files": self.files,
            "rows": self.rows,
            "left_out": self.left_out,
        }


def storable(text: str) -> str:
    """Return a text that every database holds: what they cannot becomes a replacement character."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
