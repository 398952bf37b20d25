"""Who a process is, exactly enough that another one can tell whether it still lives."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SEPARATOR = "|"


@dataclass(frozen=True)
class Identity:
    """A process: its machine, its process namespace, its id, and when it started.

    Two containers may share a host name but not a namespace, and a process id is used again
    after a restart; the start time tells the two apart.
    """

    host: str
    namespace: str
    pid: int
    started: str

    def __str__(self) -> str:
        return SEPARATOR.join([self.host, self.namespace, str(self.pid), self.started])


def me() -> Identity:
    """Return this process; asked anew because workers fork."""
    pid = os.getpid()
    return Identity(*_machine(), pid=pid, started=_started(pid))


def is_gone(claimant: str) -> bool:
    """Whether a process of this machine is known to be dead; False for any other machine."""
    parts = claimant.split(SEPARATOR)
    if len(parts) != 4 or tuple(parts[:2]) != _machine() or not parts[3]:
        return False
    return _started(int(parts[2])) != parts[3]


@lru_cache(maxsize=1)
def _machine() -> tuple[str, str]:
    try:
        namespace = os.readlink("/proc/self/ns/pid")
    except OSError:
        namespace = ""
    return socket.gethostname()[:100], namespace


def _started(pid: int) -> str:
    """Return the start time of a living process in clock ticks since boot, or an empty text."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The name in parentheses may hold spaces; state is the first field after it.
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]
