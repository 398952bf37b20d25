"""Uploads in batches, each sent again until it is taken: what arrived before is not sent anew."""

from __future__ import annotations

import json
import mimetypes
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labelhub.client.transport import Transport

BATCH_BYTES = 32_000_000
BATCH_FILES = 500
Progress = Callable[[int, int], None]  # bytes sent, bytes in all


def silent(done: int, total: int) -> None:
    """Show no progress."""


@dataclass
class UploadReport:
    """What became of the files: how many by outcome, and each refusal with its reason."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[dict[str, Any]] = field(default_factory=list)

    def add(self, result: dict[str, Any]) -> None:
        for name in ("taken", "duplicate", "refused", "ignored", "labels", "rows_refused"):
            self.counts[name] += int(result.get(name, 0))
        self.refused += [row for row in result.get("files", []) if row["status"] == "refused"]


def upload(
    transport: Transport,
    dataset: int,
    path: Path,
    *,
    wait: Callable[[dict[str, Any]], dict[str, Any]],
    progress: Progress = silent,
) -> UploadReport:
    """Send a file or a folder in batches; raises FileNotFoundError where there is nothing."""
    files = _files(path)
    report, total, done = UploadReport(), sum(size for *_, size in files), 0
    progress(0, total)
    for batch in _batches(files):
        job = _send(transport, dataset, [(name, file) for name, file, _ in batch])
        report.add(wait(job)["result"] or {})
        done += sum(size for *_, size in batch)
        progress(done, total)
    return report


def _files(path: Path) -> list[tuple[str, Path, int]]:
    """Return (name on the server, file, bytes), tables of labels last: they name pictures."""
    if path.is_file():
        return [(path.name, path, path.stat().st_size)]
    found = [
        (file.relative_to(path).as_posix(), file, file.stat().st_size)
        for file in sorted(path.rglob("*"))
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
    ]
    if not found:
        raise FileNotFoundError(f"there is no file in {path}")
    return sorted(found, key=lambda entry: entry[0].lower().endswith(".csv"))


def _batches(files: list[tuple[str, Path, int]]) -> Iterator[list[tuple[str, Path, int]]]:
    batch: list[tuple[str, Path, int]] = []
    size = 0
    for entry in files:
        if batch and (size + entry[2] > BATCH_BYTES or len(batch) >= BATCH_FILES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += entry[2]
    if batch:
        yield batch


def _send(transport: Transport, dataset: int, batch: list[tuple[str, Path]]) -> dict[str, Any]:
    with ExitStack() as stack:
        parts = [
            ("files", (Path(name).name, stack.enter_context(file.open("rb")), _type(name)))
            for name, file in batch
        ]
        form = {"paths": json.dumps([name for name, _ in batch])}
        answer = transport.ask("POST", f"datasets/{dataset}/items/", data=form, files=parts)
    return dict(answer["job"])


def _type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
