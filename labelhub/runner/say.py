"""What the supervisor tells a person: one line per step, one sentence per trouble."""

from __future__ import annotations

import sys


class Trouble(Exception):
    """Something a person must mend; the message is one sentence that says what and how."""


def say(text: str = "") -> None:
    print(text, flush=True)


def step(text: str) -> None:
    """Say what takes a while."""
    print(f"· {text}", flush=True)


def fail(trouble: Trouble) -> None:
    print(f"labelhub: {trouble}", file=sys.stderr, flush=True)
