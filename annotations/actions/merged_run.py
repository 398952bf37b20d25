"""Merged run: a consensus run where whole answers are merged, compared with what is in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotations.actions.merge import Answers, verdict_by, vote_key
from annotations.actions.merge_fit import FittedMerge, fit_merge, held_out_of
from annotations.actions.merged_trust import FIT_TASKS, fit_params
from annotations.actions.merged_votes import (
    CastAnswer,
    answers_as_of,
    known_answers,
    standing_answers,
    voted_tasks,
)
from annotations.actions.run_rows import (
    BATCH,
    NOTHING_KNOWN,
    Before,
    Label,
    RunOutcome,
    commonest,
    compared_statuses,
    standing_before,
    status_in_run,
)
from annotations.actions.votes_as_of import Pin
from annotations.consensus import AUTO
from annotations.consensus.calibrate import calibration_error
from annotations.consensus.merge_known import LEARNS_LABELERS, OnKnown
from annotations.consensus.merge_settings import Settings
from annotations.consensus.merging import Ballots, Merger
from annotations.measures.share import wilson
from annotations.models import ConsensusRun, Project, RunChange, Task
from annotations.task_types import ALL_TASK_TYPES
from labelhub.errors import Conflict
from labelhub.jobs.claim import Claim

# Shapes of two methods are never equal to the bit; closer than this nobody sees a difference.
SEEN = 0.01
# Changes of text are nearly all different: what two tasks have in common is worth a mention.
NAMED = 2

JsonObject = dict[str, Any]


def run_on_merged(*, run: ConsensusRun, project: Project, pin: Pin, claim: Claim) -> RunOutcome:
    """Fit, merge every task that has votes, and write down which answers differ."""
    tasks = voted_tasks(project, pin)
    if not tasks:
        raise Conflict("Nobody has answered yet, so there is nothing to run on.", code="no_votes")
    claim.progress(0.1, "Fitting")
    known, standing = known_answers(pin), standing_answers(pin)
    fitted, ballots = fit_merged_run(run, project, pin, tasks, known)
    claim.progress(0.3, "Comparing")
    before = standing_before(project)
    tally = _Tally()
    for part in _parts(tasks):
        answered = answers_as_of(project, pin, part)
        rows = list(_merged(project, answered, standing, fitted.merger, before))
        _write_changes(run, tally.add(project, rows), before)
        claim.progress(0.3 + 0.6 * len(tally.labels) / len(tasks), "Comparing")
    figures = _figures(project, fitted, ballots, known, tally, before)
    return RunOutcome(
        fitted.settings.method,
        fit_params(fitted, ballots, known),
        fitted.merger.to_json(),
        fitted.why if run.method == AUTO else "asked for",
        tally.votes,
        tally.labels,
        figures,
        fitted.calibration,
    )


def fit_merged_run(
    run: ConsensusRun,
    project: Project,
    pin: Pin,
    tasks: Sequence[int],
    known: Mapping[int, JsonObject],
) -> tuple[FittedMerge, Ballots]:
    """Return the run's calibrated merger and the ballots that it was fitted to.

    It starts from nothing, so the votes alone decide: the same ones give the same bits.
    """
    wanted = [task for task in tasks if task in known]
    if project.task_type in LEARNS_LABELERS:
        others = [task for task in tasks if task not in known]
        wanted = sorted([*wanted, *others[:: -(-len(others) // FIT_TASKS) or 1]])
    ballots: dict[int, tuple[list[int], list[JsonObject]]] = {
        task: ([cast.labeler for cast in casts], [cast.answer for cast in casts])
        for task, casts in answers_as_of(project, pin, wanted)
    }
    asked = None
    if run.method != AUTO:
        asked = Settings.of(project.task_type, run.method, run.params)
    return fit_merge(project, ballots, known, asked=asked), ballots


def _parts(tasks: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(tasks), BATCH):
        yield tasks[start : start + BATCH]


@dataclass(frozen=True)
class _Row:
    """A task by the run: its answer now and by the run, and what the rule makes of it."""

    label: Label
    now: JsonObject | None
    answer: JsonObject
    votes: int


def _merged(
    project: Project,
    answered: Iterable[tuple[int, list[CastAnswer]]],
    standing: Mapping[int, JsonObject],
    merger: Merger,
    before: Mapping[int, Before],
) -> Iterator[_Row]:
    casts_of = dict(answered)
    now = dict(Task.objects.filter(pk__in=casts_of).values_list("pk", "answer"))
    for task, casts in casts_of.items():
        open_casts = [cast for cast in casts if not cast.hidden]
        stood = before.get(task)
        if stood is None or not open_casts:
            continue
        votes = len(open_casts)
        if task in standing:
            name = ALL_TASK_TYPES[project.task_type].summary(standing[task])
            label = (task, name, 1.0, str(Task.Status.SETTLED))
            yield _Row(label, now.get(task), standing[task], votes)
            continue
        yield _voted(project, task, open_casts, merger, stood, now.get(task))


def _voted(
    project: Project,
    task: int,
    casts: Sequence[CastAnswer],
    merger: Merger,
    stood: Before,
    now: JsonObject | None,
) -> _Row:
    ballot = [[c.annotation, c.labeler, vote_key(project, c.answer)] for c in casts]
    answers: Answers = {cast.annotation: cast.answer for cast in casts}
    verdict = verdict_by(project, ballot, answers, merger)
    assert verdict.answer is not None
    status = status_in_run(project, ballot, verdict, stood)
    label = (task, verdict.label, round(verdict.confidence, 6), status)
    return _Row(label, now, verdict.answer, len(casts))


@dataclass
class _Change:
    row: _Row
    distance: float


@dataclass
class _Tally:
    """What a run found so far."""

    labels: list[Label] = field(default_factory=list)
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    changed: int = 0
    votes: int = 0

    def add(self, project: Project, rows: Sequence[_Row]) -> list[_Change]:
        """Count some tasks; return those whose answer is another one."""
        changes = [change for row in rows if (change := _change(project, row)) is not None]
        self.labels += [row.label for row in rows]
        self.votes += sum(row.votes for row in rows)
        self.changed += len(changes)
        summary = ALL_TASK_TYPES[project.task_type].summary
        for change in changes:
            was = "" if change.row.now is None else summary(change.row.now)
            self.moved[was, change.row.label[1]] += 1
        return changes


def _change(project: Project, row: _Row) -> _Change | None:
    """What changes for people, or None: another text or set, or shapes that lie elsewhere."""
    if row.now is None:
        return _Change(row, 1.0)
    if row.now == row.answer:
        return None
    assert project.schema is not None
    kind = ALL_TASK_TYPES[project.task_type]
    apart = kind.distance(row.now, row.answer, project.schema.document)
    whole = project.task_type in ("transcription", "multi_label")
    if whole or apart >= SEEN or kind.summary(row.now) != row.label[1]:
        return _Change(row, apart)
    return None


def _figures(
    project: Project,
    fitted: FittedMerge,
    ballots: Ballots,
    known: Mapping[int, JsonObject],
    tally: _Tally,
    before: Mapping[int, Before],
) -> dict[str, Any]:
    held = held_out_of(project, ballots, known)
    current = project.merge_settings(project.fit.method if project.fit else "")
    return {
        "answered": len(tally.labels),
        "changed": tally.changed,
        "from_to": commonest(tally.moved, NAMED if project.task_type == "transcription" else 1),
        "statuses": compared_statuses(tally.labels, before),
        "known": {
            "now": _on_known(held.judge(current)),
            "run": _on_known(held.judge(fitted.settings)),
        },
        "current_method": current.method,
        "temperature": fitted.calibration["temperature"],
    }


def _on_known(found: OnKnown) -> dict[str, Any]:
    """How right, how near and how honest a way of merging is on answers it was not told."""
    items = len(found.right)
    if not items:
        return dict(NOTHING_KNOWN)
    sure = found.confidence(found.calibration().temperature)
    low, high = wilson(float(found.right.sum()), items)
    return {
        "items": items,
        "accuracy": float(found.right.mean()),
        "low": low,
        "high": high,
        "calibration_error": calibration_error(sure, found.right),
        "error": float(found.apart.mean()),
    }


def _write_changes(
    run: ConsensusRun, changes: Sequence[_Change], before: Mapping[int, Before]
) -> None:
    rows = []
    for change in changes:
        task, label, sure, status = change.row.label
        stood = before[task]
        rows.append(
            RunChange(
                run=run,
                task_id=task,
                before=stood.label,
                after=label,
                confidence_before=stood.confidence,
                confidence_after=sure,
                status_before=stood.status,
                status_after=status,
                answer_before=change.row.now,
                answer_after=change.row.answer,
                distance=change.distance,
            )
        )
    RunChange.objects.bulk_create(rows)
