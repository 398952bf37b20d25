"""Settle: the votes of a task become a verdict, and the verdict decides what happens next."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

import numpy as np

from annotations.consensus import AUTO, DEFAULT_METHOD
from annotations.consensus.base import FloatArray, VoteTable
from annotations.consensus.configured import configured
from annotations.consensus.fit import CategoricalFit, first_best
from annotations.consensus.model_prior import log_prior_of
from annotations.consensus.next_vote import vote_rows
from annotations.consensus.stop import REOPEN_MARGIN, rival_gain, stands_against
from annotations.models import ConsensusFit, Project, Task
from annotations.task_types import TASK_TYPES

DISTRIBUTION_ENTRIES = 10

# Below this confidence another vote is worth more than a new item.
DOUBTFUL = 0.75
# More than any priority, so that what is begun comes first.
BEGUN = 4.0

# [annotation id, labeler id, category] and, where it is not 1, the vote's weight
BallotEntry = list[Any]
Prior = Mapping[str, Any]  # {"version", "weight", "shares"} as on the task


@dataclass(frozen=True)
class Verdict:
    """What a ballot says: the most likely answer, how sure that is, and what else it could be.

    `stands` says that the answer settles the task however sure it is: the votes which may still
    come cannot change it, or enough labelers gave that very text.
    """

    label: str
    confidence: float
    distribution: dict[str, float]
    method: str
    fit_id: int | None
    stands: bool = False
    # Whether a model's opinion was part of it: it says the same, or it outweighs every person.
    seconded: bool = False
    overruled: bool = False
    # Merged answers alone: the answer itself, and what stands behind its parts.
    answer: dict[str, Any] | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Coding:
    """A fit, the name of its method, and the class names that its codes stand for."""

    fit: CategoricalFit
    fit_id: int | None
    names: tuple[str, ...]
    codes: dict[str, int]
    method: str
    # Whether a model had a say in the votes that were fitted.
    with_model: bool = False
    _vote_rows: dict[int | None, FloatArray] = field(default_factory=dict, init=False, repr=False)

    def vote_rows(self, labeler: int | None) -> FloatArray:
        """As `next_vote.vote_rows`, kept: they are asked for with every lease."""
        rows = self._vote_rows.get(labeler)
        if rows is None:
            rows = self._vote_rows[labeler] = vote_rows(self.fit, labeler)
        return rows

    @cached_property
    def rival_gain(self) -> FloatArray | None:
        """What a rival could gain per vote; None with many classes, where nothing is foreseen."""
        return None if self.fit.is_wide else rival_gain(self.fit)

    def log_prior(self, prior: Prior | None) -> FloatArray | None:
        """A model's opinion as the fit reads it; with many classes it has none."""
        if prior is None or self.fit.is_wide:
            return None
        return log_prior_of(prior["shares"], prior["weight"], self.codes)


Kept = TypeVar("Kept")


class FitCache(Generic[Kept]):
    """The latest fits of this process by id; fits never change, so they never go stale."""

    def __init__(self, size: int = 64) -> None:
        self._size = size
        self._mutex = threading.Lock()
        self._rows: OrderedDict[tuple[Any, ...], Kept] = OrderedDict()

    def get(self, key: tuple[Any, ...]) -> Kept | None:
        with self._mutex:
            coding = self._rows.get(key)
            if coding is not None:
                self._rows.move_to_end(key)
            return coding

    def put(self, key: tuple[Any, ...], coding: Kept) -> None:
        with self._mutex:
            self._rows[key] = coding
            while len(self._rows) > self._size:
                self._rows.popitem(last=False)


_cache: FitCache[Coding] = FitCache()


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
        if tuple(row.labels) == names and project.consensus_method in (row.method, AUTO):
            fit, spoke = CategoricalFit.from_json(row.state), bool(row.calibration.get("model"))
            return Coding(fit, row.pk, names, codes, row.method, spoke)
    method = DEFAULT_METHOD if project.consensus_method == AUTO else project.consensus_method
    unfitted = prior_fit(method, len(names), project.consensus_params)
    return Coding(unfitted, None, names, codes, method)


def prior_fit(
    method: str, n_classes: int, params: Mapping[str, Any] | None = None
) -> CategoricalFit:
    """Return what a method with these settings believes before it has seen a vote."""
    empty = np.zeros(0, dtype=np.int32)
    votes = VoteTable(empty, empty, empty, 0, np.zeros(0, dtype=np.int64), n_classes)
    return configured(method, params).fit(votes)


