"""Settled labels -> snapshot: the frozen list a training run is pinned to, as rows and a folder."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q, Sum

from active_learning.actions.folders import place_folder, write_durably
from active_learning.actions.shared_folders import folder_at_hand, share_folder
from active_learning.models import Snapshot, TrainingRun
from annotations.models import Project, Task
from labelhub import storage
from labelhub.errors import Invalid, NotFound

VALIDATION_SHARE = 0.15
# Below this many labels each one is worth more in training than in a validation curve.
VALIDATION_FROM = 60
# Unlabelled pictures that help to find features; the same ones until they are labelled.
POOL_SAMPLE = 2_000
SMALLEST_MASS = 1e-4
HELD_OUT = ("holdout", "critical")
ACTIVE, RANDOM = TrainingRun.Arm.ACTIVE, TrainingRun.Arm.RANDOM


class NotEnoughLabels(Invalid):
    """There is nothing to learn from yet; more answers change that."""

    code = "not_enough_labels"


@dataclass(frozen=True)
class FrozenItem:
    """One item as the run will see it; `weight` is the consensus' confidence in the target."""

    id: int
    sha256: str
    role: str
    target: dict[str, float] | None = None
    weight: float = 1.0
    group: str | None = None
    votes: int = 0
    text: str | None = None

    def line(self) -> dict[str, Any]:
        """Return the item as the learning package reads it."""
        plain = self.canonical() | {"file": picture_path(self.sha256)}
        del plain["votes"]
        return plain

    def canonical(self) -> dict[str, Any]:
        """Return what the content hash covers: not where the picture lies."""
        facts = dict(vars(self))
        if self.text is None:
            del facts["text"]  # items of classes have none, and keep the hash they had
        return facts


def picture_path(sha256: str) -> str:
    """Return where a picture lies, from the data folder: that is where learning processes start.

    A data folder that was moved, or restored elsewhere, keeps its snapshots usable.
    """
    return str(_pictures_from_data_folder(settings.FILES_DIR, settings.DATA_DIR).path(sha256))


@lru_cache(maxsize=8)
def _pictures_from_data_folder(files: Path, data: Path) -> storage.FolderFiles:
    return storage.FolderFiles(Path(os.path.relpath(files, data)))


def freeze_snapshot(*, project: Project, arm: str) -> Snapshot:
    """Freeze what is settled now; equal labels give the snapshot that is there already.

    For the active arm, items drawn at random are the holdout and never trained on, nor are those
    pinned as critical; one with too few votes to measure by waits outside, one that people dispute
    counts with the label that leads. For the random
    arm (the control), they are all that is trained on. Raises NotEnoughLabels below two classes.
    """
    classes = [] if reads_text(project) else class_names(project)
    labelled = labelled_items(project=project, arm=arm, classes=classes)
    train = [item for item in labelled if item.role not in HELD_OUT]
    if not reads_text(project):
        _refuse_single_class(train)
    elif not train:
        raise NotEnoughLabels("Training needs settled texts of one line; so far there is none.")
    items = labelled + pool_sample(project=project)
    head = {"task_type": project.task_type, "arm": str(arm), "classes": classes}
    digest = content_hash(head, items)
    _materialise(digest, head, items)
    snapshot, _ = Snapshot.objects.get_or_create(
        project=project,
        sha256=digest,
        defaults={
            "arm": arm,
            "items": len(labelled),
            "labelled": len(train),
            "votes": votes_spent(project=project, arm=arm),
            "classes": classes,
        },
    )
    return snapshot


def reads_text(project: Project) -> bool:
    """Whether the project's answers are texts rather than classes."""
    return project.task_type == "transcription"


def class_names(project: Project) -> list[str]:
    """Return the label names of the current schema in their fixed order, retired ones too."""
    return project.schema.label_names if project.schema else []


def votes_spent(*, project: Project, arm: str) -> int:
    """Return how many votes an arm has cost so far, those on unsettled tasks included."""
    total = Task.objects.filter(project=project, arm=arm).aggregate(total=Sum("votes"))["total"]
    return int(total or 0)


def labelled_items(*, project: Project, arm: str, classes: Sequence[str]) -> list[FrozenItem]:
    """Read the settled tasks in one query (so of one moment) and give each its role."""
    # What people dispute is the hard part of the sample: without it figures would flatter.
    measured = Q(status=Task.Status.SETTLED) | Q(status=Task.Status.DISPUTED, arm=RANDOM)
    settled = Task.objects.filter(measured, project=project)
    if not reads_text(project):
        settled = settled.filter(label__in=classes)
    if arm == RANDOM:
        settled = settled.filter(arm=RANDOM)
    fields = ("label", "distribution", "confidence", "votes", "arm", "answer")
    rows = settled.order_by("item_id").values(*fields, "item_id", "item__sha256", "item__group")
    if arm == RANDOM:
        return [_frozen(row, "train") for row in rows.iterator(chunk_size=5_000)]
    # Measured by: only what enough labelers have seen.
    rows = rows.exclude(arm=RANDOM, votes__lt=project.held_out_votes)
    pinned = pinned_items(project)
    freeze = _frozen_text if reads_text(project) else _frozen
    items = [freeze(row, _role(row, pinned)) for row in rows.iterator(chunk_size=5_000)]
    return with_validation([item for item in items if item is not None])


