"""Route: of the foremost tasks, each labeler gets those where it matters most that they answer.

Whoever is seldom wrong ends what another's vote would leave open; whoever errs more often gets what
they settle as well as anybody, or what needs several votes anyway. Nobody waits, and nothing is
kept from anybody: among tasks that are all due it is only chosen who answers which.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from annotations.actions.merge import is_merged
from annotations.actions.settle import Coding, coding_for
from annotations.consensus.base import FloatArray
from annotations.consensus.labeler_model import WIDE_CLASSES
from annotations.consensus.model_prior import log_priors_of
from annotations.consensus.next_vote import Begun, settling_chances
from annotations.models import Project, Seat, Task

WINDOW = 24  # foremost tasks among which a labeler's are chosen
NO_OPINION: tuple[dict[str, float], float] = ({}, 0.0)
KNOWN = 20  # votes from which a labeler's skill is known well enough


def look_at(project: Project, arm: str, count: int) -> int:
    """Return how many foremost tasks to read for a lease of `count`: more where it was of use."""
    may = project.model_in_consensus and project.fit_id is not None and arm == Task.Arm.ACTIVE
    if not may or project.schema is None or is_merged(project):
        return count
    few = len(project.schema.labels) <= WIDE_CLASSES
    return max(WINDOW, count) if few and _coding(project).with_model else count


def may_route(project: Project, seats: Sequence[Seat]) -> bool:
    """Whether it matters who answers: where a model has a say, and labelers are known apart."""
    return (
        bool(seats)
        and project.fit_id is not None
        and not is_merged(project)
        and seats[0].task.prior_in(project) is not None
    )


def best_suited(
    *, project: Project, labeler_id: int, seats: Sequence[Seat], count: int
) -> list[Seat]:
    """Return the `count` seats where this labeler's vote settles most beyond the mean labeler's.

    Equal ones stay in the order of the queue; so do all for a labeler who is not known yet.
    """
    coding = _coding(project)
    if coding.fit.is_wide or coding.fit.votes_of(labeler_id) < KNOWN:
        return list(seats[:count])
    priors = [seat.task.prior_in(project) for seat in seats]
    said = log_priors_of([(one["shares"], one["weight"]) if one else NO_OPINION for one in priors],
                         coding.codes)  # fmt: skip
    spoken = ~np.isnan(said[:, 0])
    weighed = [seat for seat, one in zip(seats, spoken.tolist(), strict=True) if one]
    if not weighed:
        return list(seats[:count])
    begun = _begun(weighed, said[spoken], project, coding)
    own, mean = (
        settling_chances(
            begun,
            coding.vote_rows(who),
            confidence=project.confidence,
            temperature=coding.fit.temperature,
        )
        for who in (labeler_id, None)
    )
    order = np.argsort(-np.round(own - mean, 9), kind="stable").tolist()
    chosen = [weighed[place] for place in order]
    rest = [seat for seat, one in zip(seats, spoken.tolist(), strict=True) if not one]
    return [*chosen, *rest][:count]


def _coding(project: Project) -> Coding:
    assert project.schema is not None
    return coding_for(project, project.schema.label_names)


def _begun(seats: Sequence[Seat], scores: FloatArray, project: Project, coding: Coding) -> Begun:
    """scores (n, K): log priors of the seats' tasks, to which their votes are added."""
    said = scores.argmax(axis=1).tolist()
    named = np.zeros(scores.shape, bool)
    needed = np.full(len(seats), -1, np.int64)
    for place, seat in enumerate(seats):
        needed[place] = _needed(seat.task, project, said[place])
        for _, labeler, category, *weight in seat.task.ballot:
            if category not in coding.codes:
                continue
            code = coding.codes[category]
            scores[place] += (weight[0] if weight else 1.0) * coding.fit.log_row(labeler, code)
            named[place, code] = True
    return Begun(scores, named, needed)


def _needed(task: Task, project: Project, said: int) -> int:
    """As `Begun.needed`: one more vote beside those there are, against the least number."""
    missing = project.least_votes(task.arm) - len(task.ballot) - 1
    if missing <= 0:
        return -1
    return said if missing == 1 else -2
