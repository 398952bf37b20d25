"""Dataset: made, described, filled by jobs, deleted with its files."""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import F

from annotations.actions.upload import upload_items
from annotations.intake.sources import from_spool
from annotations.models import Dataset, Item, Membership
from labelhub import storage
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Conflict, Invalid, NotAllowed
from labelhub.jobs.claim import Claim
from labelhub.jobs.models import Job
from labelhub.jobs.queue import enqueue

BATCH_ROWS = 500
IMPORT_JOB = "import_items"


class DatasetInUse(Conflict):
    """Projects ask questions of the dataset, so its items cannot go."""

    code = "dataset_in_use"


def create_dataset(*, by: User, name: str, **described: Any) -> Dataset:
    """Make an empty dataset that its maker owns; labelers cannot."""
    roles = set(Membership.objects.filter(user=by, active=True).values_list("role", flat=True))
    if roles == {Membership.Role.LABELER} and not by.is_admin:
        raise NotAllowed("Labelers cannot make datasets; ask a project's manager.")
    dataset = Dataset.objects.create(name=name, created_by=by, **described)
    AuditEvent.record("dataset.created", actor=by, dataset=dataset.pk, name=name)
    return dataset


def change_dataset(*, dataset: Dataset, by: User, **changes: Any) -> Dataset:
    """Change what a dataset is called and said to be."""
    for name, value in changes.items():
        setattr(dataset, name, value)
    dataset.save(update_fields=[*changes])
    AuditEvent.record("dataset.changed", actor=by, dataset=dataset.pk, fields=sorted(changes))
    return dataset


@transaction.atomic
def request_import(*, dataset: Dataset, by: User, upload: str) -> Job:
    """Put the reading of an upload in line; `upload` names its folder."""
    return enqueue(IMPORT_JOB, payload={"dataset": dataset.pk, "upload": upload}, created_by=by)


def import_upload(*, claim: Claim) -> dict[str, Any]:
    """Read an upload into its dataset; a second run goes on where the first one ended."""
    dataset = Dataset.objects.filter(pk=claim.payload["dataset"]).first()
    folder = upload_folder(claim.payload["upload"])
    if dataset is None:
        raise Invalid("The dataset was deleted before its upload was read.", code="dataset_gone")
    if not folder.is_dir():
        raise Invalid("The upload is gone; send the files again.", code="upload_gone")
    report = upload_items(
        dataset=dataset,
        members=from_spool(folder),
        by=User.objects.filter(pk=claim.created_by_id or 0).first(),
        since=Job.objects.get(pk=claim.job_id).started_at,
        hold=claim.hold,
        progress=claim.progress,
    )
    claim.finish(report.as_json())
    shutil.rmtree(folder, ignore_errors=True)
    return report.as_json()


def upload_folder(name: str) -> Path:
    if not name.isalnum():
        raise ValueError(f"{name!r} is no upload")
    return Path(settings.UPLOADS_DIR) / name


# ------------------------------------------------------------------------------------- deletion


def request_deletion(*, dataset: Dataset, by: User) -> Job | None:
    """Delete a small dataset now, return the job that deletes a large one.

    Raises DatasetInUse while projects ask questions of it.
    """
    if names := list(dataset.projects.values_list("name", flat=True)[:3]):
        raise DatasetInUse(f"Projects use this dataset: {', '.join(names)}. Delete them first.")
    AuditEvent.record("dataset.deletion_requested", actor=by, dataset=dataset.pk, name=dataset.name)
    if dataset.item_count <= BATCH_ROWS:
        delete_dataset(dataset=dataset)
        return None
    return enqueue("delete_dataset", payload={"dataset": dataset.pk}, created_by=by)


def delete_dataset(*, dataset: Dataset) -> int:
    """Delete a dataset's rows in batches, each followed by its files; returns how many items."""
    deleted = 0
    while items := list(Item.objects.filter(dataset=dataset).order_by("pk")[:BATCH_ROWS]):
        with transaction.atomic():
            Item.objects.filter(pk__in=[item.pk for item in items]).delete()
            Dataset.objects.filter(pk=dataset.pk).update(item_count=F("item_count") - len(items))
        _delete_files(items)
        deleted += len(items)
    dataset.delete()
    return deleted


def _delete_files(items: list[Item]) -> None:
    originals = {item.sha256 for item in items}
    for name in originals - originals_in_use(originals):
        storage.originals().delete(name)
    shown = {name for item in items for name in item.renditions.values()}
    for name in shown - RenditionsInUse().among(shown):
        storage.renditions().delete(name)


# --------------------------------------------------------------------------------------- sweeps


def originals_in_use(names: Iterable[str]) -> set[str]:
    """Return those of the files that some item is made of."""
    return set(Item.objects.filter(sha256__in=list(names)).values_list("sha256", flat=True))


class RenditionsInUse:
    """Which renditions items show: one pass over the items, eight bytes for each rendition."""

    def __init__(self) -> None:
        rows = Item.objects.order_by().values_list("renditions", flat=True)
        names = (name for shown in rows.iterator(5_000) for name in set(shown.values()))
        self._prefixes = np.unique(np.fromiter(map(_prefix, names), dtype=np.uint64))

    def among(self, names: Collection[str]) -> set[str]:
        # Two names with one prefix keep a file too many, never one too few.
        wanted = np.fromiter(map(_prefix, names), dtype=np.uint64)
        found = np.isin(wanted, self._prefixes)
        return {name for name, used in zip(names, found, strict=True) if used}


def _prefix(name: str) -> int:
    return int(name[:16], 16)


def sweep_files() -> int:
    """Remove files that no item names, and uploads that no job will read, once a day old."""
    deleted = storage.originals().sweep(originals_in_use)
    used = RenditionsInUse()
    deleted += storage.renditions().sweep(used.among)
    return len(deleted) + _sweep_uploads()


def _sweep_uploads() -> int:
    limit = time.time() - storage.GRACE_SECONDS
    awaited = set(
        Job.objects.filter(kind=IMPORT_JOB, state__in=Job.UNFINISHED).values_list(
            "payload__upload", flat=True
        )
    )
    old = [
        folder
        for folder in Path(settings.UPLOADS_DIR).iterdir()
        if folder.name not in awaited and folder.stat().st_mtime < limit
    ]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True) if folder.is_dir() else folder.unlink()
    return len(old)
