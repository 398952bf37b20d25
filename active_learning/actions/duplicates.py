"""Duplicates: search a dataset for pictures that are there more than once, in the background."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from active_learning.actions.child import Event
from active_learning.actions.columns import Columns, Found, found_by
from active_learning.actions.features import features_at_hand, importing, write_lines
from active_learning.models import DuplicateGroup, DuplicateMember, DuplicateReport
from annotations.models import Dataset, Item
from labelhub.accounts.models import User
from labelhub.errors import Invalid
from labelhub.jobs.claim import Claim
from labelhub.jobs.models import Job
from labelhub.jobs.queue import enqueue

FIND = "active_learning.learning.find_duplicates"
KIND = "find_duplicates"
FEWEST = 2
# A dataset that grows picture by picture is not searched for each of them.
REST_SECONDS, REST_SHARE = 30.0, 10.0
BATCH = 1_000
State = DuplicateGroup.State


@dataclass(frozen=True)
class Member:
    """An item that was found: how far it is from its nearest copy, and whose pixels it shares."""

    item: int
    apart: float
    pixels: int


# ------------------------------------------------------------------------------ what is due


def check_duplicates() -> None:
    """Put in line the search of datasets whose features are complete and that were not searched."""
    for dataset in _grown():
        if not importing(dataset) and not _failed(dataset) and not _rests(dataset):
            search_soon(dataset)


def _grown() -> QuerySet[Dataset]:
    complete = Dataset.objects.filter(item_count__gte=FEWEST, features__items__gte=F("item_count"))
    searched = DuplicateReport.objects.filter(last_item__gte=F("dataset__features__last_item"))
    return complete.exclude(pk__in=searched.values("pk"))


def _failed(dataset: Dataset) -> bool:
    """Whether it was searched in vain: a person may still press the button."""
    last = Job.objects.filter(dedupe_key=search_key(dataset.pk)).order_by("pk").last()
    return last is not None and last.state in (Job.State.FAILED, Job.State.CANCELLED)


def _rests(dataset: Dataset) -> bool:
    report = DuplicateReport.objects.filter(pk=dataset.pk).first()
    if report is None:
        return False
    pause = max(REST_SECONDS, REST_SHARE * report.cpu_seconds)
    return timezone.now() < report.made_at + timedelta(seconds=pause)


def search_soon(dataset: Dataset, by: User | None = None) -> Job:
    """Have a dataset searched."""
    return enqueue(
        KIND,
        payload={"dataset": dataset.pk},
        queue=Job.Queue.TRAIN,
        dedupe_key=search_key(dataset.pk),
        created_by=by,
    )


def request_search(*, dataset: Dataset, by: User) -> Job:
    """Do so because a person asks for it; raises Invalid for a dataset with nothing to compare."""
    if dataset.item_count < FEWEST:
        raise Invalid("A dataset needs two images to hold a duplicate.", code="too_few_items")
    return search_soon(dataset, by)


def search_key(dataset_id: int) -> str:
    """Return the key by which searches of one dataset coalesce."""
    return f"{KIND}:{dataset_id}"


# ------------------------------------------------------------------------------ the search


def find_duplicates(*, dataset: Dataset, claim: Claim | None = None) -> DuplicateReport:
    """Search all pictures of a dataset, keep the groups, and what was searched.

    Groups that a person decided about stay as they are. One that is found again as it was keeps its
    number, so that a page that shows it can still decide about it.
    """
    last = dataset.items.aggregate(last=Max("pk"))["last"] or 0
    found = _search(dataset, claim)
    groups = list(_groups(found.columns))
    with transaction.atomic():
        if claim is not None:
            claim.hold()
        before = _open_groups(dataset)
        _replace_open(dataset, before, _undecided(dataset, groups))
        report, _ = DuplicateReport.objects.update_or_create(
            dataset=dataset,
            defaults={
                "items": found.facts.get("items", 0),
                "skipped": found.facts.get("skipped", 0),
                "bound": found.facts.get("bound", 0.0),
                "last_item": last,
                "cpu_seconds": found.cpu_seconds,
            },
        )
    return report


def _search(dataset: Dataset, claim: Claim | None) -> Found:
    """Search in a child process; a person who looks at the job sees how far it is."""

    def tell(batch: list[Event]) -> None:
        steps = [event for event in batch if event["event"] == "epoch" and event.get("steps")]
        if steps and claim is not None:
            claim.progress(steps[-1]["step"] / steps[-1]["steps"], "Comparing pictures")

    with tempfile.TemporaryDirectory(prefix="duplicates-") as scratch:
        items = dataset.items.only("pk", "sha256").order_by("pk").iterator(chunk_size=10_000)
        wanted = write_lines(Path(scratch) / "items.jsonl", items)
        out = Path(scratch) / "found.npz"
        store = ["--feature-store", str(features_at_hand(dataset.pk))]
        return found_by(FIND, [str(wanted), str(out), *store], out, claim, tell)


def _groups(found: Columns) -> Iterator[list[Member]]:
    by_group: dict[int, list[Member]] = {}
    columns = (found[name].tolist() for name in ("ids", "group", "apart", "pixels"))
    for item, group, apart, pixels in zip(*columns, strict=True):
        by_group.setdefault(group, []).append(Member(item, max(0.0, apart), pixels))
    yield from by_group.values()


def _undecided(dataset: Dataset, groups: list[list[Member]]) -> list[list[Member]]:
    """Leave out what people decided: copies that another one stands for, pictures that differ."""
    members = DuplicateMember.objects.filter(group__dataset=dataset)
    kept = members.filter(group__state=State.KEPT).exclude(item=F("group__keep"))
    gone = set(kept.values_list("item_id", flat=True))
    told: dict[int, set[int]] = {}
    different = members.filter(group__state=State.DISTINCT)
    for group, item in different.values_list("group_id", "item_id"):
        told.setdefault(group, set()).add(item)
    left = [[one for one in group if one.item not in gone] for group in groups]
    return [
        group
        for group in left
        if len(group) > 1
        and not any({one.item for one in group} <= items for items in told.values())
    ]


def _open_groups(dataset: Dataset) -> dict[frozenset[int], DuplicateGroup]:
    """The groups that wait for a decision, by their items; nobody decides until they are kept."""
    rows = DuplicateGroup.objects.filter(dataset=dataset, state=State.OPEN).select_for_update()
    groups = {row.pk: row for row in rows.order_by("pk")}
    items: dict[int, set[int]] = {pk: set() for pk in groups}
    members = DuplicateMember.objects.filter(group__dataset=dataset, group__state=State.OPEN)
    for group, item in members.values_list("group_id", "item_id"):
        items.get(group, set()).add(item)
    return {frozenset(items[pk]): row for pk, row in groups.items()}


def _replace_open(
    dataset: Dataset,
    before: dict[frozenset[int], DuplicateGroup],
    groups: list[list[Member]],
) -> None:
    wanted = [one.item for group in groups for one in group]
    rows: dict[int, Item] = {}
    for start in range(0, len(wanted), BATCH):
        some = Item.objects.filter(dataset=dataset, pk__in=wanted[start : start + BATCH])
        rows |= some.only("pk", "width", "height", "byte_size").in_bulk()
    # Items may have been deleted since they were listed.
    there = [[one for one in group if one.item in rows] for group in groups]
    kept = [sorted(group, key=_worth(rows)) for group in there if len(group) > 1]
    told = [
        before.get(frozenset(one.item for one in group), DuplicateGroup(dataset=dataset))
        for group in kept
    ]
    for row, group in zip(told, kept, strict=True):
        row.kind, row.size = _kind(group), len(group)
        row.apart = max(one.apart for one in group)
    again = [row for row in told if row.pk is not None]
    DuplicateGroup.objects.bulk_update(again, ["kind", "size", "apart"], batch_size=BATCH)
    gone = {row.pk for row in before.values()} - {row.pk for row in again}
    _delete(DuplicateGroup.objects.all(), "pk__in", gone)
    _delete(DuplicateMember.objects.all(), "group__in", {row.pk for row in again})
    new = [row for row in told if row.pk is None]
    DuplicateGroup.objects.bulk_create(new, batch_size=BATCH)
    DuplicateMember.objects.bulk_create(
        (
            DuplicateMember(
                group=row, item_id=one.item, place=place, apart=one.apart, pixels=one.pixels
            )
            for row, group in zip(told, kept, strict=True)
            for place, one in enumerate(group)
        ),
        batch_size=BATCH,
    )


def _delete(rows: QuerySet[Any], name: str, keys: Iterable[int]) -> None:
    """Delete the rows of these keys."""
    wanted = sorted(keys)
    for start in range(0, len(wanted), BATCH):
        rows.filter(**{name: wanted[start : start + BATCH]}).delete()


def _worth(rows: dict[int, Item]) -> Any:
    """Order members: the one with most pixels first, then most bytes, then the earliest."""

    def key(one: Member) -> tuple[int, int, int]:
        item = rows[one.item]
        return (-item.width * item.height, -item.byte_size, item.pk)

    return key


def _kind(group: list[Member]) -> str:
    numbers = {one.pixels for one in group}
    same = len(numbers) == 1 and numbers != {-1}
    return DuplicateGroup.Kind.PIXELS if same else DuplicateGroup.Kind.NEAR
