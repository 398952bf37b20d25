"""Labeled Faces in the Wild's pairs.txt (http://vis-www.cs.umass.edu/lfw/), with names to match."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import BinaryIO

from annotations.exporters.csv_rows import to_cell
from annotations.exporters.items import Aside, Folder, ItemExporter, LabeledItem, Question

_NUMBERED = re.compile(r"(.+)_(\d{1,4})")
_UNFIT = re.compile(r"[\s\x00-\x1f/\\:*?\"<>|]+")
_SAME, _DIFFERENT = "same", "different"


class LfwPairs(ItemExporter):
    """pairs.txt, names.csv, and lfw/NAME/NAME_0001.jpg on request."""

    name = "lfw_pairs"
    task_types = ("pair",)
    note = """
LFW pairs. pairs.txt begins with the number of pairs of one person; their lines are NAME N1 N2, and
those of two people, which follow, NAME1 N1 NAME2 N2, with tabs between. A picture called
NAME_NUMBER keeps both; others are named by their group, or else after the file, and numbered.
names.csv says which file each one is. Pictures lie where such lists expect them, in
lfw/NAME/NAME_0001.jpg. Pairs that are said to be the same under two names cannot be written so:
they are in left_out.csv, as are those of which nobody can tell.
"""

    def write(self, items: Iterable[LabeledItem], question: Question, file: BinaryIO) -> int:
        names = _Names()
        with (
            Folder(file, self.note) as folder,
            Aside() as same,
            Aside() as different,
            Aside() as table,
            Aside() as left_out,
        ):
            table.add("lfw,filename,item\r\n")
            left_out.add("first,second,label\r\n")
            for item in items:
                if item.answer is None or item.other is None:
                    continue
                ends = [self._place(end, names, folder, table) for end in (item, item.other)]
                line = _line(item.answer["choice"], *ends)
                if line is None:
                    left_out.add(_row([item.path, item.other.path, item.answer["choice"]]))
                else:
                    (same if len(line) == 3 else different).add("\t".join(line) + "\n")
            with folder.open("pairs.txt") as target:
                target.write(f"{same.count}\n".encode())
                same.copy_to(target)
                different.copy_to(target)
            for path, part in (("names.csv", table), ("left_out.csv", left_out)):
                with folder.open(path) as target:
                    part.copy_to(target)
            return same.count + different.count

    @staticmethod
    def _place(item: LabeledItem, names: _Names, folder: Folder, table: Aside) -> tuple[str, int]:
        known = names.of.get(item.id)
        if known is not None:
            return known
        name, number = names.give(item)
        path = f"{name}/{name}_{number:04d}{PurePosixPath(item.path).suffix}"
        folder.picture(f"lfw/{path}", item)
        table.add(_row([path, item.path, str(item.id)]))
        return name, number


def _line(label: str, first: tuple[str, int], second: tuple[str, int]) -> list[str] | None:
    (one, n1), (two, n2) = first, second
    if label == _SAME and one == two:
        return [one, str(n1), str(n2)]
    if label == _DIFFERENT:
        return [one, str(n1), two, str(n2)]
    return None


class _Names:
    """Gives every picture the name and number that it keeps throughout."""

    def __init__(self) -> None:
        self.of: dict[int, tuple[str, int]] = {}
        self._taken: set[tuple[str, int]] = set()
        self._last: dict[str, int] = {}

    def give(self, item: LabeledItem) -> tuple[str, int]:
        stem = PurePosixPath(item.path).stem
        numbered = _NUMBERED.fullmatch(stem)
        name = _UNFIT.sub("_", numbered[1] if numbered else item.group or stem).strip("._") or "_"
        given = (name, int(numbered[2])) if numbered else (name, 0)
        if not given[1] or given in self._taken:
            given = (name, self._next(name))
        self._taken.add(given)
        self.of[item.id] = given
        return given

    def _next(self, name: str) -> int:
        number = self._last.get(name, 0) + 1
        while (name, number) in self._taken:
            number += 1
        self._last[name] = number
        return number


def _row(values: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([to_cell(value, "text") for value in values])
    return out.getvalue()
