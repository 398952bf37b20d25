"""Map: lay the pictures of a dataset out in the plane, and say what colours they might have."""

from __future__ import annotations

import io
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from django.db import transaction
from django.db.models import Max
from numpy.typing import NDArray

from active_learning.actions.columns import Found, found_by
from active_learning.actions.features import features_at_hand, features_folder, write_lines
from active_learning.models import DatasetMap, Score
from annotations.actions.import_spans import import_spans
from annotations.models import Dataset, Item, Project, Task
from labelhub.accounts.models import User
from labelhub.errors import Invalid
from labelhub.jobs.claim import Claim
from labelhub.jobs.models import Job
from labelhub.jobs.queue import enqueue
from labelhub.storage import FolderFiles, files_in

DRAW = "active_learning.learning.draw_map"
KIND = "draw_map"
FEWEST = 10
# Of each point: its item as float64, which browsers read exactly, and its place as two uint16.
POINT_BYTES = 12
NONE, OTHER, MOST_NAMES = 255, 254, 60


# ------------------------------------------------------------------------------ drawing


def request_map(*, dataset: Dataset, by: User) -> Job:
    """Have a dataset's map drawn; raises Invalid where there is next to nothing to draw."""
    if dataset.item_count < FEWEST:
        raise Invalid(f"A map needs {FEWEST} images.", code="too_few_items")
    return enqueue(
        KIND,
        payload={"dataset": dataset.pk},
        queue=Job.Queue.TRAIN,
        dedupe_key=map_key(dataset.pk),
        created_by=by,
    )


def map_key(dataset_id: int) -> str:
    """Return the key by which drawings of one dataset coalesce."""
    return f"{KIND}:{dataset_id}"


def map_files(dataset_id: int) -> FolderFiles:
    """Return where the points of a dataset's map are kept; they go when the dataset goes."""
    return files_in(features_folder(dataset_id) / "maps", f"features/{dataset_id}/maps")


def draw_map(*, dataset: Dataset, claim: Claim | None = None) -> DatasetMap:
    """Lay out all pictures that have features; the map before stays until this one is whole."""
    last = dataset.items.aggregate(last=Max("pk"))["last"] or 0
    found = _draw(dataset, claim)
    files = map_files(dataset.pk)
    points = points_of(found.columns["ids"], found.columns["places"])
    stored = files.save(io.BytesIO(points), max_bytes=len(points))
    before = DatasetMap.objects.filter(pk=dataset.pk).values_list("sha256", flat=True).first()
    with transaction.atomic():
        if claim is not None:
            claim.hold()
        row, _ = DatasetMap.objects.update_or_create(
            dataset=dataset,
            defaults={
                "sha256": stored.sha256,
                "items": len(found.columns["ids"]),
                "skipped": found.facts.get("skipped", 0),
                "last_item": last,
                "cpu_seconds": found.cpu_seconds,
            },
        )
    if before not in (None, stored.sha256):
        files.delete(str(before))
    return row


def _draw(dataset: Dataset, claim: Claim | None) -> Found:
    with tempfile.TemporaryDirectory(prefix="map-") as scratch:
        items = dataset.items.only("pk", "sha256").order_by("pk").iterator(chunk_size=10_000)
        wanted = write_lines(Path(scratch) / "items.jsonl", items)
        out = Path(scratch) / "map.npz"
        store = ["--feature-store", str(features_at_hand(dataset.pk))]
        return found_by(DRAW, [str(wanted), str(out), *store], out, claim)


def points_of(ids: NDArray[np.int64], places: NDArray[np.uint16]) -> bytes:
    """(n,) items and (n, 2) places -> the document: all items, then all places, little-endian."""
    return ids.astype("<f8").tobytes() + places.astype("<u2").tobytes()


def items_of(points: bytes) -> NDArray[np.int64]:
    """The items of such a document, in its order."""
    count = len(points) // POINT_BYTES
    return np.frombuffer(points, "<f8", count).astype(np.int64)


# ------------------------------------------------------------------------------ colours


@dataclass(frozen=True)
class Colours:
    """`names` in their order, `counts` of each, `codes` of one byte per point: the place of its
    name, OTHER for one beyond MOST_NAMES, NONE for a point that has none."""

    names: list[str]
    counts: list[int]
    codes: bytes


def colours_of(points: bytes, values: Iterable[tuple[int, str]]) -> Colours:
    """Colour points by what their items are called; rows may name items that are not there."""
    ids = items_of(points)
    order = np.argsort(ids, kind="stable")
    rows = [(item, value) for item, value in values if value not in ("", None)]
    items = np.array([item for item, _ in rows], np.int64)
    place = np.searchsorted(ids[order], items).clip(max=max(len(ids) - 1, 0))
    there = ids[order][place] == items if len(ids) else np.zeros(len(items), bool)
    counted = Counter(value for (_, value), known in zip(rows, there, strict=True) if known)
    names = sorted(counted, key=lambda name: (-counted[name], name))[:MOST_NAMES]
    names.sort()
    number = {name: code for code, name in enumerate(names)}
    codes = np.full(len(ids), NONE, np.uint8)
    given = np.array([number.get(value, OTHER) for _, value in rows], np.uint8)
    codes[order[place[there]]] = given[there]
    return Colours(names, [counted[name] for name in names], codes.tobytes())


def values_by(what: str, dataset: Dataset, project: Project | None) -> Iterable[tuple[int, str]]:
    """Yield (item, value) of a dataset, or of a project's tasks on it."""
    if what in ("split", "group"):
        return Item.objects.filter(dataset=dataset).values_list("pk", what).iterator()
    if what == "import":
        return _by_import(dataset)
    assert project is not None
    if what == "predicted":
        scores = Score.objects.filter(task__project=project)
        now = scores.exclude(version__arriving=True).values_list("task__item", "predicted")
        before = scores.filter(version__arriving=True, before_number__isnull=False)
        return chain(
            now.iterator(), before.values_list("task__item", "before_predicted").iterator()
        )
    return Task.objects.filter(project=project).values_list("item", what).iterator()


def _by_import(dataset: Dataset) -> Iterable[tuple[int, str]]:
    for span in import_spans(dataset.pk):
        name = span.began.strftime("%Y-%m-%d %H:%M:%S") if span.began else "-"
        for pk in Item.objects.filter(span.condition(), dataset=dataset).values_list(
            "pk", flat=True
        ):
            yield pk, name