def pinned_items(project: Project) -> set[int]:
    """Return the ids of the items that are pinned as critical."""
    return set(project.critical_tasks.values_list("task__item_id", flat=True))


def _role(row: dict[str, Any], pinned: set[int]) -> str:
    if row["arm"] == RANDOM:
        return "holdout"
    return "critical" if row["item_id"] in pinned else "train"


def _frozen(row: dict[str, Any], role: str) -> FrozenItem:
    return FrozenItem(
        id=row["item_id"],
        sha256=row["item__sha256"],
        role=role,
        target=soft_target(row["label"], row["distribution"]),
        weight=1.0 if row["confidence"] is None else round(row["confidence"], 4),
        group=row["item__group"] or None,
        votes=row["votes"],
    )


def _frozen_text(row: dict[str, Any], role: str) -> FrozenItem | None:
    """Freeze one line with its text; None where nobody could read it, or it has several lines."""
    text = str((row["answer"] or {}).get("text", "")).strip()
    if not text or "\n" in text:
        return None
    return replace(_frozen(row, role), target=None, text=text)


def soft_target(label: str, distribution: dict[str, float] | None) -> dict[str, float]:
    """Return the consensus distribution without its dust, or all mass on the label."""
    masses = {name: round(float(mass), 4) for name, mass in (distribution or {}).items()}
    kept = {name: masses[name] for name in sorted(masses) if masses[name] >= SMALLEST_MASS}
    return kept if label in kept else {label: 1.0}


def pool_sample(*, project: Project) -> list[FrozenItem]:
    """Return unlabelled items of the active arm, those with the smallest hashes."""
    waiting = Task.objects.filter(project=project, arm=ACTIVE, aside=False).exclude(
        status=Task.Status.SETTLED
    )
    rows = waiting.order_by("item__sha256").values_list("item_id", "item__sha256", "item__group")
    return [
        FrozenItem(id=pk, sha256=sha256, role="pool", group=group or None)
        for pk, sha256, group in rows[:POOL_SAMPLE]
    ]


def with_validation(items: list[FrozenItem]) -> list[FrozenItem]:
    """Move about 15 % of the training items to validation, whole groups where groups exist.

    The choice follows hashes, so an item stays on its side while others come.
    """
    sizes = Counter(_unit(item) for item in items if item.role == "train")
    if sizes.total() < VALIDATION_FROM:
        return items
    chosen = _validation_units(sizes)
    return [
        replace(item, role="validation") if item.role == "train" and _unit(item) in chosen else item
        for item in items
    ]


def _unit(item: FrozenItem) -> str:
    """What must not be torn apart: the item's group, or the item itself."""
    return f"group {item.group}" if item.group else item.sha256


def _validation_units(sizes: Counter[str]) -> set[str]:
    wanted = VALIDATION_SHARE * sizes.total()
    drawn = {unit for unit in sizes if _draw(unit) < VALIDATION_SHARE}
    if wanted / 2 <= sum(sizes[unit] for unit in drawn) <= 2 * wanted:
        return drawn
    # A few large groups: take them in a fixed order until it is enough.
    chosen: set[str] = set()
    count = 0
    for unit in sorted(sizes, key=_draw):
        if count + sizes[unit] <= 2 * wanted:  # a group larger than that stays in training
            chosen.add(unit)
            count += sizes[unit]
        if count >= wanted:
            break
    return chosen


def _draw(unit: str) -> float:
    """Return a number in [0, 1) that is always the same for a name."""
    return int.from_bytes(hashlib.sha256(unit.encode()).digest()[:6], "big") / 2**48


def _refuse_single_class(train: Sequence[FrozenItem]) -> None:
    labels = {max(item.target, key=item.target.__getitem__) for item in train if item.target}
    if len(labels) < 2:
        raise NotEnoughLabels(
            "Training needs settled labels of at least two classes; so far there are "
            f"{len(train)} labels of {len(labels)} {'class' if len(labels) == 1 else 'classes'}."
        )


def content_hash(head: dict[str, Any], items: Iterable[FrozenItem]) -> str:
    """Return the SHA-256 of the canonical list: what was labelled how, not where it lies."""
    digest = hashlib.sha256(_canonical(head))
    for item in items:
        digest.update(_canonical(item.canonical()))
    return digest.hexdigest()


def _canonical(value: dict[str, Any]) -> bytes:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode() + b"\n"


def snapshot_folder(digest: str) -> Path:
    """Return where a snapshot lies, or would lie."""
    return Path(settings.SNAPSHOTS_DIR) / digest


def snapshot_at_hand(digest: str) -> Path:
    """Return where a snapshot lies, fetched if another machine froze it; NotFound if it is gone."""
    folder = folder_at_hand(snapshot_folder(digest))
    if folder is None:
        raise NotFound(f"The snapshot {digest} is gone.", code="snapshot_missing")
    return folder


def _materialise(digest: str, head: dict[str, Any], items: Iterable[FrozenItem]) -> None:
    """Write the folder aside and rename it into place; keep one that is there already."""

    def fill(folder: Path) -> None:
        lines = (json.dumps(item.line(), ensure_ascii=False) + "\n" for item in items)
        write_durably(folder / "items.jsonl", "".join(lines))
        manifest = head | {"snapshot": digest, "seed": 0}
        write_durably(folder / "manifest.json", json.dumps(manifest, ensure_ascii=False))

    place_folder(snapshot_folder(digest), fill)
    share_folder(snapshot_folder(digest))
