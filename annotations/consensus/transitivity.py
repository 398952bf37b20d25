"""Pair answers that cannot all be right: A = B and B = C but A differs from C."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class PairVerdict(Generic[Key]):
    """Two things, and the probability that they are the same (one person, one writer)."""

    first: Key
    second: Key
    same: float


@dataclass(frozen=True)
class Contradiction(Generic[Key]):
    """A pair said to differ although a chain of pairs says they are the same.

    chain: the things from one to the other, along the links that are surest at their weakest.
    weakest: the link to look at first, unless `different` itself is less sure.
    """

    different: PairVerdict[Key]
    chain: tuple[Key, ...]
    weakest: PairVerdict[Key]

    @property
    def review(self) -> PairVerdict[Key]:
        """The verdict most likely to be wrong."""
        return self.weakest if self.weakest.same < 1.0 - self.different.same else self.different


def find_contradictions(
    pairs: Sequence[PairVerdict[Key]], *, limit: int | None = None
) -> tuple[list[Contradiction[Key]], int]:
    """Pairs below one half whose ends are joined by pairs above it, surest first; and how many.

    Of several verdicts on one pair the last counts. With a limit, chains are looked for from the
    pairs that differ most surely: each takes a walk through all that is joined to it.
    """
    latest = {frozenset((pair.first, pair.second)): pair for pair in pairs}
    links: dict[Key, list[tuple[Key, PairVerdict[Key]]]] = defaultdict(list)
    for pair in latest.values():
        if pair.same > 0.5 and pair.first != pair.second:
            links[pair.first].append((pair.second, pair))
            links[pair.second].append((pair.first, pair))
    groups = _groups(links)
    torn = [
        pair
        for pair in latest.values()
        if pair.same < 0.5
        and pair.first in groups
        and groups[pair.first] == groups.get(pair.second)
    ]
    found = []
    for pair in sorted(torn, key=lambda pair: pair.same)[:limit]:
        chain, weakest = _surest_chain(links, pair.first, pair.second)
        found.append(Contradiction(pair, chain, weakest))
    return sorted(found, key=lambda c: -min(c.weakest.same, 1.0 - c.different.same)), len(torn)


def _groups(links: Mapping[Key, Sequence[tuple[Key, PairVerdict[Key]]]]) -> dict[Key, int]:
    """A number per connected group of things said to be the same."""
    groups: dict[Key, int] = {}
    for start in links:
        if start in groups:
            continue
        number, open_ = len(groups), [start]
        while open_:
            here = open_.pop()
            if here not in groups:
                groups[here] = number
                open_ += [other for other, _ in links[here]]
    return groups


def _surest_chain(
    links: Mapping[Key, Sequence[tuple[Key, PairVerdict[Key]]]], start: Key, end: Key
) -> tuple[tuple[Key, ...], PairVerdict[Key]]:
    """The path whose weakest link is strongest (Dijkstra on the bottleneck), and that link."""
    count = 0
    queue: list[tuple[float, int, Key, tuple[Key, ...], PairVerdict[Key] | None]] = [
        (-1.0, count, start, (start,), None)
    ]
    done: set[Key] = set()
    while queue:
        sure, _, here, path, weakest = heapq.heappop(queue)
        if here == end and weakest is not None:
            return path, weakest
        if here in done:
            continue
        done.add(here)
        for other, pair in links[here]:
            if other not in done:
                count += 1
                worst = pair if weakest is None or pair.same < weakest.same else weakest
                step = (max(sure, -pair.same), count, other, (*path, other), worst)
                heapq.heappush(queue, step)
    raise ValueError("the two are not connected")
