"""Learning in a child process: started niced, listened to, stopped, and never left behind.

The worker keeps the child's stdin open and writes nothing to it: when the worker dies, however
it dies, the pipe ends, and with it the child.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings

from active_learning.actions.picture_channel import PictureChannel
from active_learning.learning.errors import PicturesUnreachable
from labelhub.errors import DomainError, Unavailable

NICENESS = 10
RSS_UNIT = 1 if sys.platform == "darwin" else 1024
TICK_SECONDS = 0.5
STOP_SECONDS = 15.0
KEPT_STDERR = 4_000
LONGEST_LINE = 1_000_000
# One thread each: on shared cores more threads make the same fit slower, and its bytes uncertain.
LIBRARIES = ("OMP", "OPENBLAS", "MKL", "NUMEXPR")
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in LIBRARIES}
# What the child may know of our environment: no database, no keys.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "LEARNING_DEVICE")

Event = dict[str, Any]


class LearningFailed(DomainError):
    """The recipe refused, crashed or used up its time; the same run would end the same way."""

    code, status = "learning_failed", 422


class LearningInterrupted(Unavailable):
    """The child was killed from outside; the same call goes on from its last checkpoint."""

    code = "learning_interrupted"


@dataclass(frozen=True)
class Ended:
    """How a child ended."""

    status: int
    cpu_seconds: float
    stderr: str
    error: Event | None
    peak_bytes: int = 0

    def raise_for_status(self) -> None:
        """Raise what a person should read, unless all went well."""
        if self.status == 0:
            return
        if self.status == -signal.SIGXCPU:
            raise LearningFailed("The run used up its CPU seconds.", code="cpu_limit")
        if self.status < 0:
            raise LearningInterrupted(f"The training process was ended by signal {-self.status}.")
        error = self.error or {}
        if error.get("code") == PicturesUnreachable.code:
            raise LearningInterrupted(f"Pictures could not be fetched: {error.get('reason')}")
        reason = error.get("reason") or self.stderr.strip()[-500:] or f"Status {self.status}."
        raise LearningFailed(str(reason), code=str(error.get("code") or LearningFailed.code))


class Child:
    """One `python -m module arguments`, as a context: leaving it ends the child."""

    def __init__(self, module: str, arguments: Sequence[str]) -> None:
        self._command = [sys.executable, "-m", module, *arguments]
        self._error: Event | None = None
        self._rest = b""

    def __enter__(self) -> Child:
        self._stderr: IO[bytes] = tempfile.TemporaryFile()
        self._pictures = PictureChannel.open()
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            cwd=settings.DATA_DIR,
            env=_environment() | (self._pictures.environment if self._pictures else {}),
            pass_fds=[self._pictures.descriptor] if self._pictures else [],
            # A Ctrl-C meant for the worker must not tear its children down before it decides so.
            start_new_session=True,
        )
        if self._pictures is not None:
            self._pictures.serve()
        _be_nice(self._process.pid)
        return self

    def __exit__(self, *failure: object) -> None:
        if self._process.returncode is None:
            self.stop(patience=0.0 if failure[0] else STOP_SECONDS)
        for stream in (self._process.stdin, self._process.stdout, self._stderr):
            if stream is not None:
                stream.close()
        if self._pictures is not None:
            self._pictures.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    def events(self) -> Iterator[list[Event]]:
        """Yield what the child reports, in batches; at least every half second, maybe empty."""
        stdout = self._process.stdout
        assert stdout is not None
        os.set_blocking(stdout.fileno(), False)
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            flushed = time.monotonic()
            batch: list[Event] = []
            while True:
                if selector.select(TICK_SECONDS):
                    data = os.read(stdout.fileno(), 1 << 16)
                    if not data:
                        break
                    batch += self._parse(data)
                if time.monotonic() - flushed >= TICK_SECONDS:
                    yield batch
                    batch, flushed = [], time.monotonic()
            yield batch

    def _parse(self, data: bytes) -> list[Event]:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            raise LearningFailed("The training process printed a line without end.")
        events = [event for line in lines if (event := _event(line)) is not None]
        for event in events:
            if event["event"] == "error":
                self._error = event
        return events

    def stop(self, *, patience: float = STOP_SECONDS) -> None:
        """Ask the child to end, and end it when it does not within `patience` seconds."""
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self._reap(os.WNOHANG):
                return
            time.sleep(0.02)
        self._signal(signal.SIGKILL)
        self._reap(0)

    def wait(self) -> Ended:
        """Wait for the child's end and tell how it went."""
        self._reap(0)
        self._stderr.seek(0)
        stderr = self._stderr.read().decode(errors="replace")[-KEPT_STDERR:]
        return Ended(
            self._process.returncode, self._cpu_seconds, stderr, self._error, self._peak_bytes
        )

    _cpu_seconds = 0.0
    _peak_bytes = 0

    def _reap(self, options: int) -> bool:
        if self._process.returncode is not None:
            return True
        pid, status, usage = os.wait4(self._process.pid, options)
        if pid == 0:
            return False
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self._cpu_seconds = usage.ru_utime + usage.ru_stime
        self._peak_bytes = usage.ru_maxrss * RSS_UNIT
        return True

    def _signal(self, number: int) -> None:
        if self._process.returncode is None:
            os.kill(self._process.pid, number)


def _event(line: bytes) -> Event | None:
    try:
        event = json.loads(line)
    except ValueError:
        # A library printed something; it is no event of ours.
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    python = {"PYTHONPATH": str(settings.BASE_DIR), "PYTHONHASHSEED": "0"}
    return kept | ONE_THREAD | python


def _be_nice(pid: int) -> None:
    # It may have ended already, and we may be as nice as we are allowed to be.
    with suppress(ProcessLookupError, PermissionError):
        os.setpriority(os.PRIO_PROCESS, pid, NICENESS)
