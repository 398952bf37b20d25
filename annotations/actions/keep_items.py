"""Upload, the last step: files that were found good are kept, then their rows are written.

Hundreds of thousands of small pictures pass here, so rows go in by one statement for each batch;
building a model object for each of them costs more than decoding it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from annotations.intake.picture import Picture
from annotations.intake.plain_png import PLAIN
from annotations.models import Dataset
from labelhub import storage


@dataclass(frozen=True)
class File:
    """A file on its way: where it came from, what it is shown as, and its content's name.

    What was cut out of a page knows of it in `metadata`, and has its group.
    """

    path: str
    name: str
    sha256: str
    size: int
    metadata: dict[str, Any] = field(default_factory=dict)
    group: str = ""
    split: str = ""


class Good(NamedTuple):
    """A file that was found to be a picture, with its bytes."""

    file: File
    data: bytes
    picture: Picture


class NewItem(NamedTuple):
    """What a row of the table of items is made of, beside its dataset and the time."""

    sha256: str
    filename: str
    path: str
    media_type: str
    byte_size: int
    width: int
    height: int
    group: str
    split: str
    metadata: str  # JSON
    renditions: str  # JSON

    @classmethod
    def of(cls, good: Good, renditions: dict[str, str], path: str) -> NewItem:
        file, _, picture = good
        return cls(
            file.sha256,
            file.name,
            path,
            picture.media_type,
            file.size,
            picture.width,
            picture.height,
            file.group,
            file.split,
            json.dumps(file.metadata) if file.metadata else "{}",
            json.dumps(renditions),
        )


_INSERT = """
INSERT INTO annotations_item (dataset_id, created_at, sha256, filename, path, media_type, byte_size,
  width, height, "group", split, metadata, renditions)
VALUES {places} ON CONFLICT (dataset_id, sha256) DO NOTHING RETURNING sha256, id
"""
_PLACE = f"({', '.join(['%s'] * (2 + len(NewItem._fields)))})"


def keep_files(batch: Sequence[Good]) -> list[dict[str, str]]:
    """Keep the originals and renditions of a batch on disk; return each picture's renditions."""
    if not batch:
        return []
    blobs = [
        blob for _, _, picture in batch for blob in (picture.thumb, picture.screen or b"") if blob
    ]
    originals, kept = storage.save_together(
        [(storage.originals(), [data for _, data, _ in batch]), (storage.renditions(), blobs)]
    )
    names = (stored.sha256 for stored in kept)
    return [
        _renditions(picture, original.sha256, names)
        for (_, _, picture), original in zip(batch, originals, strict=True)
    ]


def keep_still(batch: Sequence[Good], renditions: Sequence[dict[str, str]]) -> None:
    """Save anew what was deleted between its saving and the commit of its rows; call it after.

    Such a file was there already, and went with the last row of another dataset.
    """
    originals = [file.sha256 for file, _, _ in batch]
    shown = [name for kept in renditions for label, name in kept.items() if label != PLAIN]
    gone = storage.originals().still_there(originals) + storage.renditions().still_there(shown)
    if gone:
        keep_files(batch)


def _renditions(picture: Picture, original: str, names: Iterator[str]) -> dict[str, str]:
    if not picture.thumb:
        return {PLAIN: original}
    thumb = next(names)
    return {"thumb": thumb, "screen": thumb if picture.screen is None else next(names)}


def insert_items(dataset: Dataset, rows: Sequence[NewItem]) -> dict[str, int]:
    """Insert rows; return content -> item for those whose content the dataset did not hold."""
    if not rows:
        return {}
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    values = [value for row in rows for value in (dataset.pk, now, *row)]
    places = ", ".join([_PLACE] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(places=places), values)
        return dict(cursor.fetchall())
