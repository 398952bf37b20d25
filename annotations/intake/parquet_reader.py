"""The process that reads one Parquet file, on stdin, and writes what it holds as frames.

As the checking processes: limits of memory and CPU time, no file to write, no secrets. Started by
`parquet_process`; the first argument are the limits as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, BinaryIO

from annotations.intake.frames import write_frame
from annotations.intake.limits import Limits
from annotations.intake.process_limits import allow_cpu_seconds, limit_this_process
from annotations.intake.refusals import Refusal

_ROWS = 200  # rows in memory at once
Frame = tuple[dict[str, Any], list[bytes]]


def frames(file: BinaryIO, stem: str, limits: Limits, tick: Callable[[], None]) -> Iterator[Frame]:
    """Yield a frame for each row: its picture, if a cell holds one, and its other cells as JSON.

    `tick` is called before each batch of rows. Raises Refusal where the file cannot be read.
    """
    table, errors = _opened(file)
    names = _class_names(table)
    number, total = 0, max(1, table.metadata.num_rows)
    tick()
    try:
        for batch in table.iter_batches(_ROWS):
            for row in batch.to_pylist():
                number += 1
                facts, picture = _split(row, names)
                yield _frame(stem, number, facts, picture, limits, number / total)
            tick()
    except errors as error:
        raise Refusal("corrupt", f"The Parquet file cannot be read: {error}.") from error


def _frame(
    stem: str,
    number: int,
    facts: dict[str, Any],
    picture: bytes | None,
    limits: Limits,
    done: float,
) -> Frame:
    told: dict[str, Any] = {"done": done}
    if picture is not None:
        path = f"{stem}/{number - 1:06}"
        facts = {"file": path} | {name: value for name, value in facts.items() if name != "file"}
        told |= {"path": path, "bytes": len(picture)}
        if len(picture) > limits.max_bytes:
            picture, told = b"", told | {"bytes": 0, "code": "too_large"}
    if facts:
        told["facts"] = json.dumps(facts, ensure_ascii=False, default=str)
    return told, [picture or b""]


def _opened(file: BinaryIO) -> tuple[Any, tuple[type[Exception], ...]]:
    try:
        arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        raise Refusal(
            "unsupported_type", "Parquet needs the package pyarrow, which this server lacks."
        ) from None
    errors = (arrow.ArrowException, OSError, ValueError)
    try:
        return parquet.ParquetFile(file), errors
    except errors as error:
        raise Refusal("corrupt", f"The Parquet file cannot be read: {error}.") from error


def _class_names(table: Any) -> dict[str, list[str]]:
    """Return the names of classes that are numbers in the table, as Hugging Face writes them."""
    try:
        about = json.loads((table.schema_arrow.metadata or {}).get(b"huggingface", b"{}"))
        features = about["info"]["features"]
        return {
            column: list(feature["names"])
            for column, feature in features.items()
            if isinstance(feature, dict) and isinstance(feature.get("names"), list)
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def _split(
    row: Mapping[str, Any], names: Mapping[str, list[str]]
) -> tuple[dict[str, Any], bytes | None]:
    """Return a row's plain cells, and its picture where a cell holds one."""
    facts: dict[str, Any] = {}
    picture: bytes | None = None
    for column, value in row.items():
        inner = value.get("bytes") if isinstance(value, dict) else value
        if isinstance(inner, bytes):
            picture = inner if picture is None else picture
        elif value is not None:
            known = names.get(column, [])
            named = isinstance(value, int) and 0 <= value < len(known)
            facts[column] = known[value] if named else value
    return facts, picture


def main() -> None:
    limits = Limits(**json.loads(sys.argv[1]))
    out = sys.stdout.buffer
    limit_this_process(limits, limits.parquet_reader_bytes)

    def tick() -> None:
        allow_cpu_seconds(limits.seconds_per_batch)

    tick()
    try:
        told = frames(sys.stdin.buffer, sys.argv[2], limits, tick)
        for header, blobs in told:
            write_frame(out, header, blobs)
        write_frame(out, {"end": True}, [])
    except Refusal as refusal:
        write_frame(out, {"end": True, "code": refusal.code, "detail": refusal.detail}, [])
    except MemoryError:
        write_frame(out, {"end": True, "code": "too_large", "detail": ""}, [])


if __name__ == "__main__":
    main()
