"""Where files can be imported from, beside uploads: folders and buckets that the operator names.

`IMPORT_FOLDERS` and `IMPORT_BUCKETS` are the whole of it: what lies elsewhere cannot be named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from django.conf import settings

from annotations.intake.archives import Member
from annotations.intake.buckets import Bucket, BucketError
from annotations.intake.sources import from_path
from annotations.models import Dataset, Item
from labelhub.errors import Invalid, NotFound, Unavailable

FOLDER, BUCKET = "folder", "bucket"
KINDS = (FOLDER, BUCKET)
Kind = Literal["folder", "bucket"]


class BucketUnread(Unavailable):
    """A bucket cannot be listed now; the same import works once it can."""

    code = "bucket_unread"


@dataclass(frozen=True)
class Place:
    """A folder or bucket by the operator's name for it, and the path or prefix below it."""

    kind: Kind
    name: str
    path: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def list_places() -> list[Place]:
    """Return what the operator has opened."""
    folders = [Place("folder", name) for name in settings.IMPORT_FOLDERS]
    return folders + [Place("bucket", name) for name in settings.IMPORT_BUCKETS]


def find_place(kind: str, name: str, path: str) -> Place:
    """Return a place to import from; raises NotFound where it is none, or has nothing there."""
    if kind == FOLDER and name in settings.IMPORT_FOLDERS:
        _inside(Path(settings.IMPORT_FOLDERS[name]), path)
        return Place("folder", name, path.strip("/"))
    if kind == BUCKET and name in settings.IMPORT_BUCKETS:
        return Place("bucket", name, path.strip("/"))
    raise NotFound("There is no such place to import from.", code="no_such_place")


def members_of(place: Place, dataset: Dataset) -> Iterator[Member]:
    """Yield the files of a place; of a bucket, those that the dataset has already go unread."""
    if place.kind == FOLDER:
        root = Path(settings.IMPORT_FOLDERS[place.name]).resolve()
        yield from from_path(_inside(root, place.path), root=root)
        return
    try:
        bucket = Bucket(place.name, place.path)
        yield from bucket.members(known_sources(dataset))
    except BucketError as error:
        raise BucketUnread(str(error)) from error


def _inside(root: Path, path: str) -> Path:
    """Return the path below a root; links and dots that lead out of it are not followed."""
    if "\0" in path:
        raise Invalid("A path has no NUL characters.", fields={"path": "NUL"})
    below = (root / path.strip("/")).resolve()
    if not below.is_relative_to(root.resolve()) or not below.exists():
        raise NotFound("There is nothing of this name in the folder.", code="no_such_path")
    return below


def known_sources(dataset: Dataset) -> Callable[[str], bool]:
    """Return whether a source was imported: eight bytes are kept for each that was."""
    rows = Item.objects.filter(dataset=dataset, metadata__has_key="source").order_by()
    sources = rows.values_list("metadata__source", flat=True).iterator(5_000)
    known = np.unique(np.fromiter(map(_prefix, map(str, sources)), dtype=np.uint64))

    def is_known(source: str) -> bool:
        at = int(np.searchsorted(known, _prefix(source)))
        return at < len(known) and int(known[at]) == _prefix(source)

    return is_known


def _prefix(source: str) -> int:
    return int.from_bytes(hashlib.sha256(source.encode()).digest()[:8], "big")
