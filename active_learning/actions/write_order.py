"""Write order: a new order takes the place of the old one at one moment, however long it is.

The new head is lifted above all there is and written foremost first: from its first commit on,
leases follow the new order, and before it the old one. Then the rest is written behind it, and at
last the head is let down to where it belongs, from its end, so that nothing ever changes places.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.models import QueueOrder
from annotations.actions.reorder import Place, cheapest_order, reorder_tasks, shrinking
from annotations.models import Project, Task

HEAD = 5_000  # more than anybody answers while the rest is written
LIFTED = 2.0  # priorities above this one are only there while an order is written
READ_AT_ONCE = 10_000

Ids = NDArray[np.int64]
Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]
# (m,) places in the order -> the reason of each, in words and figures.
Reasons = Callable[[Ids], Iterator[dict[str, Any]]]


def write_order(
    *, project: Project, ids: Ids, reasons: Reasons, head: int = HEAD, settled: Mask | None = None
) -> int:
    """Have tasks leased in the order of `ids` (n,); returns how many were moved.

    The priority of a task is its place from the back, in (0, 1], so it means the same under every
    strategy, and tasks that are not in the order yet (their draw is uniform) are mixed in evenly.
    Tasks behind the head stay as they are where `settled` (n,) says that their reason may stay and
    their place is nearly the same. An order that was broken off is mended by the next one.
    """
    priorities = 1.0 - np.arange(len(ids)) / max(len(ids), 1)
    present = present_priorities(project, ids)
    front = np.arange(min(head, len(ids)))
    above = max(LIFTED, math.ceil(present.max(initial=0.0)))

    def rows(places: Ids, values: Doubles) -> Iterator[Place]:
        return zip(ids[places].tolist(), values[places].tolist(), reasons(places), strict=True)

    moved = reorder_tasks(project=project, order=rows(front, priorities + above))
    behind = np.arange(len(front), len(ids))
    if settled is not None:
        behind = behind[~(stays_near(priorities, present, head) & settled)[behind]]
    behind = behind[writing_order(ids[behind], priorities[behind], present[behind], head)]
    moved += reorder_tasks(project=project, order=rows(behind, priorities))
    down = front[::-1]
    let_down = zip(ids[down].tolist(), priorities[down].tolist(), [None] * len(down), strict=True)
    reorder_tasks(project=project, order=let_down, sizes=shrinking(len(down)))
    return moved


def present_priorities(project: Project, ids: Ids) -> Doubles:
    """(n,) priorities as they are now; 0 for a task that is no longer open."""
    rows = Task.objects.filter(project=project, status=Task.Status.OPEN)
    pairs = rows.values_list("pk", "priority").iterator(chunk_size=READ_AT_ONCE)
    known = np.fromiter(pairs, np.dtype([("id", np.int64), ("priority", np.float64)]))
    known.sort(order="id")
    place, found = places_of(ids, known["id"])
    priorities = np.zeros(len(ids))
    priorities[found] = known["priority"][place[found]]
    return priorities


def places_of(ids: Ids, known: Ids) -> tuple[Ids, Mask]:
    """(n,) where each id stands among the rising `known` ones, and (n,) whether it does."""
    if not len(known):
        return np.zeros(len(ids), np.int64), np.zeros(len(ids), np.bool_)
    place = np.searchsorted(known, ids).clip(max=len(known) - 1)
    return place, known[place] == ids


def stays_near(new: Doubles, old: Doubles, head: int) -> Mask:
    """(n,) tasks whose place changes by less than a head: far back nobody notices, and each row
    that is not written spares the database its work."""
    return np.asarray(np.abs(new - old) * max(len(new), 1) < head, np.bool_)


def placed_before(project: Project, ids: Ids, strategy: str) -> Mask:
    """(n,) tasks that a model has given a place and a reason by the same strategy already."""
    orders = QueueOrder.objects.filter(project=project, version__isnull=False, strategy=strategy)
    newest = orders.values_list("newest_task", flat=True).first()
    return np.asarray(ids <= newest if newest is not None else np.zeros(len(ids)), np.bool_)


def writing_order(ids: Ids, new: Doubles, old: Doubles, head: int = HEAD) -> Ids:
    """Indices of the tasks behind the head in the order in which they are to be written.

    Those that were or will be foremost come first; then all the others as it costs the database
    least.
    """
    foremost = np.argsort(-np.maximum(new, old), kind="stable")[:head]
    others = np.ones(len(new), bool)
    others[foremost] = False
    rest = np.flatnonzero(others)
    return np.concatenate([foremost, rest[cheapest_order(ids[rest])]])
