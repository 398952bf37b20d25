"""A few long-lived checking processes: many files a second, and no file can hurt the importer."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, TypeVar, cast

from annotations.intake.frames import read_exactly, read_header, write_frame
from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.picture import Picture
from annotations.intake.refusals import CODES, Refusal

_T = TypeVar("_T")
_ROOT = Path(__file__).resolve().parents[2]
_BATCH_FILES = 64
_BATCH_BYTES = 1_000_000
_AHEAD_BYTES = 32_000_000
_START_SECONDS = 30.0
# A checking process must not inherit keys, tokens or database addresses.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "VIRTUAL_ENV")
# Keep the compressor's 256 KB between pictures: giving it back each time costs as much as decoding.
_MALLOC = {"MALLOC_TRIM_THRESHOLD_": "33554432", "MALLOC_MMAP_THRESHOLD_": "4194304"}


class CheckerLost(Exception):
    """The checking process died or ran past its time; the batch is without an answer."""

    def __init__(self, late: bool) -> None:
        super().__init__("ran past its time" if late else "died")
        self.late = late


class _DeadlineReader:
    """A pipe's reading end that gives up at a deadline instead of waiting for ever."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._fd = pipe.fileno()
        self._poll = select.poll()
        self._poll.register(self._fd, select.POLLIN | select.POLLHUP)
        self.deadline = 0.0

    def read(self, size: int) -> bytes:
        parts: list[bytes] = []
        while size > 0:
            left = self.deadline - time.monotonic()
            if left <= 0 or not self._poll.poll(left * 1000):
                raise CheckerLost(late=True)
            part = os.read(self._fd, min(size, 1 << 20))
            if not part:
                raise CheckerLost(late=False)
            parts.append(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


class Checker:
    """One checking process, started on first use and again after each death."""

    def __init__(self, limits: Limits = DEFAULT) -> None:
        self.limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: _DeadlineReader | None = None

    def check(self, batch: list[bytes]) -> list[Picture | Refusal]:
        """Return one answer per file, in order.

        When a batch kills the process, its files are tried one by one, so that only the guilty one
        is refused.
        """
        try:
            return self._exchange(batch)
        except CheckerLost as lost:
            self.close()
            if len(batch) > 1:
                return [self.check([data])[0] for data in batch]
            return [_refusal_of_loss(lost, self.limits)]

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.wait()

    def _exchange(self, batch: list[bytes]) -> list[Picture | Refusal]:
        process, reader = self._started()
        reader.deadline = time.monotonic() + self.limits.seconds_per_file
        try:
            write_frame(cast("Any", process.stdin), [len(data) for data in batch], batch)
        except BrokenPipeError:
            raise CheckerLost(late=False) from None
        source = cast("BufferedReader", reader)
        entries = read_header(source)
        return [_result(entry, source, self.limits) for entry in entries]

    def _started(self) -> tuple[subprocess.Popen[bytes], _DeadlineReader]:
        if self._process is None or self._reader is None or self._process.poll() is not None:
            self.close()
            self._process, self._reader = _start(self.limits)
        return self._process, self._reader


def _start(limits: Limits) -> tuple[subprocess.Popen[bytes], _DeadlineReader]:
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    environment |= _MALLOC
    process = subprocess.Popen(
        [sys.executable, "-m", "annotations.intake.checker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # libtiff and libjpeg chat there, and a full pipe would block
        cwd=_ROOT,
        env=environment,
    )
    assert process.stdin is not None and process.stdout is not None
    reader = _DeadlineReader(process.stdout)
    reader.deadline = time.monotonic() + _START_SECONDS
    try:
        write_frame(cast("Any", process.stdin), limits.as_dict(), [])
        read_header(cast("BufferedReader", reader))
    except (CheckerLost, BrokenPipeError) as error:
        process.kill()
        process.wait()
        raise RuntimeError(
            "The picture checker does not start; "
            "run `python -m annotations.intake.checker` to see why."
        ) from error
    return process, reader


def _refusal_of_loss(lost: CheckerLost, limits: Limits) -> Refusal:
    if lost.late:
        return Refusal("too_large", f"Decoding took longer than {limits.seconds_per_file} seconds.")
    return Refusal("corrupt", "Decoding the picture needs too much time or memory, or crashes.")


def _result(entry: dict[str, Any], source: BufferedReader, limits: Limits) -> Picture | Refusal:
    if (code := entry.get("code")) is not None:
        return Refusal(code if code in CODES else "corrupt", str(entry.get("detail", "")))
    thumb, screen = (int(size) for size in entry["bytes"])
    if max(thumb, screen) > 4 * limits.max_bytes:
        raise CheckerLost(late=False)
    width, height = (int(side) for side in entry["size"])
    return Picture(
        media_type=str(entry["media_type"]),
        width=width,
        height=height,
        warnings=tuple(str(warning) for warning in entry["warnings"]),
        thumb=read_exactly(source, thumb),
        screen=read_exactly(source, screen) or None,
    )


class CheckerPool:
    """Checks a stream of files in several processes; results come in the order of the files.

    Use as a context manager. Reading ahead is bounded, so memory does not grow with the upload.
    """

    def __init__(self, limits: Limits = DEFAULT, *, processes: int | None = None) -> None:
        count = processes or min(4, os.cpu_count() or 1)
        self.limits = limits
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="intake")
        self._checkers = [Checker(limits) for _ in range(count)]
        self._idle = deque(self._checkers)
        self._window = 8 * count
        self._lock = threading.Lock()

    def __enter__(self) -> CheckerPool:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        for checker in self._checkers:
            checker.close()

    def check(
        self, files: Iterable[tuple[_T, bytes]]
    ) -> Iterator[tuple[_T, bytes, Picture | Refusal]]:
        """Yield (key, data, picture or refusal) for each (key, data), in order."""
        running: deque[tuple[list[tuple[_T, bytes]], Future[list[Picture | Refusal]]]] = deque()
        ahead = 0
        for batch in _batches(files):
            running.append((batch, self._threads.submit(self._run, [data for _, data in batch])))
            ahead += _size(batch)
            while len(running) >= self._window or ahead > _AHEAD_BYTES:
                ahead -= _size(running[0][0])
                yield from _answered(*running.popleft())
        while running:
            yield from _answered(*running.popleft())

    def _run(self, batch: list[bytes]) -> list[Picture | Refusal]:
        with self._lock:
            checker = self._idle.pop()
        try:
            return checker.check(batch)
        finally:
            with self._lock:
                self._idle.append(checker)


def _answered(
    batch: list[tuple[_T, bytes]], future: Future[list[Picture | Refusal]]
) -> Iterator[tuple[_T, bytes, Picture | Refusal]]:
    for (key, data), result in zip(batch, future.result(), strict=True):
        yield key, data, result


def _size(batch: list[tuple[_T, bytes]]) -> int:
    return sum(len(data) for _, data in batch)


def _batches(files: Iterable[tuple[_T, bytes]]) -> Iterator[list[tuple[_T, bytes]]]:
    batch: list[tuple[_T, bytes]] = []
    size = 0
    for key, data in files:
        batch.append((key, data))
        size += len(data)
        if len(batch) >= _BATCH_FILES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
