"""Decoding a large picture for people who look closer: in a process with limits, one at a time.

The web process decodes nothing. Each such process may take `Limits.checker_bytes` of memory, so
there is one on a machine however many people zoom in at once.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from annotations.intake.checking import Checker
from annotations.intake.limits import DEFAULT
from labelhub.errors import Unavailable

# An import holds each file to 10 seconds; here somebody waits for one picture on a busy machine.
LIMITS = replace(DEFAULT, seconds_per_file=60)
_PAUSE = 0.05


@contextmanager
def decoder(*, wait: float) -> Iterator[Checker]:
    """Give a checking process of one's own; Unavailable if others decode for `wait` seconds."""
    lock = os.open(Path(settings.TILES_DIR) / "decoding", os.O_RDWR | os.O_CREAT, 0o600)
    checker = Checker(LIMITS)
    try:
        _take(lock, time.monotonic() + wait)
        yield checker
    finally:
        checker.close()
        os.close(lock)


def _take(lock: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise Unavailable("Another large picture is being prepared.") from None
            time.sleep(_PAUSE)
