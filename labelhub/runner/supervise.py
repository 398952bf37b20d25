"""Keep the processes running together: start, show their words, restart, stop without a trace."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from labelhub.env import BASE_DIR
from labelhub.runner.guard import kill_group
from labelhub.runner.processes import die_with_parent

LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
GRACE_SECONDS = 5.0


@dataclass
class Child:
    """One process that should be running, and what is known of it."""

    name: str
    command: Sequence[str]
    once: bool = False
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    start_at: float | None = None
    rest: bytes = b""
    status: int | None = None
    then: Callable[[int], None] | None = field(default=None, repr=False)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs children in process groups of their own; a guard kills the groups if we are killed."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self.children: dict[str, Child] = {}
        self.stopping = False
        self._selector = selectors.DefaultSelector()
        self._guard = subprocess.Popen(
            [sys.executable, "-m", "labelhub.runner.guard"],
            cwd=BASE_DIR,
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def add(
        self,
        name: str,
        command: Sequence[str],
        *,
        once: bool = False,
        then: Callable[[int], None] | None = None,
    ) -> None:
        """Start a process; unless it shall run only `once`, restart it whenever it dies."""
        self.children[name] = Child(name, command, once=once, then=then)
        self._start(self.children[name])

    def watch(self, seconds: float) -> None:
        """Show what the children say, and bring back those that died, for so many seconds."""
        end = time.monotonic() + seconds
        while not self.stopping:
            left = end - time.monotonic()
            for key, _ in self._selector.select(max(0.0, min(left, 0.2))):
                self._read(key.data)
            for child in list(self.children.values()):
                self._look_after(child)
            if left <= 0:
                return

    def stop(self) -> None:
        """End all children: ask, wait a little, then kill whole groups."""
        self.stopping = True
        for child in self.children.values():
            if child.process is not None and child.alive:
                # One that runs once would only complain that the others are gone.
                child.process.send_signal(signal.SIGKILL if child.once else signal.SIGTERM)
        end = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < end and any(child.alive for child in self.children.values()):
            for key, _ in self._selector.select(0.05):
                self._read(key.data)
        for child in self.children.values():
            if child.process is not None:
                kill_group(child.process.pid)
                child.process.wait()
        self._dismiss_guard()

    def _dismiss_guard(self) -> None:
        if self._guard.stdin is not None:
            self._guard.stdin.close()
        self._guard.wait()

    def _start(self, child: Child) -> None:
        me = os.getpid()
        child.process = subprocess.Popen(
            child.command,
            cwd=BASE_DIR,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # The supervisor has one thread, so this is safe between fork and exec.
            preexec_fn=lambda: die_with_parent(me),
        )
        child.started_at, child.start_at = time.monotonic(), None
        self._tell_guard(f"+{child.process.pid}")
        stream = self._stream(child)
        os.set_blocking(stream.fileno(), False)
        self._selector.register(stream, selectors.EVENT_READ, child)

    def _tell_guard(self, line: str) -> None:
        if self._guard.stdin is not None:
            self._guard.stdin.write(f"{line}\n".encode())
            self._guard.stdin.flush()

    @staticmethod
    def _stream(child: Child) -> IO[bytes]:
        if child.process is None or child.process.stdout is None:
            raise RuntimeError(f"{child.name} was never started")
        return child.process.stdout

    def _read(self, child: Child) -> None:
        data = os.read(self._stream(child).fileno(), 65536)
        lines = (child.rest + data).split(b"\n")
        child.rest = lines.pop()
        if not data:
            self._selector.unregister(self._stream(child))
            lines, child.rest = [*lines, child.rest], b""
        for line in lines:
            if line.strip():
                print(f"{child.name:>10} | {line.decode(errors='replace').rstrip()}", flush=True)

    def _look_after(self, child: Child) -> None:
        if child.start_at is not None and time.monotonic() >= child.start_at:
            self._start(child)
        elif child.start_at is None and child.process is not None and not child.alive:
            self._bury(child, child.process)

    def _bury(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        if child.status is not None and child.once:
            return
        kill_group(process.pid)
        self._tell_guard(f"-{process.pid}")
        child.status = process.wait()
        if child.once:
            if child.then is not None:
                child.then(child.status)
            return
        lived = time.monotonic() - child.started_at
        child.deaths = 1 if lived > STEADY_SECONDS else child.deaths + 1
        pause = min(LONGEST_PAUSE, 0.5 * 2 ** (child.deaths - 1))
        child.start_at = time.monotonic() + pause
        print(
            f"{child.name:>10} | {_death(child.status)}; it starts again in {pause:g} s", flush=True
        )


def _death(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    return f"was killed by {signal.Signals(-status).name}"
