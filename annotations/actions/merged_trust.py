"""Trust where answers are merged: fit the labelers, then merge every ballot anew under the fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Sum

from annotations.actions.history import Cause, Standing, note_changes
from annotations.actions.merge import answers_of, in_parts, verdict_on, vote_key
from annotations.actions.merge_fit import FittedMerge, fit_merge
from annotations.actions.project import replan_task
from annotations.actions.settle import Verdict, status_of
from annotations.actions.submit import decide, write_decision
from annotations.consensus import AUTO
from annotations.consensus.merge_known import LEARNS_LABELERS
from annotations.consensus.merging import Ballots
from annotations.consensus.version import code_version
from annotations.models import (
    Adjudication,
    Annotation,
    ConsensusFit,
    GoldItem,
    Membership,
    Project,
    Task,
)
from annotations.models.share import fixed_share

# A labeler is known well from a part of a large project, and the fit holds all answers in memory.
FIT_TASKS = 20_000
READ_CHUNK = 500
CHUNK = 100  # verdicts rewritten in one transaction
NOTICEABLE = 0.005  # a smaller change of confidence is not worth a write

Ballot = list[list[Any]]


def refit_merged(*, project: Project, replan: bool, cause: Cause) -> tuple[ConsensusFit, int, int]:
    """Fit the project's labelers anew and rewrite the verdicts that change by it.

    Returns the fit, how many verdicts were rewritten and how many answers changed. Merging takes
    place outside any transaction; a vote that came in meanwhile is merged with the others.
    """
    assert project.schema is not None
    known = _known(project)
    ballots = _ballots(project, known)
    asked = None if project.consensus_method == AUTO else project.merge_settings()
    former = project.fit.calibration if project.fit else None
    found = fit_merge(project, ballots, known, asked=asked, former=former)
    votes = Task.objects.filter(project=project).aggregate(sum=Sum("votes"))["sum"] or 0
    row = ConsensusFit.objects.create(
        project=project,
        method=found.settings.method,
        params=fit_params(found, ballots, known),
        state=found.merger.to_json(),
        calibration=found.calibration,
        labels=project.schema.label_names,
        votes=votes,
        code_version=code_version(),
    )
    Project.objects.filter(pk=project.pk).update(fit=row)
    project.fit = row
    rewritten = relabelled = 0
    for tasks in _chunks(project, everything=replan):
        written, changed = _rewrite(project, _merge_anew(project, tasks), replan, cause)
        rewritten, relabelled = rewritten + written, relabelled + changed
    return row, rewritten, relabelled


def fit_params(found: FittedMerge, ballots: Ballots, known: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what a fit's row says of how it came to be."""
    return {"tasks": len(ballots), "known": len(known), **found.settings.to_params()}


def _ballots(project: Project, known: Mapping[int, Any]) -> Ballots:
    """The votes that labelers are known by, and those on known answers."""
    voted = Task.objects.filter(project=project, votes__gt=0).order_by()
    share = voted.none()
    if project.task_type in LEARNS_LABELERS:
        share = fixed_share(voted, voted.count(), FIT_TASKS)
    found: dict[int, tuple[list[int], list[dict[str, Any]]]] = {}
    some = dict(share.values_list("pk", "ballot"))
    for ids in in_parts(sorted(known.keys() - some.keys())):
        some |= dict(voted.filter(pk__in=ids).values_list("pk", "ballot"))
    rows = sorted(some.items())
    for start in range(0, len(rows), READ_CHUNK):
        part = rows[start : start + READ_CHUNK]
        answers = answers_of(entry[0] for _, ballot in part for entry in ballot)
        for task, ballot in part:
            votes = [entry for entry in ballot if entry[0] in answers]
            if votes:
                labelers = [entry[1] for entry in votes]
                found[task] = labelers, [answers[entry[0]] for entry in votes]
    _add_gold_votes(project, found)
    return found


def _add_gold_votes(project: Project, found: dict[int, Any]) -> None:
    """Answers to gold items tell of their labelers too, though they settle nothing."""
    answers = Annotation.objects.filter(
        project=project, gold_right__isnull=False, current=True, task__gold__active=True
    ).exclude(labeler__in=Membership.objects.filter(project=project, counted=False).values("user"))
    for task, labeler, answer in answers.order_by("pk").values_list(
        "task_id", "labeler_id", "answer"
    ):
        labelers, given = found.setdefault(task, ([], []))
        labelers.append(labeler)
        given.append(answer)


def _known(project: Project) -> dict[int, dict[str, Any]]:
    """What reviewers decided and what gold items are certain of; a decision comes first."""
    gold = GoldItem.objects.filter(project=project, active=True, source__in=GoldItem.CERTAIN)
    decided = Adjudication.objects.filter(task__project=project, reopened_at=None, bulk=None)
    known = dict(gold.values_list("task_id", "answer"))
    return known | dict(decided.values_list("task_id", "answer"))


@dataclass(frozen=True)
class _Merged:
    """A task as it was read, and what its votes merge to now."""

    task: Task
    ballot: Ballot
    verdict: Verdict | None

    def matters(self, project: Project) -> bool:
        """Whether anything that people see would change."""
        old, new = self.task, self.verdict
        if new is None:
            return False
        status = status_of(project, ballot=self.ballot, verdict=new, now=old.status, arm=old.arm)
        return (
            old.answer != new.answer
            or old.confidence is None
            or abs(old.confidence - new.confidence) >= NOTICEABLE
            or old.status != status
            or old.ballot != self.ballot
        )


def _chunks(project: Project, *, everything: bool) -> Iterator[list[Task]]:
    rows = Task.objects.filter(project=project, adjudicated=False).order_by("pk")
    if not everything:
        rows = rows.filter(votes__gt=0)
    columns = ("pk", "ballot", "label", "answer", "confidence", "status", "arm", "audit")
    last = 0
    while tasks := list(rows.filter(pk__gt=last).only(*columns)[:CHUNK]):
        last = tasks[-1].pk
        yield tasks


def _merge_anew(project: Project, tasks: list[Task]) -> list[_Merged]:
    answers = answers_of(entry[0] for task in tasks for entry in task.ballot)
    merged = []
    for task in tasks:
        # What counts as the same answer follows the schema, which may have changed since the vote.
        ballot = [
            [pk, labeler, vote_key(project, answers[pk]), *weight]
            for pk, labeler, _, *weight in task.ballot
        ]
        merged.append(_Merged(task, ballot, verdict_on(project, ballot, answers)))
    return merged


def _rewrite(
    project: Project, merged: list[_Merged], replan: bool, cause: Cause
) -> tuple[int, int]:
    wanted = {row.task.pk: row for row in merged if replan or row.matters(project)}
    if not wanted:
        return 0, 0
    noted, changed = [], 0
    with transaction.atomic():
        tasks = Task.objects.select_for_update().filter(pk__in=wanted, adjudicated=False)
        for task in tasks.order_by("pk"):
            row, before, answer = wanted[task.pk], Standing.of(task), task.answer
            if task.ballot == row.task.ballot:
                write_decision(task=task, project=project, ballot=row.ballot, verdict=row.verdict)
            else:
                decide(task=task, project=project, ballot=task.ballot)
            noted.append((before, task))
            changed += answer is not None and task.answer != answer
            if task.status != before.status or task.status == Task.Status.OPEN:
                replan_task(project=project, task=task)
        note_changes(noted, cause)
    return len(wanted), changed