def verdict_of(
    ballot: Sequence[BallotEntry], coding: Coding, *, left: int = 0, prior: Prior | None = None
) -> Verdict | None:
    """Return what a ballot says under a fit; None for an empty one. The order does not matter.

    `left` is how many more votes may come, of which the verdict says whether they could matter.
    `prior` is a model's opinion; without a vote it decides nothing.
    """
    votes = [entry for entry in ballot if entry[2] in coding.codes]
    if not votes:
        return None
    codes = [coding.codes[entry[2]] for entry in votes]
    known = coding.log_prior(prior)
    posterior = coding.fit.posterior(
        [entry[1] for entry in votes], codes, weights_in(votes), log_prior=known
    )
    best, confidence = first_best(posterior[None, :])
    label = int(best[0])
    return Verdict(
        label=coding.names[label],
        confidence=float(confidence[0]),
        distribution=distribution_of(posterior, coding.names),
        method=coding.method,
        fit_id=coding.fit_id,
        stands=_stands(posterior, coding, left),
        seconded=known is not None and int(known.argmax()) == label,
        overruled=known is not None and label not in codes,
    )


def agreement_in(ballot: Sequence[BallotEntry]) -> float | None:
    """Return the share of a ballot's votes that say the commonest answer; None below two votes."""
    if len(ballot) < 2:
        return None
    keys = [entry[2] for entry in ballot]
    return max(map(keys.count, keys)) / len(keys)


def weights_in(ballot: Sequence[BallotEntry]) -> list[float] | None:
    """Return the weights of a ballot's votes; None where all are 1."""
    if all(len(entry) == 3 for entry in ballot):
        return None
    return [entry[3] if len(entry) > 3 else 1.0 for entry in ballot]


def _stands(posterior: FloatArray, coding: Coding, left: int) -> bool:
    if left <= 0 or coding.rival_gain is None:
        return False
    more = np.array([left], dtype=np.int32)
    return bool(stands_against(coding.rival_gain, posterior[None, :], more)[0])


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

    Sure enough is a calibrated confidence at the goal, or an answer that no vote can change.
    `now` is the status so far. At the cap, votes that all agree settle the task whatever their
    weight: there is nothing that a reviewer could see in them. Only abstentions settle nothing.
    A model that says the same stands for one of the least votes; it never stands alone, nor
    settles what no person said.
    """
    votes = len(ballot)
    if verdict is None or votes + verdict.seconded < project.least_votes(arm):
        return Task.Status.OPEN
    if verdict.overruled:
        return Task.Status.OPEN if votes < project.max_votes else Task.Status.DISPUTED
    goal = project.confidence
    if now == Task.Status.SETTLED and votes < project.max_votes:
        goal -= REOPEN_MARGIN
    if verdict.confidence >= goal or verdict.stands:
        return Task.Status.SETTLED
    if votes < project.max_votes:
        return Task.Status.OPEN
    unanimous = len({entry[2] for entry in ballot}) == 1 and bool(ballot[0][2])
    return Task.Status.SETTLED if unanimous else Task.Status.DISPUTED


def next_place(task: Task, prior: Prior | None) -> float:
    """Return the priority of the seat for a task's next vote.

    A task that is begun is gone on with, in front of all others. Where a model has an opinion, one
    vote first: a doubtful answer is asked for again in the task's place, others wait behind what
    nobody has answered until the queue is ordered anew.
    """
    if prior is None:
        return task.priority + BEGUN
    said = any(entry[2] == task.label for entry in task.ballot)
    if task.confidence is None or task.confidence < DOUBTFUL or not said:
        return task.priority
    return -task.confidence


def audited_status(task: Task, *, status: str, votes: int, most: int) -> str:
    """Keep an audited task open until it has every vote, whatever the stop rule would do."""
    if task.audit is not None and status == Task.Status.SETTLED and votes < most:
        return Task.Status.OPEN
    return status


def audit_mark(task: Task, *, status: str, verdict: Verdict | None, votes: int) -> Any:
    """Return what an audited task remembers of the moment at which the rule would have stopped."""
    if task.audit != {} or verdict is None or status != Task.Status.SETTLED:
        return task.audit
    return {"label": verdict.label, "votes": votes, "confidence": round(verdict.confidence, 6)}


def answer_for(project: Project, label: str) -> dict[str, Any]:
    """Return the answer document of a label."""
    return TASK_TYPES[project.task_type].answer_of(label)  # type: ignore[attr-defined,no-any-return]
