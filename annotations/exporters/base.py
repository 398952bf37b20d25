"""What an exporter is: rows in, one file out, and back again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
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
_NONE = type(None)
_KNOWN = 1_024  # combinations of types that are remembered; rows beyond them are looked at each
_EXACT: dict[str, set[type]] = {
    "text": {str, _NONE},
    "whole": {int, _NONE},
    "number": {int, float, _NONE},
    "flag": {bool, _NONE},
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
    return row_fitter(columns)(row)


def row_fitter(columns: Columns) -> Callable[[Row], dict[str, Any]]:
    """Return `in_columns` for many rows of the same columns."""
    expected = [(name, kind, _EXACT.get(kind)) for name, kind in columns.items()]
    names = columns.keys()
    good: set[tuple[Any, ...]] = set()  # keys with the types of their values that were looked at

    def check(row: Row) -> bool:
        """Raise ValueError for a row that does not fit; whether every type is just as wanted."""
        if not row.keys() <= names:
            unknown = ", ".join(sorted(row.keys() - names))
            raise ValueError(f"a row has no column for: {unknown}")
        exactly = True
        for name, kind, exact in expected:
            value = row.get(name)
            if exact is not None and type(value) not in exact:
                exactly = False
                if not _is_a(value, kind):
                    raise ValueError(
                        f"{name} is a {kind} column, and {value!r} is not {_CALLED[kind]}"
                    )
        return exactly

    def fit(row: Row) -> dict[str, Any]:
        # Rows of one export are all alike, so most are known to fit by their types.
        seen = (*row, *map(type, row.values()))
        if seen not in good and check(row) and len(good) < _KNOWN:
            good.add(seen)
        get = row.get
        return {name: None if (value := get(name)) == "" else value for name in names}

    return fit


def _is_a(value: Any, kind: Kind) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "flag" or not isinstance(value, bool))


# json.dumps would make an encoder for each value.
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def to_json(value: Any) -> str:
    """Return compact JSON; raises ValueError for what JSON cannot hold."""
    try:
        return _ENCODER.encode(value)
    except TypeError as error:
        raise ValueError(str(error)) from error
