"""A few long-lived checking processes: many files a second, and no file can hurt the importer.

Plain drawings of a few kilobytes need no decoder, so they need no process either: sending one there
and its answer back costs several times what looking at it does.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, Generic, TypeVar, cast

from annotations.intake.frames import read_exactly, read_header, write_frame
from annotations.intake.limits import DEFAULT, Limits
from annotations.intake.picture import Page, Picture
from annotations.intake.plain_picture import plain_answer
from annotations.intake.refusals import CODES, Refusal

_T = TypeVar("_T")
ROOT = Path(__file__).resolve().parents[2]
_BATCH_FILES = 64
_BATCH_BYTES = 1_000_000
_AHEAD_BYTES = 32_000_000
_START_SECONDS = 30.0
_CUT_AT_ONCE = 100  # lines of a page: what a checking process can cut within its time
# The process counts its seconds in CPU time and ends itself; on a busy machine they last longer.
_PATIENCE = 6
_BROKEN_PAGES = 3  # of one document: then the rest of it is not tried
Points = list[list[float]]
# A checking process must not inherit keys, tokens or database addresses.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "VIRTUAL_ENV")
# Keep the compressor's 256 KB between pictures: giving it back each time costs as much as decoding.
_MALLOC = {"MALLOC_TRIM_THRESHOLD_": "33554432", "MALLOC_MMAP_THRESHOLD_": "4194304"}


class CheckerLost(Exception):
    """The checking process died or ran past its time; the batch is without an answer."""

    def __init__(self, late: bool) -> None:
        super().__init__("ran past its time" if late else "died")
        self.late = late


class DeadlineReader:
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
        self._reader: DeadlineReader | None = None

    def check(self, batch: list[bytes]) -> list[Picture | Refusal]:
        """Return one answer per file, in order.

        When a batch kills the process, its files are tried one by one, so that only the guilty one
        is refused.
        """
        try:
            return self._exchange(batch)
        except CheckerLost as lost:
            refusal = self.refusal_of(lost)
            if len(batch) > 1:
                return [self.check([data])[0] for data in batch]
            return [refusal]

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

    def cut(self, page: bytes, outlines: list[Points]) -> list[bytes] | Refusal:
        """Return what lies within each outline of a picture, as PNG."""
        return self._pieces({"cut": outlines}, page, len(outlines))

    def tiles(self, data: bytes, count: int) -> list[bytes] | Refusal:
        """Return the tiles of a picture, of which there must be `count`, as JPEG."""
        return self._pieces({"tiles": True}, data, count)

    def full(self, data: bytes) -> bytes | Refusal:
        """Return a picture with all its pixels: upright, sRGB, without metadata."""
        made = self._pieces({"full": True}, data, 1)
        return made if isinstance(made, Refusal) else made[0]

    def trace(self, mask: bytes) -> bytes | Refusal:
        """Return a mask's regions as JSON; see `annotations.intake.outlines`."""
        found = self._pieces({"trace": True}, mask, 1)
        return found if isinstance(found, Refusal) else found[0]

    def _pieces(self, asked: dict[str, Any], data: bytes, count: int) -> list[bytes] | Refusal:
        try:
            source, (entry,) = self._ask(asked | {"lengths": [len(data)]}, [data])
            if (refusal := refused(entry)) is not None:
                return refusal
            sizes = [int(size) for size in entry["bytes"]]
            if len(sizes) != count or max(sizes, default=0) > 4 * self.limits.max_bytes:
                raise CheckerLost(late=False)
            return [read_exactly(source, size) for size in sizes]
        except CheckerLost as lost:
            return self.refusal_of(lost)

    def open(self, document: bytes) -> int | Refusal:
        """Open a document and return how many pages it has, 0 where it is a single picture."""
        try:
            _, (entry,) = self._ask({"open": True, "lengths": [len(document)]}, [document])
            return refused(entry) or int(entry["pages"])
        except CheckerLost as lost:
            return self.refusal_of(lost)

    def page(self, number: int) -> Page | Refusal:
        """Return a page of the document that is open; raises CheckerLost where it broke that."""
        source, (entry,) = self._ask({"page": number, "lengths": []}, [])
        if (refusal := refused(entry)) is not None:
            return refusal
        (size,) = (int(size) for size in entry["bytes"])
        if size > 4 * self.limits.max_pixels:
            raise CheckerLost(late=False)
        return Page(number, str(entry["suffix"]), read_exactly(source, size))

    def _exchange(self, batch: list[bytes]) -> list[Picture | Refusal]:
        source, entries = self._ask({"lengths": [len(data) for data in batch]}, batch)
        return [_result(entry, source, self.limits) for entry in entries]

    def _ask(self, asked: dict[str, Any], batch: list[bytes]) -> tuple[BufferedReader, list[Any]]:
        """Send a frame and return where the answer is read from, with its entries."""
        process, reader = self._started()
        reader.deadline = time.monotonic() + _PATIENCE * self.limits.seconds_per_file
        try:
            write_frame(cast("Any", process.stdin), asked, batch)
        except BrokenPipeError:
            raise CheckerLost(late=False) from None
        source = cast("BufferedReader", reader)
        return source, read_header(source)

    def refusal_of(self, lost: CheckerLost) -> Refusal:
        """End what is left of the process; return why the file that it was lost with is refused."""
        late = lost.late or self._ran_out_of_time()
        self.close()
        if late:
            seconds = self.limits.seconds_per_file
            return Refusal("too_large", f"Decoding took longer than {seconds} seconds.")
        return Refusal("corrupt", "Decoding the picture needs too much memory, or crashes.")

    def _ran_out_of_time(self) -> bool:
        try:
            return self._process is not None and self._process.wait(1.0) == -signal.SIGXCPU
        except subprocess.TimeoutExpired:
            return False

    def _started(self) -> tuple[subprocess.Popen[bytes], DeadlineReader]:
        if self._process is None or self._reader is None or self._process.poll() is not None:
            self.close()
            self._process, self._reader = _start(self.limits)
        return self._process, self._reader


