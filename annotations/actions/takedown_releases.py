"""Takedown, the releases' part: a tombstone in place of each line of an item that was taken down.

The hash that a release was made with stays. A tombstone keeps the SHA-256 of the line that it
stands for, so that whoever holds the list as it was made can still prove that it is this release;
and the list as it is now has a hash of its own.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from annotations.actions.release_lines import canonical, pack_brief
from annotations.actions.takedown_rows import chunks
from annotations.models import Release, ReleasePart, Takedown
from annotations.reports.releases import LINE_HASH, is_tombstone, items_in, pieces_of, releases_with

Line = dict[str, Any]


def redact_releases(takedown: Takedown) -> dict[str, Any]:
    """Put tombstones into every finished release that holds an item; done twice it does nothing."""
    items = list(takedown.contents.filter(item__gt=0).values_list("item", flat=True))
    datasets = set(takedown.contents.values_list("dataset", flat=True))
    rows = Release.objects.filter(project__dataset__in=datasets)
    holding = {one.pk: one for some in chunks(items) for one in releases_with(some, rows)}
    # One that a killed attempt left between its lines and its hash holds no item any more.
    torn = {one.pk: one for one in rows.exclude(sha256="") if _is_torn(one)}
    for release in (holding | torn).values():
        _redact(release, set(items))
    return {}


def _is_torn(release: Release) -> bool:
    return bool(release.taken_down) and release.taken_down.get("sha256") == ""


def _redact(release: Release, items: set[int]) -> None:
    at = datetime.now(UTC).strftime("%Y-%m-%d")
    Release.objects.filter(pk=release.pk).update(
        taken_down=release.taken_down | {"at": at, "sha256": ""}
    )
    for part in ReleasePart.objects.filter(release=release).order_by("first_item").iterator(50):
        if not items.isdisjoint(items_in(part.brief)):
            _bury(part, items, at)
    _summarize(release, at)


def _bury(part: ReleasePart, items: set[int], at: str) -> None:
    kept: list[bytes] = []
    left: list[Line] = []
    for text in zlib.decompress(bytes(part.packed)).splitlines(keepends=True):
        line = json.loads(text)
        buried = _is_about(line, items)
        kept.append(canonical(_tombstone(line, text, at)) + b"\n" if buried else text)
        left += [] if buried or is_tombstone(line) else [line]
    brief, digest = pack_brief(left)
    ReleasePart.objects.filter(pk=part.pk).update(
        packed=zlib.compress(b"".join(kept), level=6), brief=brief, digest=digest
    )


def _is_about(line: Line, items: set[int]) -> bool:
    if is_tombstone(line):
        return False
    return line["item"] in items or ("other" in line and line["other"]["item"] in items)


def _tombstone(line: Line, text: bytes, at: str) -> Line:
    return {
        "task": line["task"],
        "item": line["item"],
        "taken_down": at,
        "votes": line["votes"],
        "given": len(line["given"] or ()),
        LINE_HASH: hashlib.sha256(text).hexdigest(),
    }


def _summarize(release: Release, at: str) -> None:
    """Count the tombstones, hash the list as it is, and drop texts that nothing left says."""
    digest = hashlib.sha256()
    told: dict[str, Any] = {"at": at, "items": 0, "voted": 0, "given": 0}
    said: set[str] = set()
    for piece in pieces_of(release):
        digest.update(piece)
        for line in map(json.loads, piece.splitlines()):
            if is_tombstone(line):
                told["items"] += 1
                told["voted"] += line["votes"] > 0
                told["given"] += line["given"]
            else:
                said.add(line["label"])
    Release.objects.filter(pk=release.pk).update(
        taken_down=told | {"sha256": digest.hexdigest()},
        document=_without_texts(release.document, said),
    )


def _without_texts(document: dict[str, Any], said: set[str]) -> dict[str, Any]:
    """Return the document without labels that were typed by people and that no line has now."""
    kept = said | set(_schema_labels(document))
    counts = dict(document["counts"])
    counts["labels"] = {name: n for name, n in counts["labels"].items() if name in kept}
    counts["labels_by_split"] = {
        split: {name: n for name, n in labels.items() if name in kept}
        for split, labels in counts["labels_by_split"].items()
    }
    return document | {"counts": counts}


def _schema_labels(document: dict[str, Any]) -> Iterator[str]:
    for label in document["question"]["schema"].get("labels", []):
        yield str(label["name"])
