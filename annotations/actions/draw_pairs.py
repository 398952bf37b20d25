"""Draw pairs: two items of one group, or of two groups, at random and none twice."""

from __future__ import annotations

import random
from bisect import bisect
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, combinations

from annotations.actions.paired_items import PairedItem
from annotations.models import Item, Project, Task

Pair = tuple[PairedItem, PairedItem]
Key = tuple[int, int]
LISTED = (
    50_000  # so few pairs are listed and drawn from; of more, some are tried until they are new
)
TRIES = 20  # for each pair that is wanted


def draw_pairs(*, project: Project, same: int, different: int) -> list[Pair]:
    """Return up to so many new pairs of items of one group, and of two; fewer where none is left.

    Every pair is as likely as any other of its kind. Items without a group are in no pair.
    """
    groups = _groups(project)
    taken = _taken(project)
    rng = random.Random(f"{project.pk}:{len(taken)}")
    return [
        *_sample(_Same(groups), same, taken, rng),
        *_sample(_Different(groups), different, taken, rng),
    ]


def _groups(project: Project) -> list[list[PairedItem]]:
    items = Item.objects.filter(dataset=project.dataset_id).exclude(group="")
    if project.splits:
        items = items.filter(split__in=project.splits)
    groups: dict[str, list[PairedItem]] = defaultdict(list)
    for row in items.order_by("pk").values_list(*PairedItem._fields).iterator(2_000):
        item = PairedItem(*row)
        groups[item.group].append(item)
    return list(groups.values())


def _taken(project: Project) -> set[Key]:
    pairs = Task.objects.filter(project=project).values_list("item_id", "other_item_id")
    return {(min(pair), max(pair)) for pair in pairs.iterator(5_000)}


class _Same:
    """Pairs within a group."""

    def __init__(self, groups: Sequence[Sequence[PairedItem]]) -> None:
        self._groups = [group for group in groups if len(group) > 1]
        sizes = (len(group) * (len(group) - 1) // 2 for group in self._groups)
        self._ends = list(accumulate(sizes))
        self.count = self._ends[-1] if self._ends else 0

    def all(self) -> Iterator[Pair]:
        for group in self._groups:
            yield from combinations(group, 2)

    def one(self, rng: random.Random) -> Pair:
        group = self._groups[bisect(self._ends, rng.randrange(self.count))]
        first, second = rng.sample(group, 2)
        return first, second


class _Different:
    """Pairs of two groups."""

    def __init__(self, groups: Sequence[Sequence[PairedItem]]) -> None:
        self._groups = groups
        self._items = [item for group in groups for item in group]
        self._starts = list(accumulate((len(group) for group in groups), initial=0))
        outside = (len(group) * (len(self._items) - len(group)) for group in groups)
        self._ends = list(accumulate(outside))  # each pair counts from both its groups
        self.count = self._ends[-1] // 2 if self._ends else 0

    def all(self) -> Iterator[Pair]:
        pairs = combinations(self._items, 2)
        return (pair for pair in pairs if pair[0].group != pair[1].group)

    def one(self, rng: random.Random) -> Pair:
        number = bisect(self._ends, rng.randrange(2 * self.count))
        group, start = self._groups[number], self._starts[number]
        other = rng.randrange(len(self._items) - len(group))
        # The group's own items lie side by side, and are stepped over.
        return rng.choice(group), self._items[other if other < start else other + len(group)]


def _sample(
    kind: _Same | _Different, wanted: int, taken: set[Key], rng: random.Random
) -> Iterator[Pair]:
    """Yield new pairs of a kind, none twice."""
    if wanted <= 0 or kind.count <= 0:
        return
    draws = _listed(kind, taken, rng) if kind.count <= LISTED else _tried(kind.one, wanted, rng)
    for first, second in draws:
        key = (min(first.pk, second.pk), max(first.pk, second.pk))
        if key not in taken:
            taken.add(key)
            yield first, second
            wanted -= 1
            if not wanted:
                return


def _listed(kind: _Same | _Different, taken: set[Key], rng: random.Random) -> Iterator[Pair]:
    pairs = list(kind.all())
    rng.shuffle(pairs)
    return iter(pairs)


def _tried(one: Callable[[random.Random], Pair], wanted: int, rng: random.Random) -> Iterator[Pair]:
    return (one(rng) for _ in range(TRIES * wanted))
