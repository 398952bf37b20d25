"""Contradictions: labels of pairs that cannot all be right, as hints for reviewers.

Which ones there are depends on all pairs at once, so a finding is kept and used again: while
nothing has been written that could change it, and in a large project for a while longer, so that
looking for contradictions never takes more than a small share of anybody's time.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from annotations.consensus.transitivity import Contradiction, PairVerdict, find_contradictions
from annotations.models import Annotation, Item, LabelChange, Project, Task
from annotations.task_types.pair import DIFFERENT, SAME

SHOWN = 200  # the surest of them; each takes a walk through the pairs that are the same
KEPT = 16  # projects whose findings a process keeps
# What no stamp tells of, such as a decision that changed no label, is seen after so long.
LONGEST = 60.0
# A finding of more pairs than this holds for so many times what it took, whatever is written.
LARGE = 5_000
PATIENCE = 20.0


@dataclass(frozen=True)
class Found:
    """What was looked at, how many contradictions there are, and the surest ones.

    links: the tasks behind the pairs of those that are shown.
    """

    pairs: int
    count: int
    shown: list[Contradiction[int]]
    links: dict[frozenset[int], dict[str, Any]]

    def link(self, verdict: PairVerdict[int]) -> dict[str, Any]:
        """Return the task behind a verdict, as it stands."""
        return self.links[frozenset((verdict.first, verdict.second))]


@dataclass(frozen=True)
class _Kept:
    """A finding, what the project looked like, when it was made and how long that took (s)."""

    found: Found
    stamp: tuple[Any, ...]
    made: float
    took: float

    def holds(self, now: float) -> bool:
        """Whether it can be used without a look at the project."""
        return self.found.pairs > LARGE and now - self.made < min(PATIENCE * self.took, LONGEST)


_findings: OrderedDict[int, _Kept] = OrderedDict()
_mutex = threading.Lock()


def contradictions_of(project: Project) -> Found:
    """Return pairs labeled different whose items a chain of pairs joins.

    Reads all pairs only where what is kept of an earlier look cannot be used any more.
    """
    now = time.monotonic()
    with _mutex:
        kept = _findings.get(project.pk)
    if kept is not None and kept.holds(now):
        return kept.found
    stamp = _stamp(project)
    if kept is not None and kept.stamp == stamp and now - kept.made < LONGEST:
        return kept.found
    found = _find(project)
    with _mutex:
        _findings[project.pk] = _Kept(found, stamp, now, time.monotonic() - now)
        _findings.move_to_end(project.pk)
        while len(_findings) > KEPT:
            _findings.popitem(last=False)
    return found


def forget_findings() -> None:
    """Look anew at the next question, as another process would."""
    with _mutex:
        _findings.clear()


def _stamp(project: Project) -> tuple[Any, ...]:
    """What differs once a label may be another: the fit, the newest vote, the newest change."""
    vote = Annotation.objects.filter(project=project).aggregate(last=Max("pk"))["last"]
    change = LabelChange.objects.aggregate(last=Max("pk"))["last"]
    fit = Project.objects.filter(pk=project.pk).values_list("fit_id", flat=True).first()
    return fit, vote, change


def _find(project: Project) -> Found:
    rows = Task.objects.filter(project=project, label__in=(SAME, DIFFERENT)).order_by("pk")
    columns = ("pk", "item_id", "other_item_id", "label", "distribution", "status", "adjudicated")
    links: dict[frozenset[int], dict[str, Any]] = {}
    verdicts = []
    for row in rows.values(*columns).iterator(2_000):
        verdict = PairVerdict(row["item_id"], row["other_item_id"], _same(row))
        verdicts.append(verdict)
        links[frozenset((verdict.first, verdict.second))] = row | {"same": verdict.same}
    shown, count = find_contradictions(verdicts, limit=SHOWN)
    wanted = {
        frozenset(pair)
        for row in shown
        for pair in (
            (row.different.first, row.different.second),
            *zip(row.chain, row.chain[1:], strict=False),
        )
    }
    return Found(len(verdicts), count, shown, {pair: links[pair] for pair in wanted})


def contradicting_tasks(project: Project) -> list[int]:
    """Return of each contradiction the task that is most likely wrong, the surest one first."""
    found = contradictions_of(project)
    return list(dict.fromkeys(found.link(row.review)["pk"] for row in found.shown))


def pictures_of(found: Found) -> dict[int, Item]:
    """Return the items of the contradictions that are shown, in one query."""
    return Item.objects.in_bulk({item for row in found.shown for item in row.chain})


def _same(row: dict[str, Any]) -> float:
    """How likely the two are the same, if it is either; the label decides what is even."""
    chances = row["distribution"]
    same, different = chances.get(SAME, 0.0), chances.get(DIFFERENT, 0.0)
    if same == different:
        return 1.0 if row["label"] == SAME else 0.0
    return float(same / (same + different))
