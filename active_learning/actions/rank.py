"""Rank: scores -> the order of the queue, with a reason in words for each task."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.actions.asked import Asked, asked_tasks, percent
from active_learning.actions.foreign_lane import asked_last
from active_learning.actions.write_order import HEAD, placed_before, places_of, write_order
from active_learning.learning.schedule import places_among
from active_learning.learning.strategies import STRATEGIES
from active_learning.learning.strategies.base import serving_order
from active_learning.models import ModelVersion
from annotations.models import Project

FALLBACK_STRATEGY = "margin"
WORDED = 10_000  # tasks whose probabilities are looked at together
SURE, TORN = 0.9, 0.3
REPEATED = "Nearly the same picture is asked before."
FOREIGN = "It looks like nothing that is labeled so far, so it is asked last."
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
    # (n,) nearly the same picture is asked before; None where nobody looked.
    repeated: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def part(self, kept: NDArray[Any]) -> Scores:
        """Those of some tasks, by a mask or by indices."""
        return replace(
            self,
            ids=self.ids[kept],
            values=self.values[kept],
            probabilities=self.probabilities[kept],
            repeated=None if self.repeated is None else self.repeated[kept],
        )

    def doubts(self) -> NDArray[np.float64]:
        """(n,) chance that the model is wrong; 0 where nearly the same picture is asked before."""
        wrong = 1.0 - self.probabilities.max(axis=1, initial=0.0).astype(np.float64)
        return wrong if self.repeated is None else np.where(self.repeated, 0.0, wrong)

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

    New items and further votes on old ones stand in one order.
    """
    asked = {one.id: one for one in asked_tasks(project)}
    fresh = scores.part(~np.isin(scores.ids, np.fromiter(asked, np.int64, len(asked))))
    one_first = project.model_in_consensus and scores.strategy != "uniform"
    foreign = asked_last(project)
    ids = foreign_last(one_order(fresh, list(asked.values()), one_first=one_first), foreign)
    by_id = np.argsort(fresh.ids)

    def reasons(places: NDArray[np.int64]) -> Iterator[dict[str, Any]]:
        found, is_fresh = places_of(ids[places], fresh.ids[by_id])
        rows = by_id[found[is_fresh]] if len(by_id) else by_id
        words = reasons_of(version.number, fresh, rows, foreign)
        for pk in ids[places].tolist():
            yield asked[pk].reason() if pk in asked else next(words)

    settled = placed_before(project, ids, scores.strategy)
    return write_order(project=project, ids=ids, reasons=reasons, head=HEAD, settled=settled)


def one_order(fresh: Scores, asked: Sequence[Asked], *, one_first: bool) -> NDArray[np.int64]:
    """(n,) ids from first to last served: new items by strategy, further votes where they pay.

    A task that people decide alone is gone on with once it is begun.
    """
    begun = [one for one in asked if not (one_first and one.has_prior)]
    weighed = sorted(
        (one for one in asked if one_first and one.has_prior), key=lambda one: (-one.doubt, one.id)
    )
    order = serving_order(fresh.ids, fresh.values)
    doubts = fresh.doubts()[order]
    places = places_among(doubts, np.asarray([one.doubt for one in weighed], np.float64))
    merged = np.insert(fresh.ids[order], places, [one.id for one in weighed])
    begun.sort(key=lambda one: (-one.votes, one.id))
    return np.concatenate([np.asarray([one.id for one in begun], np.int64), merged])


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


def foreign_last(ids: NDArray[np.int64], foreign: Collection[int]) -> NDArray[np.int64]:
    """(n,) the same ids; those of items that may belong to no class come after all others."""
    if not foreign:
        return ids
    late = np.isin(ids, np.fromiter(foreign, np.int64, len(foreign)))
    return np.concatenate([ids[~late], ids[late]])


def reasons_of(
    version: int, scores: Scores, order: NDArray[np.int64], foreign: Collection[int] = ()
) -> Iterator[dict[str, Any]]:
    """Yield why each task is where it is, in the given order: words for people, figures beside."""
    names = scores.classes
    for start in range(0, len(order), WORDED):
        rows = order[start : start + WORDED]
        columns, shares = scores.part(rows).best_two()
        for i, pair, (p, q) in zip(rows.tolist(), columns.tolist(), shares.tolist(), strict=True):
            first, second = (names[column] for column in pair)
            text = UNIFORM if scores.strategy == "uniform" else sentence(first, p, second, q)
            if scores.repeated is not None and scores.repeated[i]:
                text = f"{REPEATED} {text}"
            if int(scores.ids[i]) in foreign:
                text = FOREIGN
            yield {
                "text": text,
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
