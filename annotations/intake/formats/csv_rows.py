"""CSV tables with answers or texts; plain tables of labels are read by `labels_csv`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from annotations.intake.documents import as_text
from annotations.intake.formats import rows
from annotations.intake.formats.base import ImportFormat, Problem, Told, Tree, each_file
from annotations.intake.labels_csv import plain_cell
from annotations.intake.refusals import Refusal

_MARKS = {"answer", *rows.TEXTS}
_LONGEST = 4_000_000  # an answer with a thousand outlines, as one cell


class CsvRows(ImportFormat):
    name = "csv"
    title = "CSV table"
    task_types = rows.TASK_TYPES

    def claims(self, path: str, tree: Tree) -> bool:
        return path.lower().endswith((".csv", ".tsv")) and says_more(tree.head(path))

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        return each_file(paths, tree, _read)


def says_more(head: bytes) -> bool:
    """Tell by a table's first line whether it holds more than labels, splits and groups."""
    line = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace")
    names = {name.strip(" \"'\r").lower() for name in line.replace("\t", ",").split(",")}
    return bool(names & _MARKS) and bool(names & set(rows.NAMES))


def _read(path: str, tree: Tree) -> Iterator[Told]:
    text = as_text(tree.read(path))
    header = text.split("\n", 1)[0]
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))
    names = [plain_cell(name).strip().lower() for name in next(reader, [])]
    line = reader.line_num + 1
    try:
        for cells in reader:
            if cells:
                yield _told(
                    dict(zip(names, map(plain_cell, cells), strict=False)), path, line, tree
                )
            line = reader.line_num + 1
    except csv.Error as error:
        raise Refusal("csv_row_mismatch", f"Line {line} cannot be read: {error}.") from error


def _told(row: dict[str, str], path: str, line: int, tree: Tree) -> Told:
    try:
        return rows.record_of(
            {name: value for name, value in row.items() if value}, path, f"line {line}", tree
        )
    except Refusal as refusal:
        name = next((row[key] for key in rows.NAMES if row.get(key)), "")
        return Problem(path, f"line {line}", name[:200], refusal)
