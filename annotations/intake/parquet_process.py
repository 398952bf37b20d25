"""Reads a Parquet file through a process of its own, as whatever decodes bytes from outside."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from typing import Any, BinaryIO, cast

from annotations.intake.archives import Member
from annotations.intake.checking import (
    ROOT,
    CheckerLost,
    DeadlineReader,
    environment,
    refused,
)
from annotations.intake.formats.base import stem_of
from annotations.intake.frames import read_exactly, read_header
from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.refusals import Refusal


def parquet_members(
    file: BinaryIO, name: str, limits: Limits = DEFAULT, most: int = 1_000_000
) -> Iterator[Member]:
    """Yield the pictures in a table's cells, then its other cells as JSON Lines; raises Refusal."""
    stem, lines, pictures = stem_of(name), [], 0
    for told, data in _told(file, stem, limits):
        if "facts" in told:
            lines.append(str(told["facts"]))
        if "path" in told:
            pictures += 1
            if pictures > most:
                raise Refusal("archive_too_many_entries")
            yield Member(str(told["path"]), data, refused(told), done=float(told["done"]))
    if lines:
        yield Member(f"{stem}/rows.jsonl", "\n".join(lines).encode(), done=1.0)


def parquet_rows(
    file: BinaryIO, limits: Limits = DEFAULT
) -> Iterator[tuple[dict[str, Any], float]]:
    """Yield the plain cells of each row, and how much of the table is read; raises Refusal."""
    for told, _ in _told(file, "table", limits):
        yield json.loads(told.get("facts", "{}")), float(told["done"])


def _told(file: BinaryIO, stem: str, limits: Limits) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield what the other process tells of each row, with its picture; raises Refusal."""
    with _on_disk(file) as real, _process(real, stem, limits) as process:
        assert process.stdout is not None
        reader = DeadlineReader(process.stdout)
        source = cast("BufferedReader", reader)
        while True:
            reader.deadline = time.monotonic() + 2 * limits.seconds_per_batch
            try:
                told = read_header(source)
                data = read_exactly(source, min(int(told.get("bytes", 0)), limits.max_bytes))
            except (CheckerLost, EOFError, ValueError) as error:
                detail = "Reading the Parquet file needs too much time or memory, or crashes."
                raise Refusal("corrupt", detail) from error
            if told.get("end"):
                break
            yield told, data
    if (refusal := refused(told)) is not None:
        raise refusal


@contextmanager
def _on_disk(file: BinaryIO) -> Iterator[BinaryIO]:
    """Give a file that another process can read: itself, or a copy where it lies in memory."""
    try:
        file.fileno()
    except (OSError, AttributeError):
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(file, copy)
            copy.seek(0)
            yield cast("BinaryIO", copy)
    else:
        file.seek(0)
        yield file


@contextmanager
def _process(file: BinaryIO, stem: str, limits: Limits) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "annotations.intake.parquet_reader",
            json.dumps(limits.as_dict()),
            stem,
        ],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=environment(),
    )
    try:
        yield process
    finally:
        process.kill()
        if process.stdout is not None:
            process.stdout.close()
        process.wait()
