"""Features: what pictures look like, computed at import, before anybody has answered anything.

Edge features come at once and order the queue by typicality. An encoder is then trained on the
pictures alone, in the background; models, the order and the search for foreign pictures use it.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from active_learning.actions.child import Child, Event, LearningFailed
from active_learning.actions.publish import DESCRIPTION, artifact_folder, keep_artifact, score_soon
from active_learning.actions.shared_features import exchange_features
from active_learning.actions.shared_folders import folder_at_hand, folder_exists
from active_learning.actions.snapshot import picture_path
from active_learning.models import DatasetFeatures
from annotations.models import Dataset, Item, Project
from labelhub.jobs.claim import Claim, JobCancelled
from labelhub.jobs.models import Job
from labelhub.jobs.queue import enqueue

EMBED = "active_learning.learning.embed"
PRETRAIN = "active_learning.learning.pretrain"
TOO_FEW = "cannot_train"  # what `pretrain` says where too few pictures can be read
CHUNK = 20_000  # pictures per child process: what is done is kept when the worker dies
KIND_SAMPLE = 200  # pictures that say whether a dataset is ink or photographs
FEWEST = 300  # pictures from which features can be learned that beat edges
GROWTH = 1.5  # of the pictures, until the encoder is trained anew
ENOUGH = 20_000  # pictures; the encoder looks at no more, so growth changes little
YIELD_PAUSE = timedelta(seconds=5)


def features_folder(dataset_id: int) -> Path:
    """Return where the feature vectors of a dataset are kept."""
    return Path(settings.FEATURES_DIR) / str(dataset_id)


def features_at_hand(dataset_id: int) -> Path:
    """Return the same, with what other machines have computed; what is new here goes to them."""
    exchange_features(features_folder(dataset_id), f"features/{dataset_id}")
    return features_folder(dataset_id)


def encoder_of(dataset_id: int) -> str:
    """Return the name of a dataset's encoder, empty while there is none."""
    name = DatasetFeatures.objects.filter(dataset=dataset_id).values_list("encoder", flat=True)
    return next((found for found in name if encoder_exists(found)), "")


def encoder_exists(name: str) -> bool:
    """Whether there is an encoder of this name, here or on another machine."""
    return bool(name) and folder_exists(artifact_folder(name))


def encoder_folder(name: str) -> Path | None:
    """Return where an encoder of this name lies, fetched if need be; None where there is none."""
    folder = folder_at_hand(artifact_folder(name)) if name else None
    return folder if folder and (folder / DESCRIPTION).is_file() else None


# ------------------------------------------------------------------------------ what is due


def check_features() -> None:
    """Put in line what is missing: edge features of new pictures, encoders of grown datasets."""
    for dataset in _behind():
        if not importing(dataset):
            _enqueue("compute_features", dataset, Job.Queue.SCORE)
    for dataset in _outgrown():
        if not importing(dataset) and not _failed(dataset):
            _enqueue("pretrain_encoder", dataset, Job.Queue.TRAIN)


def _behind() -> QuerySet[Dataset]:
    fewer = Q(features=None) | Q(features__items__lt=F("item_count"))
    return Dataset.objects.filter(fewer, item_count__gt=0)


def _outgrown() -> QuerySet[Dataset]:
    """Datasets whose edge features are complete and whose encoder is missing or too old."""
    complete = Dataset.objects.filter(features__items__gte=F("item_count"))
    readable = Q(item_count__gte=FEWEST + F("features__unreadable"))
    grown = Q(item_count__gte=GROWTH * F("features__pretrained_on"))
    return complete.filter(readable, grown, features__pretrained_on__lt=ENOUGH)


def importing(dataset: Dataset) -> bool:
    jobs = Job.objects.filter(kind="import_items", state__in=Job.UNFINISHED)
    return jobs.filter(payload__dataset=dataset.pk).exists()


def _failed(dataset: Dataset) -> bool:
    """Whether the same pictures were tried in vain: a person may still press `retry`."""
    last = Job.objects.filter(dedupe_key=_key("pretrain_encoder", dataset)).order_by("pk").last()
    return last is not None and last.state in (Job.State.FAILED, Job.State.CANCELLED)


