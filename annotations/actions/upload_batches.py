"""Upload: what a file is by its name and first bytes, and how many files go on together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from annotations.intake.archives import Member
from annotations.intake.formats import is_other
from annotations.intake.names import is_labels_table
from annotations.intake.sniff import SNIFF_BYTES, USUAL_PICTURES, looks_like_picture

BATCH_ROWS = 500
BATCH_BYTES = 32_000_000
_USUAL_NAMES = (".png", ".jpg", ".jpeg")

_T = TypeVar("_T")


def is_usual_picture(member: Member) -> bool:
    """Whether a file is what most are, so that nothing else need be asked of it."""
    return member.data.startswith(USUAL_PICTURES) and member.path.endswith(_USUAL_NAMES)


def is_no_picture(member: Member) -> bool:
    if is_labels_table(member.path):
        return True
    return is_other(member.path) and not looks_like_picture(member.data[:SNIFF_BYTES])


def batches(
    entries: Iterable[_T], weight: Callable[[_T], int], most: int = BATCH_ROWS
) -> Iterator[list[_T]]:
    batch: list[_T] = []
    size = 0
    for entry in entries:
        batch.append(entry)
        size += weight(entry)
        if len(batch) >= most or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
