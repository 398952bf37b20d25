"""Takedown, the rows' part: a batch of items goes with all that hangs on it, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, Q

from annotations.models import Dataset, Item, ItemTag, KnownLabel, Tag, Takedown, TakenDown, Task

BATCH = 200  # items removed in one transaction
AT_ONCE = 500  # ids named in one statement


Value = TypeVar("Value", int, str)


def chunks(ids: Sequence[Value], size: int = AT_ONCE) -> Iterator[Sequence[Value]]:
    """Yield stretches of ids, or of hashes, that fit into one statement."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


@transaction.atomic
def remove_batch(takedown: Takedown, ids: Iterable[int], hold: Callable[[], None]) -> None:
    """Remove items and their tasks with everything on them; keep their hashes, and what to erase.

    Deleting the tasks takes seats, votes, drafts, notes, reviews, gold, proposals and predictions
    along, of every app: whatever hangs on a task or an item goes by its foreign key.
    """
    hold()
    # Whoever answers or refits locks tasks before seats, and so does this.
    about = Q(item__in=ids) | Q(other_item__in=ids)
    tasks = list(
        Task.objects.select_for_update(of=("self",))
        .filter(about)
        .order_by("pk")
        .only("pk", "item_id", "other_item_id", "votes", "project_id")
    )
    items = list(Item.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    _note(takedown, items, tasks)
    _untag(items)
    Task.objects.filter(pk__in=[task.pk for task in tasks]).delete()
    Item.objects.filter(pk__in=[item.pk for item in items]).delete()
    for dataset, count in Counter(item.dataset_id for item in items).items():
        Dataset.objects.filter(pk=dataset).update(
            item_count=F("item_count") - count, taken_down=F("taken_down") + count
        )
    Takedown.objects.filter(pk=takedown.pk).update(
        removed=F("removed") + len(items), votes=F("votes") + sum(task.votes for task in tasks)
    )


def _note(takedown: Takedown, items: list[Item], tasks: list[Task]) -> None:
    known = KnownLabel.objects.filter(item__in=[item.pk for item in items])
    label_of = dict(known.values_list("item_id", "value"))
    tasks_of: dict[int, list[int]] = {}
    for task in tasks:
        for item in (task.item_id, task.other_item_id):
            if item is not None:
                tasks_of.setdefault(item, []).append(task.pk)
    TakenDown.objects.bulk_create(
        TakenDown(
            takedown=takedown,
            dataset_id=item.dataset_id,
            everywhere=takedown.everywhere,
            sha256=item.sha256,
            item=item.pk,
            tasks=tasks_of.get(item.pk, []),
            traces=_traces(item, label_of.get(item.pk, "")),
        )
        for item in items
    )


def _traces(item: Item, label: str) -> dict[str, Any]:
    return {
        "files": sorted(set(item.renditions.values())),
        "names": sorted({item.filename, item.path} - {""}),
        "group": item.group,
        "label": label,
    }


def _untag(items: list[Item]) -> None:
    uses = ItemTag.objects.filter(item__in=[item.pk for item in items])
    for tag, count in Counter(uses.values_list("tag_id", flat=True)).items():
        Tag.objects.filter(pk=tag).update(item_count=F("item_count") - count)
