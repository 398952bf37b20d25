"""JSON Lines: one UTF-8 JSON object per row and line (https://jsonlines.org)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from annotations.exporters.base import Columns, Row, in_columns, row_fitter, to_json


class JsonLines:
    """Every column in every row, nulls too, so that readers can rely on the keys."""

    name = "jsonl"
    media_type = "application/x-ndjson"
    suffix = ".jsonl"

    def write(self, rows: Iterable[Row], columns: Columns, file: BinaryIO) -> int:
        count, fit = 0, row_fitter(columns)
        for row in rows:
            file.write(to_json(fit(row)).encode() + b"\n")
            count += 1
        return count

    def read(self, file: BinaryIO, columns: Columns) -> Iterator[dict[str, Any]]:
        for line in file:
            yield in_columns(json.loads(line), columns)
