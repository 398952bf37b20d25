"""Long tables from elsewhere, row by row: CSV, JSON Lines or Parquet, told apart by their content.

Memory holds one row, of Parquet a few hundred, whatever the length of the table.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from annotations.intake.labels_csv import plain_cell
from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.parquet_process import parquet_rows
from annotations.intake.refusals import Refusal

PARQUET = b"PAR1"
MOST_COLUMNS = 10_000
LONGEST_LINE = 4 * 1024 * 1024


@dataclass(frozen=True)
class TableRow:
    """One row: its line from 1 (Parquet: its number), its cells, or why it cannot be read.

    `done` is the part of the file that is read by then.
    """

    line: int
    cells: Mapping[str, Any]
    done: float
    refusal: Refusal | None = None


def table_rows(file: BinaryIO, limits: Limits = DEFAULT) -> Iterator[TableRow]:
    """Yield the rows of an open file; raises Refusal where all of it cannot be used.

    The cells of CSV are texts, those of the others are what JSON knows.
    """
    size = max(file.seek(0, io.SEEK_END), 1)
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    if not head:
        raise Refusal("empty_file")
    if head.startswith(PARQUET):
        for number, (cells, done) in enumerate(parquet_rows(file, limits), start=1):
            yield TableRow(number, cells, done)
    elif head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        yield from _json_lines(file, size)
    else:
        yield from _csv(file, size, limits)


def _json_lines(file: BinaryIO, size: int) -> Iterator[TableRow]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        done = file.tell() / size
        if len(line) > LONGEST_LINE:
            raise Refusal("too_large", f"Line {number} is longer than {LONGEST_LINE:,} bytes.")
        if not line.strip():
            continue
        try:
            yield TableRow(number, _object(line.decode("utf-8-sig")), done)
        except (ValueError, RecursionError):
            refusal = Refusal("json_shape", "The line is not one JSON object.")
            yield TableRow(number, {}, done, refusal)


def _object(text: str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError
    return found


def _csv(file: BinaryIO, size: int, limits: Limits) -> Iterator[TableRow]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    line = 1
    try:
        first = text.readline(LONGEST_LINE)
        text.seek(0)
        reader = csv.reader(text, delimiter=max(",;\t", key=first.count), strict=True)
        header = _header(next(reader, []))
        line = reader.line_num + 1
        for cells in reader:
            if cells:
                yield _row(line, header, cells, limits, file.tell() / size)
            line = reader.line_num + 1
    except UnicodeDecodeError as error:
        detail = f"The table is not UTF-8, near line {line}. Save it as CSV UTF-8."
        raise Refusal("csv_bad_encoding", detail) from error
    except csv.Error as error:
        raise Refusal("csv_row_mismatch", f"Line {line} cannot be read: {error}.") from error
    finally:
        text.detach()


def _header(cells: list[str]) -> list[str]:
    names = [plain_cell(cell).strip() for cell in cells]
    if not any(names):
        raise Refusal("csv_empty")
    if len(names) > MOST_COLUMNS:
        raise Refusal("too_large", f"The table has {len(names):,} columns.")
    if twice := sorted(name for name in set(names) if names.count(name) > 1):
        raise Refusal("csv_missing_column", f"The column {twice[0][:60]!r} is there twice.")
    return names


def _row(line: int, header: list[str], cells: list[str], limits: Limits, done: float) -> TableRow:
    if len(cells) != len(header):
        detail = f"The row has {len(cells)} cells; the header has {len(header)}."
        return TableRow(line, {}, done, Refusal("csv_row_mismatch", detail))
    if any(len(cell) > limits.csv_max_field for cell in cells):
        return TableRow(line, {}, done, Refusal("csv_field_too_long"))
    named = {name: plain_cell(cell) for name, cell in zip(header, cells, strict=True)}
    return TableRow(line, named, done)
