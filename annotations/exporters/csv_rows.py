"""CSV for spreadsheets (RFC 4180, UTF-8): no cell can act as a formula, and all reads back."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

from annotations.exporters.base import Columns, Kind, Row, row_fitter, to_json

# Texts that a spreadsheet would run (CWE-1236) get an apostrophe in front, which spreadsheets
# read as "text". A text that has such apostrophes already gets one more, so that reading is exact.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_FIRST = frozenset("'=+-@\t\r\n＝＋－＠")  # a text with another first character is none


class CsvRows:
    """A line of column names, then one line per row; null is an empty cell."""

    name = "csv"
    media_type = "text/csv"
    suffix = ".csv"

    def write(self, rows: Iterable[Row], columns: Columns, file: BinaryIO) -> int:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow([to_cell(name, "text") for name in columns])
        count, fit = 0, row_fitter(columns)
        cells = [_CELLS.get(kind, to_json) for kind in columns.values()]
        for row in rows:
            # The module writes None as nothing and a whole number as its digits.
            writer.writerow(
                [
                    value if value is None or type(value) is int else cell(value)
                    for cell, value in zip(cells, fit(row).values(), strict=True)
                ]
            )
            count += 1
        text.detach()  # flushes, and leaves the file open for its owner
        return count

    def read(self, file: BinaryIO, columns: Columns) -> Iterator[dict[str, Any]]:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        reader = csv.reader(text)
        names = [from_cell(name, "text") for name in next(reader, [])]
        if names != list(columns):
            raise ValueError(f"the columns are {names}, not {list(columns)}")
        for cells in reader:
            pairs = zip(columns.items(), cells, strict=True)
            yield {name: from_cell(cell, kind) for (name, kind), cell in pairs}
        text.detach()


def to_cell(value: Any, kind: Kind) -> str:
    """Return a value as the text of a cell."""
    if value is None:
        return ""
    if type(value) is int:
        return str(value)
    return _CELLS.get(kind, to_json)(value)  # JSON cannot be a formula: at worst it is negative


def _text(value: str) -> str:
    return "'" + value if value[:1] in _FIRST and FORMULA.match(value) else str(value)


def _flag(value: bool) -> str:
    return "true" if value else "false"


_CELLS: dict[Kind, Callable[[Any], str]] = {"text": _text, "flag": _flag}


def from_cell(cell: str, kind: Kind) -> Any:
    """Return the value that `to_cell` wrote."""
    if cell == "":
        return None
    if kind != "text":
        return json.loads(cell)
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
