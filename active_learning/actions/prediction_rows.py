"""Rows of a table of predictions -> arrays: each row is checked, and refused by its line."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any, BinaryIO

import numpy as np

from active_learning.actions.prediction_items import COLUMNS, ProjectItems
from active_learning.learning.artifact import Tensors
from active_learning.learning.prediction_table import ENDS, KEYS, LABELS, SHARES, SURE, TEXTS, WORD
from annotations.intake.refusals import Refusal
from annotations.intake.tables import TableRow, table_rows
from annotations.models import Project
from annotations.task_types import ALL_TASK_TYPES
from annotations.task_types.base import AnswerInvalid as RuleBroken

BATCH = 1_000  # rows in memory at once
MOST_ERRORS = 1_000  # more refusals are counted, not named
MOST_NAMED = 100  # of the items that have no prediction
MOST_NUMBERS = 50_000_000  # rows times labels: what an opened table may hold in memory
MOST_TEXT = 200_000_000  # bytes
TOLERANCE = 0.01  # by which probabilities may miss 1 in sum: they are often rounded
NESTED = "probabilities"  # of JSON Lines: an object with a number for each label

JsonObject = dict[str, Any]


@dataclass
class PredictionsReport:
    """What became of the rows of a table, and of the items of its project."""

    rows: int = 0
    taken: int = 0
    refused: int = 0
    items: int = 0
    without: int = 0
    without_items: list[int] = field(default_factory=list)
    errors: list[JsonObject] = field(default_factory=list)
    labels_without: list[str] = field(default_factory=list)
    columns_ignored: list[str] = field(default_factory=list)
    assumed_confidence: float | None = None

    def refuse(self, line: int, refusal: Refusal) -> None:
        self.refused += 1
        if len(self.errors) < MOST_ERRORS:
            told = refusal.detail.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
            self.errors.append({"line": line, "code": refusal.code, "detail": told})


@dataclass(frozen=True)
class Shape:
    """How the rows of one table say what they predict, from its first row.

    `labels` are columns of probabilities; without any, a row has `label` or `text`.
    """

    kind: str
    classes: tuple[str, ...] = ()
    nested: bool = False
    named: frozenset[str] = frozenset()

    @classmethod
    def of(cls, cells: Mapping[str, Any], project: Project, classes: Sequence[str]) -> Shape:
        """Raises Refusal where nothing is predicted that the project asks for."""
        if project.task_type == "transcription":
            if "text" not in cells:
                raise _lacking("text", cells)
            return cls(TEXTS)
        nested = isinstance(cells.get(NESTED), dict)
        columns = cells[NESTED] if nested else cells
        reserved = frozenset() if nested else frozenset({*COLUMNS, "label", "confidence"})
        named = frozenset(columns) & frozenset(classes) - reserved
        if named or nested:
            return cls(SHARES, tuple(classes), nested, named)
        if "label" not in cells:
            raise _lacking("`label`, or a column for each label", cells)
        return cls(LABELS, tuple(classes))

    def ignored(self, cells: Mapping[str, Any]) -> list[str]:
        """Columns that are passed over."""
        read = {*COLUMNS, NESTED, *self.named}
        read |= {TEXTS: {"text", "confidence"}, LABELS: {"label", "confidence"}}.get(
            self.kind, set()
        )
        return sorted(name[:60] for name in cells if name not in read)[:MOST_NAMED]


def _lacking(what: str, cells: Mapping[str, Any]) -> Refusal:
    listed = ", ".join(str(name)[:40] for name in list(cells)[:20])
    return Refusal("csv_missing_column", f"The table lacks the column {what}; it has: {listed}.")


class Collected:
    """The rows that are taken, on disk until all are there: memory holds one batch."""

    def __init__(self, project: Project, classes: Sequence[str], items: ProjectItems) -> None:
        self.project, self.classes, self.items = project, classes, items
        self.report = PredictionsReport(items=len(items))
        self.shape: Shape | None = None
        self.lines = np.zeros(len(items), np.int64)  # of the row that speaks of an item; 0: none
        self._files: dict[str, IO[bytes]] = {}
        self._text_bytes = 0

    def take(self, batch: Sequence[TableRow]) -> None:
        """Check rows and keep what they say; raises Refusal where the table cannot be used."""
        self.report.rows += len(batch)
        rows = []
        for row in batch:
            if row.refusal is not None:
                self.report.refuse(row.line, row.refusal)
            else:
                rows.append(row)
        if rows and self.shape is None:
            self._look_at(rows[0].cells)
        places = self.items.find([row.cells for row in rows])
        for row, place in zip(rows, places, strict=True):
            try:
                if isinstance(place, Refusal):
                    raise place
                self._take(row, place)
            except TableTooLarge:
                raise
            except Refusal as refusal:
                self.report.refuse(row.line, refusal)

    def _look_at(self, cells: Mapping[str, Any]) -> None:
        self.shape = Shape.of(cells, self.project, self.classes)
        self.report.columns_ignored = self.shape.ignored(cells)
        if self.shape.kind == SHARES:
            missing = [name for name in self.classes if name not in self.shape.named]
            self.report.labels_without = missing[:MOST_NAMED]

    def _take(self, row: TableRow, place: int) -> None:
        assert self.shape is not None
        if self.lines[place]:
            line = int(self.lines[place])
            raise Refusal("duplicate_row", f"Line {line} is about the same item.")
        said = _SAY[self.shape.kind](row.cells, self.shape, self.project)
        if self.shape.kind == TEXTS:
            self._text_bytes += len(said[TEXTS])
            said[ENDS] = np.asarray([self._text_bytes], np.int64).tobytes()
        self._hold(self.shape)
        self.lines[place] = row.line
        self.report.taken += 1
        for name, data in ({KEYS: self.items.keys[place].ljust(32, b"\0")} | said).items():
            if name not in self._files:
                self._files[name] = tempfile.TemporaryFile()  # noqa: SIM115
            self._files[name].write(data)

    def _hold(self, shape: Shape) -> None:
        if shape.kind == SHARES and self.report.taken * len(self.classes) > MOST_NUMBERS:
            most = MOST_NUMBERS // len(self.classes)
            detail = f"With {len(self.classes)} labels a table has at most {most:,} rows."
            raise TableTooLarge("too_large", f"{detail} Send `label` and `confidence` instead.")
        if self._text_bytes > MOST_TEXT:
            raise TableTooLarge("too_large", f"The texts have more than {MOST_TEXT:,} bytes.")

    def tensors(self) -> Tensors:
        """Return what was taken, as `prediction_table.make_table` wants it."""
        kinds: dict[str, Any] = {SHARES: np.float32, SURE: np.float32}
        found: Tensors = {}
        for name, file in self._files.items():
            file.seek(0)
            if name == TEXTS:
                file.seek(0, 2)
                file.write(b"\0" * (-file.tell() % WORD))
                file.seek(0)
            found[name] = np.fromfile(file, kinds.get(name, np.int64))
            file.close()
        self._files = {}
        count = self.report.taken
        for name, width in ((KEYS, 32 // WORD), (SHARES, len(self.classes))):
            if name in found:
                found[name] = found[name].reshape(count, width)
        return found

    def close(self) -> PredictionsReport:
        """Note what the table says nothing of, and return the report."""
        lacking = np.flatnonzero(self.lines == 0)
        self.report.without = len(lacking)
        self.report.without_items = self.items.pks[lacking[:MOST_NAMED]].tolist()
        return self.report


class TableTooLarge(Refusal):
    """The table as a whole is refused, not one of its rows."""


# ----------------------------------------------------------------------------- what a row says


def _shares(cells: Mapping[str, Any], shape: Shape, project: Project) -> dict[str, bytes]:
    columns = cells.get(NESTED) if shape.nested else cells
    if not isinstance(columns, dict | Mapping):
        raise Refusal("bad_probability", "The row has no probabilities.")
    if shape.nested and (unknown := sorted(set(columns) - set(shape.classes))):
        raise Refusal("unknown_label", f"The project has no label {str(unknown[0])[:120]!r}.")
    known = shape.classes if shape.nested else shape.named
    values = [number(columns.get(name), name) if name in known else 0.0 for name in shape.classes]
    total = math.fsum(values)
    if abs(total - 1) > TOLERANCE:
        raise Refusal("bad_probability", f"The probabilities sum to {total:.4g}, not to 1.")
    return {SHARES: (np.asarray(values) / total).astype(np.float32).tobytes()}


def number(cell: Any, name: str, code: str = "bad_probability") -> float:
    """Return a number from 0 to 1; an empty cell is 0. Raises Refusal for anything else."""
    if cell is None or cell == "":
        return 0.0
    try:
        value = math.nan if isinstance(cell, bool | list | dict) else float(cell)
    except (ValueError, OverflowError):
        value = math.nan
    if not 0 <= value <= 1:
        shown = str(cell)[:40]
        raise Refusal(code, f"{name[:60]!r} is {shown}; it must be a number from 0 to 1.")
    return value


def _label(cells: Mapping[str, Any], shape: Shape, project: Project) -> dict[str, bytes]:
    cell = cells.get("label")
    label = cell.strip() if isinstance(cell, str) else str(cell) if _is_number(cell) else ""
    if label not in shape.classes:
        raise Refusal("unknown_label", f"The project has no label {str(cell)[:120]!r}.")
    sure = _confidence(cells)
    if sure is not None and sure < 1 / len(shape.classes) - 1e-6:
        least = f"the likeliest of {len(shape.classes)} labels has at least 1/{len(shape.classes)}"
        raise Refusal("bad_confidence", f"The confidence is {sure:.4g}, but {least}.")
    return {LABELS: np.int64(shape.classes.index(label)).tobytes(), SURE: _sure(sure)}


def _text(cells: Mapping[str, Any], shape: Shape, project: Project) -> dict[str, bytes]:
    assert project.schema is not None
    cell = cells.get("text")
    text = str(cell) if _is_number(cell) else cell
    try:
        answer = ALL_TASK_TYPES["transcription"].check_answer(
            {"text": text}, project.schema.document
        )
    except RuleBroken as error:
        raise Refusal("bad_answer", f"The text cannot be used: {error.reason}.") from error
    return {TEXTS: answer["text"].encode(), SURE: _sure(_confidence(cells))}


def _confidence(cells: Mapping[str, Any]) -> float | None:
    cell = cells.get("confidence")
    return None if cell in (None, "") else number(cell, "confidence", "bad_confidence")


def _sure(value: float | None) -> bytes:
    return np.float32(np.nan if value is None else value).tobytes()


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


_SAY: dict[str, Callable[[Mapping[str, Any], Shape, Project], dict[str, bytes]]] = {
    SHARES: _shares,
    LABELS: _label,
    TEXTS: _text,
}


def collect(
    file: BinaryIO,
    project: Project,
    classes: Sequence[str],
    progress: Callable[[float], None] = lambda fraction: None,
) -> Collected:
    """Read a table; raises Refusal where none of it can be used."""
    found = Collected(project, classes, ProjectItems(project))
    rows: Iterator[TableRow] = table_rows(file)
    while batch := list(islice(rows, BATCH)):
        found.take(batch)
        progress(batch[-1].done)
    if not found.report.rows:
        raise Refusal("csv_empty")
    return found
