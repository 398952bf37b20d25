"""Django's SQLite backend with one fair gate in front of all write transactions.

SQLite lets one writer in at a time and makes the others poll, so under load an unlucky writer
waits for seconds. Here each write transaction first takes a place in a queue: a ticket lock among
the threads of a process, then `flock` on a file beside the database among processes.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections import deque
from typing import Any

from django.db.backends.sqlite3 import base as sqlite

# The parts of the backend that start and end transactions have no public types.
_Backend: Any = sqlite.DatabaseWrapper


class WriteGate:
    """A first-come, first-served lock among threads, and a file lock among processes."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._queue: deque[threading.Event] = deque()
        self._mutex = threading.Lock()
        self._file: int | None = None

    def enter(self) -> None:
        turn = threading.Event()
        with self._mutex:
            self._queue.append(turn)
            if self._queue[0] is turn:
                turn.set()
        try:
            turn.wait()
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._give_up(turn)
            raise

    def _give_up(self, turn: threading.Event) -> None:
        # No file handle left, say: whoever waits behind must not wait for ever.
        with self._mutex:
            self._queue.remove(turn)
            if self._queue:
                self._queue[0].set()

    def leave(self) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        with self._mutex:
            self._queue.popleft()
            if self._queue:
                self._queue[0].set()


_gates: dict[str, WriteGate] = {}
_gates_mutex = threading.Lock()


def _forget_gates_after_fork() -> None:
    # A forked child shares the parent's open file, and so its flock: it must open its own.
    global _gates, _gates_mutex
    _gates, _gates_mutex = {}, threading.Lock()


os.register_at_fork(after_in_child=_forget_gates_after_fork)


def gate_for(path: str) -> WriteGate:
    """Return the process's gate for a database file."""
    with _gates_mutex:
        return _gates.setdefault(path, WriteGate(path + ".gate"))


class DatabaseWrapper(_Backend):  # type: ignore[misc]
    """SQLite connection whose transactions pass the gate; reads in autocommit do not."""

    _gate: WriteGate | None = None

    def _gate_of_database(self) -> WriteGate | None:
        name = str(self.settings_dict["NAME"])
        in_memory = name == ":memory:" or name.startswith("file:")
        return None if in_memory else gate_for(name)

    def _leave_gate(self) -> None:
        gate, self._gate = self._gate, None
        if gate is not None:
            gate.leave()

    def _start_transaction_under_autocommit(self) -> None:
        gate = self._gate_of_database()
        if gate is not None and self._gate is None:
            gate.enter()
            self._gate = gate
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._leave_gate()
            raise

    def _commit(self) -> Any:
        try:
            result = super()._commit()
        finally:
            # A failed commit is followed by a rollback, which finds the gate already left.
            self._leave_gate()
        return result

    def _rollback(self) -> Any:
        try:
            return super()._rollback()
        finally:
            self._leave_gate()

    def _close(self) -> Any:
        try:
            return super()._close()
        finally:
            self._leave_gate()
