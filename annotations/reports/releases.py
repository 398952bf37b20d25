"""Reading releases: their lines, what changed between two of them, and which hold an item."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Q, QuerySet

from annotations.models import Release, ReleasePart
from annotations.task_types.pair import PAIR

NAMED_PAIRS = 50  # the commonest changes, from which label to which
LINE_HASH = "line_sha256"  # what a tombstone keeps of the line that it stands for
Brief = tuple[str, str, str]  # label, split, hash of the answer


def pieces_of(release: Release, using: str = "default") -> Iterator[bytes]:
    """Yield the canonical list as it was hashed, a stretch of lines at a time."""
    parts = ReleasePart.objects.using(using).filter(release=release).order_by("first_item")
    # By key, not by one long cursor: a download may take an hour.
    at = -1
    while part := parts.filter(first_item__gt=at).values_list("first_item", "packed").first():
        at = part[0]
        yield zlib.decompress(bytes(part[1]))


def lines_of(release: Release, using: str = "default") -> Iterator[list[dict[str, Any]]]:
    """Yield the lines of a release as documents, a stretch at a time, by item; no tombstones."""
    for piece in pieces_of(release, using):
        lines = [json.loads(line) for line in piece.splitlines()]
        yield [line for line in lines if not is_tombstone(line)]


def is_tombstone(line: Mapping[str, Any]) -> bool:
    """Whether a line stands for one of an item that was taken down."""
    return LINE_HASH in line


def briefs(packed: bytes | memoryview) -> dict[int, Brief]:
    """Return what a part says of its items in short, of pairs by their tasks."""
    return {row[0]: (row[1], row[2], row[3]) for row in _rows(packed)}


def _rows(packed: bytes | memoryview) -> list[list[Any]]:
    """Return [id, label, split, hash of the answer] of each line, and a pair's two items."""
    return list(json.loads(zlib.decompress(bytes(packed))))


# --- comparing ------------------------------------------------------------------------------


@dataclass(frozen=True)
class ItemChange:
    """One item that two releases say something else of; what is not in one of them is None there.

    Of pairs `item` is the pair's task. `relabelled` tells answers apart that go by the same label:
    outlines, long texts.
    """

    item: int
    kind: str  # added, removed, relabelled, moved (to another split)
    label_before: str | None
    label_after: str | None
    split_before: str | None
    split_after: str | None


def compare(old: Release, new: Release) -> dict[str, Any]:
    """Count what changed from one release to another; stretches that are equal are not read."""
    kinds: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for change in changes(old, new):
        kinds[change.kind] += 1
        if change.kind == "relabelled":
            pairs[change.label_before or "", change.label_after or ""] += 1
    there = (old.items or 0) - old.taken_down.get("items", 0)
    same = there - kinds["removed"] - kinds["relabelled"] - kinds["moved"]
    return {
        "same": same,
        **{kind: kinds[kind] for kind in ("added", "removed", "relabelled", "moved")},
        "from_to": [
            {"before": before, "after": after, "count": count}
            for (before, after), count in pairs.most_common(NAMED_PAIRS)
        ],
        "schema_changed": old.schema_id != new.schema_id,
        "method_changed": _method(old) != _method(new),
    }


def changes(old: Release, new: Release, *, after: int = -1) -> Iterator[ItemChange]:
    """Yield the items that differ, by id; `after` goes on behind an item."""
    start = after - after % ReleasePart.SPAN if after >= 0 else 0
    sides = [_digests(release, start) for release in (old, new)]
    for first in sorted(sides[0].keys() | sides[1].keys()):
        if sides[0].get(first) == sides[1].get(first):
            continue
        before, now = (_stretch(release, first) for release in (old, new))
        for item in sorted(before.keys() | now.keys()):
            if item > after and before.get(item) != now.get(item):
                yield _change(item, before.get(item), now.get(item))


def _digests(release: Release, start: int) -> dict[int, str]:
    parts = ReleasePart.objects.filter(release=release, first_item__gte=start)
    return dict(parts.values_list("first_item", "digest"))


def _stretch(release: Release, first: int) -> dict[int, Brief]:
    part = ReleasePart.objects.filter(release=release, first_item=first)
    packed = part.values_list("brief", flat=True).first()
    return {} if packed is None else briefs(packed)


def _change(item: int, old: Brief | None, new: Brief | None) -> ItemChange:
    if old is None:
        kind = "added"
    elif new is None:
        kind = "removed"
    else:
        kind = "relabelled" if (old[0], old[2]) != (new[0], new[2]) else "moved"
    label = [None if side is None else side[0] for side in (old, new)]
    split = [None if side is None else side[1] for side in (old, new)]
    return ItemChange(item, kind, label[0], label[1], split[0], split[1])


def _method(release: Release) -> Any:
    consensus = release.document.get("consensus", {})
    return [consensus.get(name) for name in ("method", "params", "code_version")]


def items_in(packed: bytes | memoryview) -> Iterator[int]:
    """Yield the items that a part's lines are about."""
    for row in _rows(packed):
        yield from row[4:] or row[:1]


def as_document(change: ItemChange) -> dict[str, Any]:
    return asdict(change)


# --- who holds an item ------------------------------------------------------------------------


def releases_with(items: Sequence[int], releases: QuerySet[Release]) -> list[Release]:
    """Return the finished releases that contain any of the items: whom a takedown concerns."""
    firsts = {item - item % ReleasePart.SPAN for item in items}
    wanted = set(items)
    # Pairs lie in the order of their tasks, so that an item may be in any part of them.
    near = Q(first_item__in=firsts) | Q(release__project__task_type=PAIR)
    parts = ReleasePart.objects.filter(near, release__in=releases.exclude(sha256="")).order_by(
        "release_id"
    )
    found = {
        release
        for release, brief in parts.values_list("release_id", "brief").iterator(chunk_size=50)
        if not wanted.isdisjoint(items_in(brief))
    }
    return list(releases.filter(pk__in=found).order_by("name", "number"))
