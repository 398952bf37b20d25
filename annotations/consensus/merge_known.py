"""Merged answers on items whose answer is known: how right, how honest, and which method is best.

As with classes, each known item is judged by a fit that was not told its answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotations.consensus.answers import fit_merger, open_merger
from annotations.consensus.base import FloatArray
from annotations.consensus.calibrate import Calibration, fit_confidence
from annotations.consensus.choose import LEAST_GOLD
from annotations.consensus.merge_right import rightness
from annotations.consensus.merge_settings import MERGE_METHODS, Settings, default_method
from annotations.consensus.merging import AnswerVerdict, Ballots, JsonObject, Merger, in_order

# Merging boxes and outlines weighs all labelers alike; there is nothing to learn of them.
LEARNS_LABELERS = frozenset({"transcription", "multi_label", "keypoints"})
# Where another method means another model of the labelers, not only another way to use it.
FITTED_BY_METHOD = frozenset({"multi_label"})
FOLDS = 2
MOST_KNOWN = 500  # enough for a share within two points, and soon merged
# A lead in the mean distance to known answers counts from so many standard errors on.
SURELY = 2.0
LEAST_LEAD = 0.002

Distance = Callable[[JsonObject, JsonObject], float]


@dataclass(frozen=True)
class Question:
    """What is asked: task type, label schema, and how far two answers differ, in [0, 1]."""

    task_type: str
    schema: JsonObject
    distance: Distance


@dataclass(frozen=True)
class OnKnown:
    """Verdicts on n known items. right: (n,) in [0, 1], see `merge_right`; apart: (n,) distances
    to the known answers; merger: any one of those that made them, which knows how sure."""

    verdicts: tuple[AnswerVerdict, ...]
    right: FloatArray
    apart: FloatArray
    merger: Merger | None

    def confidence(self, temperature: float) -> FloatArray:
        """How sure each verdict is at a temperature, (n,)."""
        if self.merger is None:
            return np.zeros(0)
        sure = [self.merger.confidence_at(verdict, temperature) for verdict in self.verdicts]
        return np.array(sure, dtype=np.float64)

    def calibration(self) -> Calibration:
        """The temperature that these items ask for."""
        return fit_confidence(self.confidence, self.right)


@dataclass(frozen=True)
class MergeChoice:
    """method: the one chosen; errors: mean distance to the known answers by method; reason: a
    sentence for a person."""

    method: str
    errors: dict[str, float]
    reason: str


class HeldOut:
    """Fits of one project's ballots that know only a part of the known answers.

    Ballots of items that are not known tell of labelers alone; of very many known items a spread
    of them is judged. Fits are kept for other methods.
    """

    def __init__(
        self, question: Question, ballots: Ballots, known: Mapping[Hashable, JsonObject]
    ) -> None:
        self.question, self.ballots = question, ballots
        items = _spread([item for item, _ in in_order(ballots) if item in known], MOST_KNOWN)
        self.known = {item: known[item] for item in items}
        count = FOLDS if question.task_type in LEARNS_LABELERS else 1
        self.folds: list[list[Hashable]] = [items[fold::count] for fold in range(count)]
        self._fits: dict[tuple[int, Settings], Merger] = {}

    def judge(self, settings: Settings) -> OnKnown:
        """How settings do on the known items that have votes, in a fixed order."""
        verdicts, right, apart = [], [], []
        merger: Merger | None = None
        for fold, items in enumerate(self.folds):
            if not items:
                continue
            merger = self._merger(fold, settings)
            for item in items:
                verdict, answer = merger.merge(*self.ballots[item]), self.known[item]
                verdicts.append(verdict)
                right.append(
                    rightness(self.question.task_type, verdict, answer, self.question.schema)
                )
                apart.append(self.question.distance(verdict.answer, answer))
        return OnKnown(tuple(verdicts), np.array(right), np.array(apart), merger)

    def _merger(self, fold: int, settings: Settings) -> Merger:
        task_type, schema = self.question.task_type, self.question.schema
        if task_type not in LEARNS_LABELERS:
            return open_merger(task_type, None, schema, settings)
        fitted_for = settings if task_type in FITTED_BY_METHOD else Settings.of(task_type)
        fit = self._fits.get((fold, fitted_for))
        if fit is None:
            held = set(self.folds[fold])
            told = {item: answer for item, answer in self.known.items() if item not in held}
            fit = fit_merger(task_type, self.ballots, schema, known=told, settings=fitted_for)
            self._fits[fold, fitted_for] = fit
        return open_merger(task_type, fit.to_json(), schema, settings)


def choose_merge(held: HeldOut, *, least: int = LEAST_GOLD) -> MergeChoice:
    """The type's own method, unless another is surely nearer to `least` known answers or more."""
    task_type = held.question.task_type
    default = default_method(task_type)
    if len(held.known) < least:
        reason = f"{len(held.known)} of the {least} known answers needed to compare methods"
        return MergeChoice(default, {}, reason)
    apart = {
        name: held.judge(Settings.of(task_type, name)).apart for name in MERGE_METHODS[task_type]
    }
    errors = {name: float(row.mean()) for name, row in apart.items()}
    best = min(errors, key=lambda name: (round(errors[name], 12), name != default))
    if best == default or not _surely_nearer(apart[best], apart[default]):
        reason = f"no method is surely nearer to {len(held.known)} known answers than {default}"
        return MergeChoice(default, errors, reason)
    reason = (
        f"{best} is nearer to {len(held.known)} known answers than {default}: mean distance "
        f"{errors[best]:.3f} against {errors[default]:.3f}"
    )
    return MergeChoice(best, errors, reason)


def _surely_nearer(apart: FloatArray, default: FloatArray) -> bool:
    lead = default - apart
    error = float(lead.std(ddof=1)) / math.sqrt(len(lead))
    return float(lead.mean()) > max(SURELY * error, LEAST_LEAD)


def _spread(items: Sequence[Hashable], most: int) -> list[Hashable]:
    """At most so many of the items, spread evenly over their order."""
    if len(items) <= most:
        return list(items)
    return [items[index * len(items) // most] for index in range(most)]
