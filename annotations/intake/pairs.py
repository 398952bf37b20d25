"""Lists of pairs: a table first,second[,label], or Labeled Faces in the Wild's pairs.txt.

A bad row is refused by its line and costs only itself; a list that cannot be read as a whole is
refused as a whole. LFW's lines are told apart by their columns: `name n1 n2` are two pictures of
one person, `name1 n1 name2 n2` are of two. Its first line is the number of folds and of pairs, or
the number of pairs alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from annotations.intake.labels_csv import decoded, records
from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.names import archive_path
from annotations.intake.refusals import Refusal

_SAME, _DIFFERENT = "same", "different"
_LFW_HEAD = re.compile(r"\s*\d{1,9}(\s+\d{1,9})?\s*")
_NUMBER = re.compile(r"\d{1,4}")
_FIRST, _SECOND = ("first", "a", "left"), ("second", "b", "right")
_LABEL = "label"
_MAX_LABEL = 200


@dataclass(frozen=True)
class PairRow:
    """Two pictures by name or path, what they are said to be, if anything, and the list's line.

    A number is an item's id. In LFW's lists a name has no suffix: `bare` says so.
    """

    line: int
    first: str | int
    second: str | int
    label: str = ""
    bare: bool = False


@dataclass
class PairList:
    """The rows that can be used, and the lines that cannot and why."""

    rows: list[PairRow] = field(default_factory=list)
    refused: dict[int, Refusal] = field(default_factory=dict)


def read_pairs(data: bytes, limits: Limits = DEFAULT) -> PairList:
    """Read a list of pairs in either form; lines count from 1.

    Raises Refusal for the list as a whole: empty_file, too_large, csv_bad_encoding, csv_nul,
    csv_empty, csv_missing_column, csv_field_too_long.
    """
    text = decoded(data, limits)
    lines = _lfw_rows(text) if _is_lfw(text) else _table_rows(text, limits)
    found = PairList()
    for line, row in lines:
        if isinstance(row, Refusal):
            found.refused[line] = row
        else:
            found.rows.append(row)
    if not found.rows and not found.refused:
        raise Refusal("csv_empty", "The list has no pairs.")
    return found


def is_pair_list(head: bytes) -> bool:
    """Tell by its first lines whether a file is a list of pairs as LFW's are."""
    first, _, rest = head.decode("utf-8", "replace").partition("\n")
    cells = rest.split("\n", 1)[0].strip().split("\t")
    return _LFW_HEAD.fullmatch(first.rstrip("\r")) is not None and len(cells) in (3, 4)


def _is_lfw(text: str) -> bool:
    return _LFW_HEAD.fullmatch(text.split("\n", 1)[0].rstrip("\r")) is not None


# --------------------------------------------------------------------------------- pairs.txt

_Rows = Iterator[tuple[int, PairRow | Refusal]]


def _lfw_rows(text: str) -> _Rows:
    for line, content in enumerate(text.splitlines(), start=1):
        if line > 1 and content.strip():
            try:
                yield line, _lfw_row(line, content)
            except Refusal as refusal:
                yield line, refusal


def _lfw_row(line: int, content: str) -> PairRow:
    # Names hold spaces nowhere but in copies that were saved without tabs.
    cells = content.strip().split("\t") if "\t" in content else content.split()
    numbers = cells[1:] if len(cells) == 3 else cells[1::2]
    if len(cells) not in (3, 4) or not all(_NUMBER.fullmatch(number) for number in numbers):
        raise Refusal(
            "csv_row_mismatch",
            "A line is NAME N1 N2 for two pictures of one person, or NAME1 N1 NAME2 N2.",
        )
    if len(cells) == 3:
        return PairRow(
            line, _lfw_path(cells[0], cells[1]), _lfw_path(cells[0], cells[2]), _SAME, bare=True
        )
    return PairRow(
        line, _lfw_path(cells[0], cells[1]), _lfw_path(cells[2], cells[3]), _DIFFERENT, bare=True
    )


def _lfw_path(name: str, number: str) -> str:
    return archive_path(f"{name}/{name}_{int(number):04d}")


# ------------------------------------------------------------------------------------- table


def _table_rows(text: str, limits: Limits) -> _Rows:
    lines = records(text, limits)
    _, header = next(lines, (1, []))
    names = [name.strip().lower() for name in header]
    first, second = _column(names, _FIRST), _column(names, _SECOND)
    label = names.index(_LABEL) if _LABEL in names else None
    for line, cells in lines:
        try:
            if len(cells) != len(names):
                raise Refusal(
                    "csv_row_mismatch",
                    f"The row has {len(cells)} cells; the header has {len(names)}.",
                )
            said = cells[label].strip() if label is not None else ""
            yield line, checked_row(line, cells[first], cells[second], said, limits)
        except Refusal as refusal:
            yield line, refusal


def checked_row(
    line: int, first: str | int, second: str | int, label: str, limits: Limits = DEFAULT
) -> PairRow:
    """Return a row of two names or ids; raises Refusal for a name that nothing can have."""
    if len(label) > _MAX_LABEL:
        raise Refusal("csv_field_too_long", "The label is too long.")
    one, other = (
        end if isinstance(end, int) else archive_path(end, limits) for end in (first, second)
    )
    return PairRow(line, one, other, label)


def _column(names: list[str], accepted: tuple[str, ...]) -> int:
    for name in accepted:
        if name in names:
            return names.index(name)
    listed = ", ".join(name[:40] for name in names)
    raise Refusal(
        "csv_missing_column", f"The list lacks the column {accepted[0]}; it has: {listed}."
    )
