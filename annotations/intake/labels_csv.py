"""The table of known labels that may come with pictures: filename,label,split,group.

A bad row is refused by its line and costs only itself; a table that cannot be trusted as a whole
(encoding, columns, NUL, giant cells) is refused as a whole.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.names import archive_path
from annotations.intake.refusals import Refusal

_NAME_COLUMNS = ("filename", "file", "file_name", "image", "path")
_VALUE_COLUMNS = ("label", "split", "group")
# What our own tables write before a text that a spreadsheet would run.
_QUOTED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
_MAX_LABEL, _MAX_SPLIT, _MAX_GROUP = 1000, 40, 200


@dataclass(frozen=True)
class LabelRow:
    """What the table says of one picture; empty text where it says nothing."""

    line: int
    path: str
    label: str = ""
    split: str = ""
    group: str = ""


@dataclass
class LabelTable:
    """The rows that can be used, the lines that cannot and why, and the columns passed over."""

    rows: list[LabelRow] = field(default_factory=list)
    refused: dict[int, Refusal] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    ignored_columns: list[str] = field(default_factory=list)


def read_labels(
    data: bytes,
    limits: Limits = DEFAULT,
    *,
    knows_item: Callable[[str], bool] | None = None,
    labels: frozenset[str] | None = None,
) -> LabelTable:
    """Read a table of known labels.

    Lines count from 1, the header being 1; a row over several lines has the number of its first.
    With `knows_item` and `labels`, rows about other items and labels are refused. Raises Refusal
    for the table as a whole: empty_file, too_large, csv_bad_encoding, csv_nul, csv_empty,
    csv_missing_column, csv_field_too_long.
    """
    text = decoded(data, limits)
    lines = records(text, limits)
    _, header = next(lines, (1, []))
    columns = _columns(header)
    read = {columns.name, *columns.values.values()}
    table = LabelTable(ignored_columns=[name for at, name in enumerate(header) if at not in read])
    seen: set[str] = set()
    for line, cells in lines:
        table.names[line] = cells[columns.name] if len(cells) > columns.name else ""
        try:
            row = _row(line, cells, columns, limits)
            _hold_to_known(row, seen, knows_item, labels)
            seen.add(row.path)
            table.rows.append(row)
        except Refusal as refusal:
            table.refused[line] = refusal
    if not table.rows and not table.refused:
        raise Refusal("csv_empty")
    return table


def decoded(data: bytes, limits: Limits) -> str:
    if not data:
        raise Refusal("empty_file")
    if len(data) > limits.csv_max_bytes:
        raise Refusal("too_large", f"The table is larger than {limits.csv_max_bytes:,} bytes.")
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Refusal(
            "csv_bad_encoding",
            f"The table is not UTF-8: byte {error.start}, in line {line}. Save it as CSV UTF-8.",
        ) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Refusal("csv_nul", f"The table holds a NUL character in line {line}.")
    return text


def records(text: str, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    header = text.split("\n", 1)[0]
    separator = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    line = 1
    try:
        for cells in reader:
            if any(len(cell) > limits.csv_max_field for cell in cells):
                raise Refusal("csv_field_too_long", _too_long(line, limits))
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        if "field larger" in str(error):
            raise Refusal("csv_field_too_long", _too_long(line, limits)) from error
        raise Refusal("csv_row_mismatch", f"Line {line} cannot be read: {error}.") from error


def _too_long(line: int, limits: Limits) -> str:
    return f"A cell in line {line} is longer than {limits.csv_max_field:,} characters."


@dataclass(frozen=True)
class _Columns:
    """Where the header puts the columns that are read."""

    width: int
    name: int
    values: dict[str, int]

    def value(self, cells: list[str], column: str) -> str:
        return plain_cell(cells[self.values[column]]).strip() if column in self.values else ""


def _columns(header: list[str]) -> _Columns:
    if not header:
        raise Refusal("csv_empty")
    names = [name.strip().lower() for name in header]
    values = {name: names.index(name) for name in _VALUE_COLUMNS if name in names}
    name_column = next((name for name in _NAME_COLUMNS if name in names), None)
    if name_column is None or not values:
        lacking = "filename" if name_column is None else "label"
        listed = ", ".join(name.strip()[:40] for name in header)
        raise Refusal(
            "csv_missing_column", f"The table lacks the column {lacking}; it has: {listed}."
        )
    return _Columns(len(header), names.index(name_column), values)


def _row(line: int, cells: list[str], columns: _Columns, limits: Limits) -> LabelRow:
    if len(cells) != columns.width:
        raise Refusal(
            "csv_row_mismatch", f"The row has {len(cells)} cells; the header has {columns.width}."
        )
    label, split, group = (columns.value(cells, name) for name in _VALUE_COLUMNS)
    if len(label) > _MAX_LABEL or len(split) > _MAX_SPLIT or len(group) > _MAX_GROUP:
        raise Refusal("csv_field_too_long", "The label, split or group is too long.")
    name = plain_cell(cells[columns.name])
    return LabelRow(line, archive_path(name, limits), label, split, group)


def plain_cell(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if _QUOTED.match(cell) else cell


def _hold_to_known(
    row: LabelRow,
    seen: set[str],
    knows_item: Callable[[str], bool] | None,
    labels: frozenset[str] | None,
) -> None:
    if knows_item is not None and not knows_item(row.path):
        raise Refusal("unknown_item")
    if row.path in seen:
        raise Refusal("duplicate_row")
    if labels is not None and row.label and row.label not in labels:
        raise Refusal("unknown_label", f"The label {row.label!r} is not one of the project's.")
