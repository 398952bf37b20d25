"""Parquet for data frames: typed columns, answers as JSON texts; needs pyarrow."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import islice
from typing import Any, BinaryIO

from annotations.exporters.base import Columns, Kind, Row, row_fitter, to_json

GROUP_ROWS = 5_000  # what memory holds, and what a reader can skip at once


class Parquet:
    """One row group per 5,000 rows, zstd; `text`, `int64`, `double`, `bool`, and JSON as text."""

    name = "parquet"
    media_type = "application/vnd.apache.parquet"
    suffix = ".parquet"
    package = "pyarrow"

    def write(self, rows: Iterable[Row], columns: Columns, file: BinaryIO) -> int:
        arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
        types: dict[Kind, Any] = {
            "text": arrow.string(),
            "whole": arrow.int64(),
            "number": arrow.float64(),
            "flag": arrow.bool_(),
            "json": arrow.string(),
        }
        schema = arrow.schema([arrow.field(name, types[kind]) for name, kind in columns.items()])
        waiting, count, fit = iter(rows), 0, row_fitter(columns)
        with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
            while group := [fit(row) for row in islice(waiting, GROUP_ROWS)]:
                arrays = [
                    arrow.array([_to_cell(row[name], kind) for row in group], types[kind])
                    for name, kind in columns.items()
                ]
                writer.write_table(arrow.table(arrays, schema=schema))
                count += len(group)
        return count

    def read(self, file: BinaryIO, columns: Columns) -> Iterator[dict[str, Any]]:
        source = import_module("pyarrow.parquet").ParquetFile(file)
        if source.schema_arrow.names != list(columns):
            raise ValueError(f"the columns are {source.schema_arrow.names}, not {list(columns)}")
        for batch in source.iter_batches(GROUP_ROWS):
            for row in batch.to_pylist():
                yield {name: _from_cell(row[name], kind) for name, kind in columns.items()}


def _to_cell(value: Any, kind: Kind) -> Any:
    return to_json(value) if kind == "json" and value is not None else value


def _from_cell(cell: Any, kind: Kind) -> Any:
    return json.loads(cell) if kind == "json" and cell is not None else cell
