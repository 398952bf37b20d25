"""CSV for spreadsheets (RFC 4180, UTF-8): no cell can act as a formula, and all reads back."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from annotations.exporters.base import Columns, Kind, Row, in_columns, to_json

# Texts that a spreadsheet would run (CWE-1236) get an apostrophe in front, which spreadsheets
# read as "text". A text that has such apostrophes already gets one more, so that reading is exact.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


class CsvRows:
    """A line of column names, then one line per row; null is an empty cell."""

    name = "csv"
    media_type = "text/csv"
    suffix = ".csv"

    def write(self, rows: Iterable[Row], columns: Columns, file: BinaryIO) -> int:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow([to_cell(name, "text") for name in columns])
        count = 0
        for row in rows:
            values = in_columns(row, columns)
            writer.writerow([to_cell(values[name], kind) for name, kind in columns.items()])
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
    if kind != "text":
        return to_json(value)  # cannot be a formula: at worst a negative number
    return "'" + value if FORMULA.match(value) else str(value)


def from_cell(cell: str, kind: Kind) -> Any:
    """Return the value that `to_cell` wrote."""
    if cell == "":
        return None
    if kind != "text":
        return json.loads(cell)
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
