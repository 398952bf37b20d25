"""Propose: what the serving version says, kept as answers that labelers may be shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from active_learning.actions.opinions import learned_from, left_out
from active_learning.actions.rank import Scores
from active_learning.actions.read import ReadLine
from active_learning.actions.snapshot import pinned_items
from active_learning.models import ModelVersion
from annotations.actions.keep_proposals import Said, drop_proposals, keep_proposals
from annotations.models import GoldItem, Project, Task
from annotations.task_types import TASK_TYPES
from labelhub.jobs.claim import Claim


def propose_classes(
    *, project: Project, version: ModelVersion, said: Scores, claim: Claim | None = None
) -> int:
    """Keep the likeliest class of each task; returns of how many.

    On what it learned from, the folds that did not see an item speak: a test item whose answer the
    model knows by heart would be passed by whoever takes every proposal.
    """
    if not project.shows_model:
        drop_proposals(project=project)
        return 0
    able = np.fromiter(_proposable(project), np.int64)
    fresh = said.part(np.isin(said.ids, able) & ~np.isin(said.ids, learned_from(project, version)))
    learned = left_out(project, version, said)
    learned = learned.part(np.isin(learned.ids, able))
    rows = (one for part in (fresh, learned) for one in _classes(project, part))
    return _keep(project, version, rows, claim)


def _classes(project: Project, said: Scores) -> Iterator[Said]:
    answer_of = TASK_TYPES[project.task_type].answer_of  # type: ignore[attr-defined]
    shares = said.probabilities.astype(np.float64)
    best = shares.argmax(axis=1) if len(said) else np.zeros(0, np.int64)
    for row, (pk, column) in enumerate(zip(said.ids.tolist(), best.tolist(), strict=True)):
        yield Said(pk, answer_of(said.classes[column]), round(float(shares[row, column]), 4))


def propose_readings(
    *,
    project: Project,
    version: ModelVersion,
    lines: Collection[ReadLine],
    claim: Claim | None = None,
) -> int:
    """Keep what a version reads on each line, with how sure it is of each character.

    What it learned from is left out: a reader has no folds that did not see it.
    """
    if not project.shows_model:
        drop_proposals(project=project)
        return 0
    able = _proposable(project) - set(learned_from(project, version).tolist())
    rows = (
        Said(line.id, {"text": line.text}, line.confidence, line.characters or None)
        for line in lines
        if line.text and line.id in able
    )
    return _keep(project, version, rows, claim)


def _keep(
    project: Project, version: ModelVersion, rows: Iterator[Said], claim: Claim | None
) -> int:
    check = (lambda: None) if claim is None else claim.check
    return keep_proposals(project=project, version=version.number, said=rows, check=check)


def gold_tasks(project: Project) -> list[int]:
    """Ids of the tasks that labelers are tested on: they get proposals as all others do."""
    gold = GoldItem.objects.filter(project=project, active=True)
    return list(gold.values_list("task_id", flat=True))


def _proposable(project: Project) -> set[int]:
    """Ids of the tasks that may have a proposal: gold, and what no figure is taken from."""
    active = Task.objects.filter(project=project, arm=Task.Arm.ACTIVE)
    active = active.exclude(item__in=pinned_items(project))
    return {*active.values_list("pk", flat=True).iterator(10_000), *gold_tasks(project)}
