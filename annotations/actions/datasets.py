"""Dataset: made, described, filled by jobs, deleted with its files."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import F

from annotations.actions.given_answers import PLAIN, ImportOptions
from annotations.actions.import_places import Place, find_place, members_of
from annotations.actions.tiles import forget_tiles
from annotations.actions.upload import preview_items, upload_items
from annotations.actions.upload_report import DUPLICATE, REFUSED, TAKEN
from annotations.actions.webhooks import tell_of_dataset
from annotations.intake.archives import Member
from annotations.intake.sources import from_spool
from annotations.models import Dataset, Item, Membership
from labelhub import storage
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Conflict, Invalid, NotAllowed, NotFound
from labelhub.jobs.claim import Claim
from labelhub.jobs.models import Job
from labelhub.jobs.queue import enqueue

BATCH_ROWS = 500
IMPORT_JOB, PREVIEW_JOB = "import_items", "preview_import"


class UploadGone(Invalid):
    """The files of an upload are not kept any more."""

    code = "upload_gone"


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
def request_import(
    *,
    dataset: Dataset,
    by: User,
    upload: str = "",
    place: Place | None = None,
    options: ImportOptions = PLAIN,
    preview: bool = False,
) -> Job:
    """Put the reading of an upload, or of a place, in line; `upload` names its folder.

    A preview writes nothing and keeps the upload, so that it can be imported afterwards.
    """
    origin = {"upload": upload} if place is None else {"place": place.as_json()}
    payload = {"dataset": dataset.pk, "options": asdict(options)} | origin
    return enqueue(PREVIEW_JOB if preview else IMPORT_JOB, payload=payload, created_by=by)


def request_import_again(
    *, dataset: Dataset, by: User, job_id: int, options: ImportOptions, preview: bool = False
) -> Job:
    """Import what an earlier preview has looked at, or look at it with other options.

    Raises NotFound where the caller previewed no such upload for this dataset, and UploadGone
    where its files are not kept any more.
    """
    earlier = Job.objects.filter(pk=job_id, kind=PREVIEW_JOB, created_by=by).first()
    if earlier is None or earlier.payload.get("dataset") != dataset.pk:
        raise NotFound("There is no such preview of an upload into this dataset.")
    if (place := earlier.payload.get("place")) is not None:
        found = find_place(**place)
        return request_import(dataset=dataset, by=by, place=found, options=options, preview=preview)
    upload = str(earlier.payload["upload"])
    folder = upload_folder(upload)
    if not folder.is_dir():
        raise UploadGone("The files of this preview are gone; send them again.")
    os.utime(folder)  # whoever is still choosing keeps the files for another day
    return request_import(dataset=dataset, by=by, upload=upload, options=options, preview=preview)


def import_upload(*, claim: Claim) -> dict[str, Any]:
    """Read an upload or a place into its dataset; a second run goes on where the first ended."""
    dataset, members, options = _wanted(claim)
    report = upload_items(
        dataset=dataset,
        members=members,
        by=User.objects.filter(pk=claim.created_by_id or 0).first(),
        since=Job.objects.get(pk=claim.job_id).started_at,
        hold=claim.hold,
        progress=claim.progress,
        options=options,
    )
    with transaction.atomic():
        claim.finish(report.as_json())
        dataset.refresh_from_db(fields=["item_count"])  # it grew meanwhile
        told = {"dataset": dataset.pk, "job": claim.job_id, "items": dataset.item_count}
        told |= {name: report.counts[name] for name in (TAKEN, DUPLICATE, REFUSED)}
        tell_of_dataset("import.finished", dataset, told)
    if upload := claim.payload.get("upload"):
        shutil.rmtree(upload_folder(upload), ignore_errors=True)
    return report.as_json()


def preview_upload(*, claim: Claim) -> dict[str, Any]:
    """Say what an upload or a place would do to its dataset; an upload is kept."""
    dataset, members, options = _wanted(claim)
    report = preview_items(
        dataset=dataset, members=members, progress=claim.progress, options=options
    )
    return report.as_json()


def _wanted(claim: Claim) -> tuple[Dataset, Iterator[Member], ImportOptions]:
    dataset = Dataset.objects.filter(pk=claim.payload["dataset"]).first()
    if dataset is None:
        raise Invalid("The dataset was deleted before its upload was read.", code="dataset_gone")
    options = ImportOptions(**claim.payload.get("options", {}))
    if (place := claim.payload.get("place")) is not None:
        return dataset, members_of(find_place(**place), dataset), options
    folder = upload_folder(claim.payload["upload"])
    if not folder.is_dir():
        raise UploadGone("The upload is gone; send the files again.")
    return dataset, from_spool(folder), options


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
    storage.originals().delete_unused(originals, originals_in_use)
    forget_tiles(originals - originals_in_use(originals))
    shown = {name for item in items for name in item.renditions.values()}
    storage.renditions().delete_unused(shown, lambda names: RenditionsInUse().among(names))


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
    jobs = Job.objects.filter(state__in=Job.UNFINISHED, payload__has_key="upload")
    awaited = set(jobs.values_list("payload__upload", flat=True))
    old = [
        folder
        for folder in Path(settings.UPLOADS_DIR).iterdir()
        if folder.name not in awaited and folder.stat().st_mtime < limit
    ]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True) if folder.is_dir() else folder.unlink()
    return len(old)
