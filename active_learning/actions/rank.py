"""Rank: scores -> the order of the queue, with a reason in words for each task."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.learning.strategies import STRATEGIES
from active_learning.learning.strategies.base import serving_order
from active_learning.models import ModelVersion
from annotations.actions.reorder import reorder_tasks
from annotations.models import Project, Task

FALLBACK_STRATEGY = "margin"
HEAD = 5_000  # more than anybody answers while the rest is written
SURE, TORN = 0.9, 0.3
UNIFORM = "This project serves its items in random order."


@dataclass(frozen=True)
class Scores:
    """What a version says of n tasks.

    `ids` (n,) of tasks; `probabilities` (n, K) with columns named by `classes`; `values` (n,) of
    the strategy that was used, higher is more useful to ask.
    """

    ids: NDArray[np.int64]
    values: NDArray[np.floating[Any]]
    probabilities: NDArray[np.floating[Any]]
    classes: tuple[str, ...]
    strategy: str

    def __len__(self) -> int:
        return len(self.ids)

    def best_two(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return columns (n, 2) and probabilities (n, 2) of the two likeliest classes."""
        rows = self.probabilities.astype(np.float64)
        if rows.shape[1] == 1:
            return np.zeros((len(rows), 2), np.int64), np.hstack([rows, np.zeros_like(rows)])
        columns = np.argpartition(-rows, 1, axis=1)[:, :2]
        values = np.take_along_axis(rows, columns, axis=1)
        # Equal shares keep the order of the classes, whatever the partition did.
        swap = (values[:, 1] > values[:, 0]) | (
            (values[:, 1] == values[:, 0]) & (columns[:, 1] < columns[:, 0])
        )
        columns[swap], values[swap] = columns[swap][:, ::-1], values[swap][:, ::-1]
        return columns, values


def rank_tasks(*, project: Project, version: ModelVersion, scores: Scores) -> int:
    """Write a new order of the queue; returns how many tasks were moved.

    The priority of a task is its place from the back, in (0, 1], so it means the same under every
    strategy, and tasks that are not scored yet (their draw is uniform) are mixed in evenly. What
    was or will be in front is written first: the queue is right before all of it is written.
    """
    priorities = priorities_of(scores)
    order = writing_order(priorities, present_priorities(project, scores.ids))
    rows = zip(
        scores.ids[order].tolist(),
        priorities[order].tolist(),
        reasons_of(version.number, scores, order),
        strict=True,
    )
    return reorder_tasks(project=project, order=rows)


def strategy_of(project: Project) -> str:
    """Return the project's strategy, or the default where its name is not known any more."""
    return project.strategy if project.strategy in STRATEGIES else FALLBACK_STRATEGY


def priorities_of(scores: Scores) -> NDArray[np.float64]:
    """(n,) place from the back over n; equal scores by rising id."""
    count = len(scores)
    priorities = np.empty(count, np.float64)
    order = serving_order(scores.ids, scores.values)
    priorities[order] = 1.0 - np.arange(count) / max(count, 1)
    return priorities


def present_priorities(project: Project, ids: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n,) priorities as they are now; 0 for a task that is no longer open."""
    rows = Task.objects.filter(project=project, status=Task.Status.OPEN)
    known = dict(rows.values_list("pk", "priority").iterator(chunk_size=10_000))
    return np.asarray([known.get(pk, 0.0) for pk in ids.tolist()], np.float64)


def writing_order(
    new: NDArray[np.float64], old: NDArray[np.float64], head: int = HEAD
) -> NDArray[np.int64]:
    """Indices of the tasks in the order in which their priorities are to be written.

    Those that were or will be in front, foremost first; then all the others as they lie in the
    database, which costs it a third less than any other order.
    """
    foremost = np.argsort(-np.maximum(new, old), kind="stable")[:head]
    others = np.ones(len(new), bool)
    others[foremost] = False
    return np.concatenate([foremost, np.flatnonzero(others)])


def reasons_of(version: int, scores: Scores, order: NDArray[np.int64]) -> Iterator[dict[str, Any]]:
    """Yield why each task is where it is, in the given order: words for people, figures beside."""
    columns, shares = scores.best_two()
    names = scores.classes
    for i in order.tolist():
        first, second = (names[column] for column in columns[i].tolist())
        p, q = shares[i].tolist()
        yield {
            "text": UNIFORM if scores.strategy == "uniform" else sentence(first, p, second, q),
            "score": round(float(scores.values[i]), 4),
            "strategy": scores.strategy,
            "version": version,
        }


def sentence(first: str, p: float, second: str, q: float) -> str:
    """Say what the model thinks of an item, from its two likeliest classes."""
    if p >= SURE:
        return f"The model is fairly sure that this is {first} ({percent(p)})."
    if p - q <= TORN:
        return f"The model hesitates between {first} ({percent(p)}) and {second} ({percent(q)})."
    return f"The model leans to {first} ({percent(p)}), then {second} ({percent(q)})."


def percent(share: float) -> str:
    """Return a share of one as whole percent."""
    return f"{round(100 * share)} %"