def _enqueue(kind: str, dataset: Dataset, queue: str, delay: timedelta | None = None) -> Job:
    payload = {"dataset": dataset.pk}
    key = _key(kind, dataset)
    return enqueue(kind, payload=payload, queue=queue, dedupe_key=key, run_after=delay)


def _key(kind: str, dataset: Dataset) -> str:
    return f"{kind}:{dataset.pk}"


# ------------------------------------------------------------------------------ edge features


def compute_features(*, dataset: Dataset, claim: Claim | None = None) -> int:
    """Compute the edge features of all pictures that have none; returns of how many.

    Chunk by chunk, each in a child process: a second run goes on where the first one ended.
    Projects without a model are then ordered by them.
    """
    row, _ = DatasetFeatures.objects.get_or_create(dataset=dataset)
    done = 0
    while items := list(_items(dataset).filter(pk__gt=row.last_item).order_by("pk")[:CHUNK]):
        done += len(items)
        embedded = _embed(dataset, items, claim, done=row.items)
        row.items, row.last_item = row.items + len(items), items[-1].pk
        row.unreadable += embedded.unreadable
        _save(row, claim, "items", "last_item", "unreadable", "cpu_seconds")
    _recount(row)
    for project in _waiting_for_order(dataset):
        score_soon(project.pk)
    return done


def _items(dataset: Dataset) -> QuerySet[Item]:
    return Item.objects.filter(dataset=dataset).only("pk", "sha256")


@dataclass(frozen=True)
class Embedded:
    """What it took to compute the features of some pictures, and how many have none."""

    cpu_seconds: float
    unreadable: int


def _embed(
    dataset: Dataset, items: list[Item], claim: Claim | None, *, done: int = 0, encoder: str = ""
) -> Embedded:
    with tempfile.TemporaryDirectory(prefix="features-") as scratch:
        wanted = write_lines(Path(scratch) / "items.jsonl", items)
        store = ["--feature-store", str(features_at_hand(dataset.pk))]
        if encoder:
            how = ["--encoder", str(artifact_folder(encoder))]
        else:
            sample = _items(dataset).order_by("sha256")[:KIND_SAMPLE]
            how = ["--like", str(write_lines(Path(scratch) / "like.jsonl", sample))]
        unreadable = 0
        with Child(EMBED, [str(wanted), *store, *how]) as child:
            for batch in child.events():
                _report(claim, batch, "Looking at pictures", done, dataset.item_count)
                unreadable += sum(one["skipped"] for one in batch if one["event"] == "done")
            ended = child.wait()
    ended.raise_for_status()
    features_at_hand(dataset.pk)
    return Embedded(ended.cpu_seconds, unreadable)


def write_lines(path: Path, items: Iterable[Item]) -> Path:
    """Write items as the learning package reads them; returns the path."""
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(_lines(items))
    return path


