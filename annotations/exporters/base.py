"""What an exporter is: rows in, one file out, and back again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO, Literal, Protocol

Row = Mapping[str, Any]
# The columns of a file in order, and what they hold: a `text`, a `whole` number, a `number`, a
# `flag` (true or false), or any `json`. Formats without types write all but texts as JSON.
Kind = Literal["text", "whole", "number", "flag", "json"]
Columns = Mapping[str, Kind]
_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "whole": (int,),
    "number": (int, float),
    "flag": (bool,),
}
_CALLED = {"text": "a text", "whole": "a whole number", "number": "a number", "flag": "a flag"}


class Exporter(Protocol):
    """A file format for rows of plain JSON values.

    Both directions stream: neither holds more than one row in memory. `read` gives back the rows
    that `write` was given; a value that a row lacks and an empty text both come back as None.
    """

    name: str
    media_type: str
    suffix: str

    def write(self, rows: Iterable[Row], columns: Columns, file: BinaryIO) -> int:
        """Write the rows and return how many.

        Raises ValueError when a row has a key that is not a column, or a value that is not plain
        JSON or not of its column's kind (NaN and infinity are not JSON).
        """
        ...

    def read(self, file: BinaryIO, columns: Columns) -> Iterator[dict[str, Any]]:
        """Yield the rows of a file that `write` made; raises ValueError for other columns."""
        ...


def in_columns(row: Row, columns: Columns) -> dict[str, Any]:
    """Return the row in the order of the columns, None for what is missing or an empty text."""
    unknown = row.keys() - columns.keys()
    if unknown:
        raise ValueError(f"a row has no column for: {', '.join(sorted(unknown))}")
    values = {name: row.get(name) for name in columns}
    for name, value in values.items():
        kind = columns[name]
        if value is not None and kind != "json" and not _is_a(value, kind):
            raise ValueError(f"{name} is a {kind} column, and {value!r} is not {_CALLED[kind]}")
    return {name: None if value == "" else value for name, value in values.items()}


def _is_a(value: Any, kind: Kind) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "flag" or not isinstance(value, bool))


def to_json(value: Any) -> str:
    """Return compact JSON; raises ValueError for what JSON cannot hold."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except TypeError as error:
        raise ValueError(str(error)) from error