def environment() -> dict[str, str]:
    """Return what a process that decodes files gets to know of this one's environment."""
    return {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ} | _MALLOC


def _start(limits: Limits) -> tuple[subprocess.Popen[bytes], DeadlineReader]:
    process = subprocess.Popen(
        [sys.executable, "-m", "annotations.intake.checker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # libtiff and libjpeg chat there, and a full pipe would block
        cwd=ROOT,
        env=environment(),
    )
    assert process.stdin is not None and process.stdout is not None
    reader = DeadlineReader(process.stdout)
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


def refused(entry: dict[str, Any]) -> Refusal | None:
    """Return the refusal that an answer of a checking process holds, if it is one."""
    if (code := entry.get("code")) is None:
        return None
    return Refusal(code if code in CODES else "corrupt", str(entry.get("detail", "")))


def _result(entry: dict[str, Any], source: BufferedReader, limits: Limits) -> Picture | Refusal:
    if (refusal := refused(entry)) is not None:
        return refusal
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
        self._reader = Checker(limits)  # documents have a process of their own
        self._idle = deque(self._checkers)
        self._window = 8 * count
        self._lock = threading.Lock()

    def __enter__(self) -> CheckerPool:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        for checker in (*self._checkers, self._reader):
            checker.close()

    def check(
        self, files: Iterable[tuple[_T, bytes]]
    ) -> Iterator[tuple[_T, bytes, Picture | Refusal]]:
        """Yield (key, data, picture or refusal) for each (key, data), in order."""
        running: deque[_Begun[_T]] = deque()
        ahead = 0
        for batch in _batches(files):
            running.append(self._begin(batch))
            ahead += running[-1].size
            while running and (
                len(running) >= self._window or ahead > _AHEAD_BYTES or running[0].is_done()
            ):
                ahead -= running[0].size
                yield from running.popleft().answered()
        while running:
            yield from running.popleft().answered()

    def _begin(self, batch: list[tuple[_T, bytes]]) -> _Begun[_T]:
        """Look at the plain files of a batch here, and send the others to a process."""
        plain = [plain_answer(data, self.limits) for _, data in batch]
        others = [data for (_, data), known in zip(batch, plain, strict=True) if known is None]
        asked = self._threads.submit(self._run, others) if others else None
        return _Begun(batch, plain, asked, sum(len(data) for _, data in batch))

    def pages(self, document: bytes) -> Iterator[tuple[int, Page | Refusal]]:
        """Yield (number, page or refusal) for each page; nothing where it is a single picture.

        Memory holds the document and one page. Raises Refusal where it cannot be opened, and where
        page after page breaks the process that draws it.
        """
        count, broken = self._opened(document), 0
        for number in range(1, count + 1):
            try:
                page = self._reader.page(number)
            except CheckerLost as lost:
                page, broken = self._reader.refusal_of(lost), broken + 1
                if broken >= _BROKEN_PAGES:
                    detail = f"Pages up to {number:,} break what reads them; the rest is not tried."
                    raise Refusal("corrupt", detail) from lost
                self._opened(document)
            yield number, page

    def _opened(self, document: bytes) -> int:
        count = self._reader.open(document)
        if isinstance(count, Refusal):
            raise count
        return count

    def cut(self, page: bytes, outlines: list[Points]) -> list[bytes]:
        """Return what lies within each outline of a page, as PNG; raises Refusal."""
        pieces: list[bytes] = []
        for start in range(0, len(outlines), _CUT_AT_ONCE):
            part = outlines[start : start + _CUT_AT_ONCE]
            found = self._threads.submit(self._cut, page, part).result()
            if isinstance(found, Refusal):
                raise found
            pieces += found
        return pieces

    def trace(self, mask: bytes) -> bytes:
        """Return a mask's regions as JSON; raises Refusal."""
        found = self._threads.submit(self._trace, mask).result()
        if isinstance(found, Refusal):
            raise found
        return found

    def _cut(self, page: bytes, outlines: list[Points]) -> list[bytes] | Refusal:
        with self._a_checker() as checker:
            return checker.cut(page, outlines)

    def _trace(self, mask: bytes) -> bytes | Refusal:
        with self._a_checker() as checker:
            return checker.trace(mask)

    def _run(self, batch: list[bytes]) -> list[Picture | Refusal]:
        with self._a_checker() as checker:
            return checker.check(batch)

    @contextmanager
    def _a_checker(self) -> Iterator[Checker]:
        with self._lock:
            checker = self._idle.pop()
        try:
            yield checker
        finally:
            with self._lock:
                self._idle.append(checker)


@dataclass(frozen=True)
class _Begun(Generic[_T]):
    """A batch whose plain files are answered, and whose others (None) are with a process."""

    batch: list[tuple[_T, bytes]]
    plain: list[Picture | Refusal | None]
    asked: Future[list[Picture | Refusal]] | None
    size: int

    def is_done(self) -> bool:
        return self.asked is None or self.asked.done()

    def answered(self) -> Iterator[tuple[_T, bytes, Picture | Refusal]]:
        found: list[Picture | Refusal] = self.asked.result() if self.asked is not None else []
        others = iter(found)
        for (key, data), known in zip(self.batch, self.plain, strict=True):
            yield key, data, next(others) if known is None else known


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
