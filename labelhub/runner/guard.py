"""Watches over the supervisor: when it is gone, even by kill -9, so is everything it started.

The supervisor writes `+GROUP` for each process group that it starts, and `-GROUP` once that is
gone, to the guard's standard input. The end of that stream means the supervisor is gone, and
then no group may be left.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line.startswith("+") else groups.discard)(int(line[1:]))
    for _ in range(5):
        for group in groups:
            kill_group(group)
        time.sleep(0.05)


def kill_group(group: int) -> None:
    """Kill a process group with -9, if there is one."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
