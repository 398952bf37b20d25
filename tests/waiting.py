"""Waiting for what comes about by itself: as long as a slow machine needs, and no longer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

# Seconds after which something is taken never to come. A test that passes does not wait for
# them, so they are meant for a machine that does ten other things besides.
PATIENCE = 900.0
# The same in milliseconds, for what a page shows when a worker has come to it.
BY_A_WORKER = 1000 * PATIENCE


def until(look: Callable[[], Found | None], what: str, *, seconds: float = PATIENCE) -> Found:
    """Look again and again until there is something, which is anything true, and return it.

    Raises AssertionError with `what` when nothing has come after so many seconds.
    """
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.2)
    return found
