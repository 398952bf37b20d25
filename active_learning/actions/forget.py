"""Takedown, learning's part: features, map, duplicates and frozen labels of items that are gone.

What a model has learned cannot be taken out of it. The versions that learned from the items are
named, so that people can have new ones trained; the encoder of the dataset is trained anew.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Count, F

from active_learning.actions.dataset_map import items_of, map_files, points_of
from active_learning.actions.duplicate_decisions import reopen_group
from active_learning.actions.duplicates import search_soon
from active_learning.actions.features import features_at_hand, features_folder
from active_learning.actions.folders import write_durably
from active_learning.actions.publish import artifact_folder
from active_learning.actions.shared_features import erase_shared
from active_learning.actions.shared_folders import folder_at_hand, share_folder_anew
from active_learning.actions.snapshot import snapshot_folder
from active_learning.learning.artifact import Artifact as ArtifactFolder
from active_learning.learning.feature_store import stores_in
from active_learning.learning.prediction_table import without
from active_learning.models import (
    DatasetFeatures,
    DatasetMap,
    DuplicateGroup,
    DuplicateMember,
    DuplicateReport,
    ModelVersion,
    PredictionTable,
    RunEvent,
    Snapshot,
)
from annotations.models import Dataset, Item, Takedown

AT_ONCE = 500
Json = dict[str, Any]


def free_copies(takedown: Takedown) -> None:
    """Reopen decisions that kept an item which goes now: the copies set aside for it stay."""
    if takedown.by is None:
        return
    items = takedown.items
    for start in range(0, len(items), AT_ONCE):
        kept = DuplicateGroup.objects.filter(
            keep__in=items[start : start + AT_ONCE], state=DuplicateGroup.State.KEPT
        )
        for group in kept.order_by("pk"):
            reopen_group(group=group, by=takedown.by)


def forget_items(takedown: Takedown) -> Json:
    """Erase what was computed of items that are gone; done twice it finds nothing more.

    Returns the model versions that learned from them: {"models": [{"project", "version", ...}]}.
    """
    rows = list(takedown.contents.filter(item__gt=0).values_list("dataset", "item", "sha256"))
    models: dict[int, Json] = {row["id"]: row for row in takedown.found.get("models", [])}
    for dataset in Dataset.objects.filter(pk__in={row[0] for row in rows}).order_by("pk"):
        items = {item for owner, item, _ in rows if owner == dataset.pk}
        _forget_features(dataset, [sha for owner, _, sha in rows if owner == dataset.pk])
        _forget_places(dataset, items)
        _forget_groups(dataset)
        _forget_predictions(dataset, [sha for owner, _, sha in rows if owner == dataset.pk])
        for row in _forget_labels(dataset, items):
            models[row["id"]] = row
    return {"models": [models[pk] for pk in sorted(models)]}


def _forget_features(dataset: Dataset, hashes: list[str]) -> None:
    folder = features_folder(dataset.pk)
    features_at_hand(dataset.pk)  # of several machines, any may have computed some
    forgotten = sum(store.forget(hashes) for store in stores_in(folder)) if folder.is_dir() else 0
    erase_shared(folder, f"features/{dataset.pk}", hashes)
    row = DatasetFeatures.objects.filter(pk=dataset.pk).first()
    if row is None:
        return
    # They are complete when there are as many as items: count those that are left.
    row.items = Item.objects.filter(dataset=dataset, pk__lte=row.last_item).count()
    if forgotten:
        row.pretrained_on = 0  # the encoder may have learned from them: it is due again
    row.save(update_fields=["items", "pretrained_on"])


def _forget_places(dataset: Dataset, items: set[int]) -> None:
    """Take points off the map; the file with them goes."""
    row = DatasetMap.objects.filter(pk=dataset.pk).first()
    if row is None:
        return
    files = map_files(dataset.pk)
    points = files.read(row.sha256)
    ids = items_of(points)
    keep = ~np.isin(ids, sorted(items))
    if keep.all():
        return
    places = np.frombuffer(points, "<u2", offset=8 * len(ids)).reshape(-1, 2)
    left = points_of(ids[keep], places[keep])
    stored = files.save(io.BytesIO(left), max_bytes=len(left))
    DatasetMap.objects.filter(pk=dataset.pk).update(sha256=stored.sha256, items=int(keep.sum()))
    files.delete(row.sha256)


def _forget_groups(dataset: Dataset) -> None:
    """Drop groups that lost a member; a search finds again what is left of them."""
    groups = DuplicateGroup.objects.filter(dataset=dataset)
    changed = list(
        groups.annotate(there=Count("members"))
        .exclude(there=F("size"))
        .values_list("pk", "state", "there")
    )
    if not changed:
        return
    gone = [pk for pk, state, there in changed if there < 2 or state == DuplicateGroup.State.OPEN]
    with transaction.atomic():
        DuplicateMember.objects.filter(group__in=gone).delete()
        groups.filter(pk__in=gone).delete()
        for pk, _, there in changed:
            groups.filter(pk=pk).update(size=there)
    dataset.refresh_from_db(fields=["item_count"])
    DuplicateReport.objects.filter(pk=dataset.pk, items__gt=dataset.item_count).update(
        items=dataset.item_count
    )
    search_soon(dataset)


# ------------------------------------------------------------------------------ labels and models


def _forget_labels(dataset: Dataset, items: set[int]) -> list[Json]:
    """Take items out of frozen training sets; return the versions that were trained on them."""
    learned: Counter[int] = Counter()
    snapshots = Snapshot.objects.filter(project__dataset=dataset).order_by("pk")
    for snapshot in snapshots:
        folder = folder_at_hand(snapshot_folder(snapshot.sha256))
        learned[snapshot.pk] = _strip(folder, items) if folder is not None else 0
    events = RunEvent.objects.filter(run__project__dataset=dataset, kind="mistakes")
    for event in events.order_by("pk").iterator(chunk_size=20):
        told = event.data.get("items", [])
        left = [one for one in told if one["id"] not in items]
        if len(left) < len(told):
            RunEvent.objects.filter(pk=event.pk).update(data=event.data | {"items": left})
    holding = [pk for pk, count in learned.items() if count]
    versions = ModelVersion.objects.filter(run__snapshot__in=holding).select_related("run__project")
    return [
        {
            "id": version.pk,
            "project": version.project_id,
            "project_name": version.run.project.name,
            "version": version.number,
            "items": learned[version.run.snapshot_id or 0],
        }
        for version in versions.order_by("pk")
    ]


def _forget_predictions(dataset: Dataset, hashes: list[str]) -> None:
    """Take items out of the predictions that were brought for this dataset's projects."""
    tables = PredictionTable.objects.filter(project__dataset=dataset, run__isnull=False)
    versions = tables.order_by("pk").values_list("run__version__sha256", flat=True).distinct()
    for sha256 in versions:
        folder = folder_at_hand(artifact_folder(sha256))
        left = without(ArtifactFolder.load(folder), hashes) if folder is not None else None
        if folder is not None and left is not None:
            left.save(folder)
            share_folder_anew(folder)


def _strip(folder: Path, items: set[int]) -> int:
    """Take the lines of items out of a training set's list; return how many were labeled ones."""
    path = folder / "items.jsonl"
    if not path.is_file():
        return 0
    kept: list[str] = []
    gone: list[Json] = []
    with path.open(encoding="utf-8") as stream:
        for text in stream:
            line = json.loads(text)
            if line["id"] in items:
                gone.append(line)
            else:
                kept.append(text)
    if not gone:
        return 0
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["taken_down"] = manifest.get("taken_down", 0) + len(gone)
    _replace(folder / "manifest.json", json.dumps(manifest, ensure_ascii=False))
    _replace(path, "".join(kept))
    share_folder_anew(folder)
    return sum(line["role"] != "pool" for line in gone)


def _replace(path: Path, text: str) -> None:
    aside = path.with_name(f".{path.name}.new")
    write_durably(aside, text)
    aside.replace(path)
