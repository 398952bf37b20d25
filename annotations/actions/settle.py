"""Settle: the votes of a task become a verdict, and the verdict decides what happens next."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotations.consensus import METHODS
from annotations.consensus.base import VoteTable
from annotations.consensus.fit import CategoricalFit, first_best
from annotations.models import ConsensusFit, Project, Task
from annotations.task_types import TASK_TYPES

DISTRIBUTION_ENTRIES = 10
# A settled task is opened again by a refit only when its confidence fell clearly below the goal:
# near the goal it would flap between the two with every refit.
REOPEN_MARGIN = 0.1

BallotEntry = list[Any]  # [annotation id, labeler id, category]


@dataclass(frozen=True)
class Verdict:
    """What a ballot says: the most likely answer, how sure that is, and what else it could be."""

    label: str
    confidence: float
    distribution: dict[str, float]
    method: str
    fit_id: int | None


@dataclass(frozen=True)
class Coding:
    """A fit together with the class names that its codes stand for."""

    fit: CategoricalFit
    fit_id: int | None
    names: tuple[str, ...]
    codes: dict[str, int]


class _Cache:
    """The latest fits of this process by id; fits never change, so they never go stale."""

    def __init__(self, size: int = 64) -> None:
        self._size = size
        self._mutex = threading.Lock()
        self._rows: OrderedDict[tuple[Any, ...], Coding] = OrderedDict()

    def get(self, key: tuple[Any, ...]) -> Coding | None:
        with self._mutex:
            coding = self._rows.get(key)
            if coding is not None:
                self._rows.move_to_end(key)
            return coding

    def put(self, key: tuple[Any, ...], coding: Coding) -> None:
        with self._mutex:
            self._rows[key] = coding
            while len(self._rows) > self._size:
                self._rows.popitem(last=False)


_cache = _Cache()


def coding_for(project: Project, names: Sequence[str]) -> Coding:
    """Return the project's current fit, or one without votes where these labels have none."""
    wanted = tuple(names)
    key = (project.fit_id, project.consensus_method, wanted)
    coding = _cache.get(key)
    if coding is None:
        coding = _load(project, wanted)
        _cache.put(key, coding)
    return coding


def _load(project: Project, names: tuple[str, ...]) -> Coding:
    codes = {name: code for code, name in enumerate(names)}
    if project.fit_id is not None:
        row = ConsensusFit.objects.get(pk=project.fit_id)
        if tuple(row.labels) == names and row.method == project.consensus_method:
            return Coding(CategoricalFit.from_json(row.state), row.pk, names, codes)
    return Coding(prior_fit(project.consensus_method, len(names)), None, names, codes)


def prior_fit(method: str, n_classes: int) -> CategoricalFit:
    """Return what a method believes before it has seen a vote."""
    empty = np.zeros(0, dtype=np.int32)
    votes = VoteTable(empty, empty, empty, 0, np.zeros(0, dtype=np.int64), n_classes)
    return METHODS[method].fit(votes)


def verdict_of(ballot: Sequence[BallotEntry], coding: Coding, method: str) -> Verdict | None:
    """Return what a ballot says under a fit; None for an empty one. The order does not matter."""
    votes = [entry for entry in ballot if entry[2] in coding.codes]
    if not votes:
        return None
    posterior = coding.fit.posterior(
        [entry[1] for entry in votes], [coding.codes[entry[2]] for entry in votes]
    )
    best, confidence = first_best(posterior[None, :])
    return Verdict(
        label=coding.names[int(best[0])],
        confidence=float(confidence[0]),
        distribution=distribution_of(posterior, coding.names),
        method=method,
        fit_id=coding.fit_id,
    )


def distribution_of(posterior: np.ndarray[Any, Any], names: Sequence[str]) -> dict[str, float]:
    """Return the most likely classes with their probabilities, most likely first."""
    order = np.argsort(-posterior, kind="stable")[:DISTRIBUTION_ENTRIES]
    return {names[int(k)]: round(float(posterior[k]), 6) for k in order if posterior[k] >= 5e-4}


def status_of(
    project: Project,
    *,
    ballot: Sequence[BallotEntry],
    verdict: Verdict | None,
    now: str,
    arm: str = Task.Arm.ACTIVE,
) -> str:
    """Decide by the overlap rule: enough votes and sure enough, or at the cap, or wait for more.

    `now` is the status so far. At the cap, votes that all agree settle the task whatever their
    weight: there is nothing that a reviewer could see in them.
    """
    votes = len(ballot)
    if verdict is None or votes < project.least_votes(arm):
        return Task.Status.OPEN
    goal = project.confidence
    if now == Task.Status.SETTLED and votes < project.max_votes:
        goal -= REOPEN_MARGIN
    if verdict.confidence >= goal:
        return Task.Status.SETTLED
    if votes < project.max_votes:
        return Task.Status.OPEN
    unanimous = len({entry[2] for entry in ballot}) == 1
    return Task.Status.SETTLED if unanimous else Task.Status.DISPUTED


def answer_for(project: Project, label: str) -> dict[str, Any]:
    """Return the answer document of a label."""
    return TASK_TYPES[project.task_type].answer_of(label)  # type: ignore[attr-defined,no-any-return]