def _lines(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        line = {"id": item.pk, "sha256": item.sha256, "file": picture_path(item.sha256)}
        yield json.dumps(line) + "\n"


def _report(
    claim: Claim | None, batch: list[Event], words: str, done: int = 0, total: int | None = None
) -> None:
    if claim is None:
        return
    claim.check()
    steps = [event for event in batch if event["event"] == "epoch" and event.get("steps")]
    if steps:
        count = total or steps[-1]["steps"]
        claim.progress((done + steps[-1]["step"]) / max(count, 1), words)


def _save(row: DatasetFeatures, claim: Claim | None, *names: str) -> None:
    with transaction.atomic():
        if claim is not None:
            claim.hold()
        row.save(update_fields=[*names, "updated_at"])
    if claim is not None:
        claim.checkpoint()


def _recount(row: DatasetFeatures) -> None:
    """Take what is there for what there is, after deletions and late rows."""
    items = Item.objects.filter(dataset=row.dataset_id, pk__lte=row.last_item).count()
    DatasetFeatures.objects.filter(pk=row.pk).update(items=items)


def _waiting_for_order(dataset: Dataset) -> QuerySet[Project]:
    active = Project.objects.filter(dataset=dataset, state=Project.State.ACTIVE)
    return active.exclude(model_versions__serving=True)


# ------------------------------------------------------------------------------ the encoder


def pretrain_encoder(*, dataset: Dataset, claim: Claim) -> dict[str, Any]:
    """Train the encoder of a dataset on its pictures alone, and embed them all.

    A training that people wait for goes first: then this one keeps a checkpoint and asks to be
    gone on with later.
    """
    row = DatasetFeatures.objects.get(dataset=dataset)
    work = work_folder(dataset)
    work.mkdir(parents=True, exist_ok=True)
    seen = dataset.item_count
    if not (work / "encoder" / DESCRIPTION).is_file():
        try:
            finished = _train_encoder(dataset, row, work, claim)
        except LearningFailed as error:
            if error.code != TOO_FEW:
                raise
            return _without_encoder(row, seen, claim, error.detail)
        if not finished:
            _enqueue("pretrain_encoder", dataset, Job.Queue.TRAIN, YIELD_PAUSE)
            return {"encoder": None, "reason": "A training run goes first."}
    artifact = keep_artifact(work / "encoder")
    row.cpu_seconds += _embed_all(dataset, artifact.sha256, claim)
    row.encoder, row.pretrained_on = artifact.sha256, seen
    _save(row, claim, "encoder", "pretrained_on", "cpu_seconds")
    shutil.rmtree(work, ignore_errors=True)
    for project in Project.objects.filter(dataset=dataset, state=Project.State.ACTIVE):
        score_soon(project.pk)
    return {"encoder": artifact.sha256, "pictures": artifact.description["config"]["pictures"]}


def _without_encoder(row: DatasetFeatures, seen: int, claim: Claim, reason: str) -> dict[str, Any]:
    """Do without an encoder until there are many more pictures: these were tried.

    The edge features serve alone, which is no failure that a person could mend by trying again.
    """
    row.pretrained_on = seen
    _save(row, claim, "pretrained_on", "cpu_seconds")
    return {"encoder": None, "reason": f"{reason[:1].upper()}{reason[1:]}."}


def work_folder(dataset: Dataset) -> Path:
    """Return where the checkpoints of a dataset's encoder are."""
    return Path(settings.MODELS_DIR) / ".work" / f"encoder-{dataset.pk}"


def _train_encoder(dataset: Dataset, row: DatasetFeatures, work: Path, claim: Claim) -> bool:
    """Train in a child process; False when it was stopped to let a training run go first."""
    with tempfile.TemporaryDirectory(prefix="pretrain-") as scratch:
        items = _items(dataset).order_by("sha256")[:ENOUGH]
        wanted = write_lines(Path(scratch) / "items.jsonl", items)
        options: dict[str, object] = {
            "--budget-cpu": settings.PRETRAIN_CPU_SECONDS,
            "--feature-store": features_at_hand(dataset.pk),
            "--checkpoint-dir": work / "checkpoints",
        }
        places = [str(wanted), str(work / "encoder")]
        words = [str(word) for pair in options.items() for word in pair]
        with Child(PRETRAIN, places + words) as child:
            try:
                for batch in child.events():
                    _report(claim, batch, "Learning features")
                    if _training_waits():
                        child.stop()
                        return False
            except JobCancelled:
                child.stop()
                raise
            ended = child.wait()
    row.cpu_seconds += ended.cpu_seconds
    ended.raise_for_status()
    return True


def _training_waits() -> bool:
    return Job.objects.due().filter(kind="train_model", state=Job.State.PENDING).exists()


def _embed_all(dataset: Dataset, encoder: str, claim: Claim) -> float:
    last, spent = 0, 0.0
    while items := list(_items(dataset).filter(pk__gt=last).order_by("pk")[:CHUNK]):
        spent += _embed(dataset, items, claim, encoder=encoder).cpu_seconds
        last = items[-1].pk
    return spent
