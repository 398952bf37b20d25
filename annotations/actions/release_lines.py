"""Release, the list's half: tasks to canonical lines in packed parts, and back for an export."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from annotations.actions.export_votes import as_time
from annotations.actions.gold import METHOD as GOLD
from annotations.models import Item, Release, ReleasePart
from annotations.reports.releases import lines_of
from labelhub.errors import NotFound

ITEM_COLUMNS = ("item__width", "item__height", "item__media_type", "item__metadata")
BINS = 10  # of the confidence, from 0 to 1


@dataclass
class Tally:
    """What is counted while the lines go by."""

    items: int = 0
    votes: int = 0
    voted: int = 0
    given: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    splits: Counter[str] = field(default_factory=Counter)
    labels_by_split: dict[str, Counter[str]] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    votes_per_item: Counter[int] = field(default_factory=Counter)
    confidence: list[int] = field(default_factory=lambda: [0] * BINS)
    doubt: float = 0.0  # sum of 1 - confidence
    sure_of: int = 0
    adjudicated: int = 0  # decided by a reviewer
    known: int = 0  # decided by the known answer of a gold item
    lone: int = 0  # decided by one vote, with or without a model
    labelers: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)

    def add(self, line: Mapping[str, Any]) -> None:
        self.items += 1
        self.votes += line["votes"]
        self.voted += line["votes"] > 0
        self.given += len(line["given"] or ())
        self.labels[line["label"]] += 1
        self.splits[line["split"]] += 1
        self.labels_by_split.setdefault(line["split"], Counter())[line["label"]] += 1
        self.statuses[line["status"]] += 1
        self.votes_per_item[line["votes"]] += 1
        # Both are certain; but of a gold item no reviewer has decided anything.
        known = line["adjudicated"] and line["method"] == GOLD
        self.known += known
        self.adjudicated += line["adjudicated"] and not known
        self.lone += line["votes"] == 1 and not line["adjudicated"]
        if line["confidence"] is not None:
            self.sure_of += 1
            self.doubt += 1 - line["confidence"]
            self.confidence[min(int(line["confidence"] * BINS), BINS - 1)] += 1
        self.labelers.update(vote["labeler"] for vote in line["given"] or ())
        self.groups.update(end["group"] for end in _ends(line) if end["group"])


def line_of(task: dict[str, Any], votes: list[dict[str, Any]] | None, split: str) -> dict[str, Any]:
    """Return a task as a release keeps it; of a pair the second item stands under `other`."""
    other = {"other": _other(task)} if task.get("other_item_id") else {}
    return other | {
        "task": task["pk"],
        "item": task["item_id"],
        "filename": task["item__filename"],
        "sha256": task["item__sha256"],
        "group": task["item__group"],
        "split": split,
        "width": task["item__width"],
        "height": task["item__height"],
        "media_type": task["item__media_type"],
        "metadata": task["item__metadata"],
        "status": task["status"],
        "arm": task["arm"],
        "answer": task["answer"],
        "label": task["label"],
        "confidence": task["confidence"],
        "method": task["method"],
        "votes": task["votes"],
        "distribution": task["distribution"],
        "detail": task["detail"],
        "adjudicated": task["adjudicated"],
        "settled_at": as_time(task["settled_at"]),
        "provenance": task.get("provenance"),
        "given": votes,
    }


def _other(task: dict[str, Any]) -> dict[str, Any]:
    named = {name: task[f"other_item__{name}"] for name in _OF_ITEM}
    return {"item": task["other_item_id"], **named}


def _ends(line: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [line, line["other"]] if "other" in line else [line]


def key_of(line: Mapping[str, Any]) -> int:
    """Return what a line goes by: its item, or the task of a pair, whose items come again."""
    return int(line["task"] if "other" in line else line["item"])


def canonical(value: Any) -> bytes:
    """Return JSON that is the same for the same value: sorted keys, no spaces, UTF-8."""
    text = json.dumps(
        value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return text.encode()


def part_of(release: Release, first_item: int, lines: list[dict[str, Any]]) -> ReleasePart:
    """Pack a stretch of lines."""
    brief, digest = pack_brief(lines)
    return ReleasePart(
        release=release,
        first_item=first_item,
        packed=zlib.compress(text_of(lines), level=6),
        brief=brief,
        digest=digest,
    )


def pack_brief(lines: list[dict[str, Any]]) -> tuple[bytes, str]:
    """Return what lines say in short, packed, and its SHA-256 unpacked."""
    brief = canonical([_brief(line) for line in lines])
    return zlib.compress(brief, level=6), hashlib.sha256(brief).hexdigest()


def text_of(lines: list[dict[str, Any]]) -> bytes:
    return b"".join(canonical(line) + b"\n" for line in lines)


def _brief(line: dict[str, Any]) -> list[Any]:
    answer = hashlib.sha256(canonical(line["answer"])).hexdigest()[:12]
    ends = [end["item"] for end in _ends(line)] if "other" in line else []
    return [key_of(line), line["label"], line["split"], answer, *ends]


# --- and back ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class FrozenTasks:
    """A release's list as the source of an export: the same rows whenever it is read.

    An item that is no longer in the dataset was taken down; it is left out, with its pairs.
    """

    release: Release
    using: str = "default"

    def count_tasks(self, *, voted: bool = False) -> int:
        name = "voted" if voted else "items"
        gone = self.release.taken_down.get(name, 0)
        return int(self.release.document["counts"][name]) - int(gone)

    def count_votes(self) -> int:
        gone = self.release.taken_down.get("given", 0)
        return int(self.release.document["counts"]["given"]) - int(gone)

    def read(
        self, *columns: str, votes: bool = False, provenance: bool = False, verdicts: bool = True
    ) -> Iterator[tuple[list[dict[str, Any]], dict[int, list[dict[str, Any]]]]]:
        if not self.release.sha256:
            raise NotFound("This release is not finished.", code="release_not_finished")
        for lines in lines_of(self.release, self.using):
            ids = [end["item"] for line in lines for end in _ends(line)]
            there = set(
                Item.objects.using(self.using).filter(pk__in=ids).values_list("pk", flat=True)
            )
            kept = [line for line in lines if all(end["item"] in there for end in _ends(line))]
            given = {line["task"]: line["given"] or [] for line in kept} if votes else {}
            yield [_task(line) for line in kept], given


def _task(line: dict[str, Any]) -> dict[str, Any]:
    settled_at = line["settled_at"]
    return line | {
        "pk": line["task"],
        "item_id": line["item"],
        **{f"item__{name}": line[name] for name in _OF_ITEM},
        "settled_at": datetime.fromisoformat(settled_at) if settled_at else None,
        **(_other_columns(line["other"]) if "other" in line else {}),
    }


def _other_columns(other: dict[str, Any]) -> dict[str, Any]:
    named = {f"other_item__{name}": other[name] for name in _OF_ITEM}
    return {"other_item_id": other["item"], **named}


_OF_ITEM = ("filename", "sha256", "group", "split", "width", "height", "media_type", "metadata")
