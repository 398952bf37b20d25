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
from annotations.consensus.next_vote import Begun, settling_chances, vote_rows
from annotations.models import Project, Seat, Task

WINDOW = 24  # foremost tasks among which a labeler's are chosen
KNOWN = 20  # votes from which a labeler's skill is known well enough


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
    assert project.schema is not None
    coding = coding_for(project, project.schema.label_names)
    priors = {seat.pk: coding.log_prior(seat.task.prior_in(project)) for seat in seats}
    weighed = [seat for seat in seats if priors[seat.pk] is not None]
    if not weighed or coding.fit.skill(labeler_id).n_votes < KNOWN:
        return list(seats[:count])
    scores = np.stack([np.asarray(priors[seat.pk]) for seat in weighed])
    begun = _begun(weighed, scores, project, coding)
    own, mean = (
        settling_chances(
            begun,
            vote_rows(coding.fit, who),
            confidence=project.confidence,
            temperature=coding.fit.temperature,
        )
        for who in (labeler_id, None)
    )
    order = np.argsort(-np.round(own - mean, 9), kind="stable").tolist()
    chosen = [weighed[place] for place in order]
    rest = [seat for seat in seats if priors[seat.pk] is None]
    return [*chosen, *rest][:count]


def _begun(seats: Sequence[Seat], scores: FloatArray, project: Project, coding: Coding) -> Begun:
    """scores (n, K): log priors of the seats' tasks, to which their votes are added."""
    said = scores.argmax(axis=1)
    named = np.zeros(scores.shape, bool)
    needed = np.full(len(seats), -1, np.int64)
    for place, seat in enumerate(seats):
        needed[place] = _needed(seat.task, project, int(said[place]))
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
