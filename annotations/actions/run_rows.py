"""Run rows: what a consensus run found, task by task, and what stood there before."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from annotations.actions.settle import BallotEntry, Prior, Verdict, status_of
from annotations.models import ConsensusRun, Project, RunChange, RunLabels, Task
from annotations.models.task import prior_that_counts

PART = 10_000  # tasks whose labels are packed into one row
BATCH = 500  # changes written in one transaction
NAMED_PAIRS = 50  # the commonest changes, from which label to which

# What is said of known answers where there is none.
NOTHING_KNOWN: dict[str, Any] = {
    "items": 0,
    "accuracy": None,
    "low": None,
    "high": None,
    "calibration_error": None,
    "error": None,
}

Row = TypeVar("Row")
Label = tuple[int, str, float, str]  # task, label, confidence, status


@dataclass(frozen=True)
class Before:
    """What a task was taken to show when the run was made."""

    label: str
    confidence: float | None
    status: str
    votes: int
    unanimous: bool
    arm: str
    audited: bool
    opinion: Prior | None = None  # what a model says of it, where that counts


@dataclass(frozen=True)
class RunOutcome:
    """What a run came to: the fit behind it, why that method, and how it compares."""

    method: str
    params: dict[str, Any]
    state: dict[str, Any]
    why: str
    votes: int
    labels: Sequence[Label]
    figures: dict[str, Any]
    calibration: dict[str, Any] = field(default_factory=dict)
    opinions: Mapping[int, Prior] = field(default_factory=dict)


def standing_before(project: Project) -> dict[int, Before]:
    """Return what every task with votes is taken to show."""
    rows = Task.objects.filter(project=project, votes__gt=0).values_list(
        "pk", "label", "confidence", "status", "ballot", "arm", "audit", "prior"
    )
    return {
        pk: Before(
            label,
            confidence,
            status,
            len(ballot),
            len({row[2] for row in ballot}) == 1,
            arm,
            audit is not None,
            prior_that_counts(project, prior, arm, audit),
        )
        for pk, label, confidence, status, ballot, arm, audit, prior in rows.iterator(
            chunk_size=2000
        )
    }


def status_in_run(
    project: Project, ballot: Sequence[BallotEntry], verdict: Verdict | None, stood: Before
) -> str:
    """Return what the overlap rule makes of a run's verdict; audited tasks go on to the cap."""
    status = status_of(project, ballot=ballot, verdict=verdict, now=stood.status, arm=stood.arm)
    waits = stood.audited and status == Task.Status.SETTLED and stood.votes < project.max_votes
    return str(Task.Status.OPEN if waits else status)


def compared_statuses(
    labels: Sequence[Label], before: Mapping[int, Before]
) -> dict[str, dict[str, int]]:
    """Count the statuses of a run's tasks, now and by the run."""
    return {
        "now": _counted(before[task].status for task, *_ in labels),
        "run": _counted(status for *_, status in labels),
    }


def commonest(moved: Counter[tuple[str, str]], least: int = 1) -> list[dict[str, Any]]:
    """Return the commonest changes of label, those that `least` tasks make or more."""
    return [
        {"before": pair[0], "after": pair[1], "count": count}
        for pair, count in moved.most_common(NAMED_PAIRS)
        if count >= least
    ]


def _counted(statuses: Iterator[str]) -> dict[str, int]:
    counts = Counter(statuses)
    return {str(status): counts[str(status)] for status in Task.Status.values}


def clear_run(run: ConsensusRun) -> None:
    """Forget what an earlier attempt at the same run has written."""
    RunLabels.objects.filter(run=run).delete()
    while ids := list(RunChange.objects.filter(run=run).values_list("pk", flat=True)[:BATCH]):
        RunChange.objects.filter(pk__in=ids).delete()


def write_labels(
    run: ConsensusRun, labels: Sequence[Label], opinions: Mapping[int, Prior] | None = None
) -> None:
    """Keep the labels of a run, packed, and what a model said of those tasks."""
    opinions = opinions or {}
    for part in batches(labels, PART):
        said = {task: opinions[task] for task, *_ in part if task in opinions}
        RunLabels.objects.create(
            run=run,
            first_task=part[0][0],
            packed=pack(part),
            opinions=pack(said) if said else None,
        )


def batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Yield rows in lists of at most so many."""
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


def pack(rows: Sequence[Label] | Mapping[int, Prior]) -> bytes:
    """Return labels or opinions as compressed JSON."""
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode(), level=6)


def unpack(packed: bytes | memoryview) -> Any:
    """Return what was packed, as JSON gives it: the keys of a mapping are strings."""
    return json.loads(zlib.decompress(bytes(packed)))


def labels_of(run: ConsensusRun) -> Iterator[Label]:
    """Yield the labels that a run gave, in the order of the tasks' ids."""
    parts = RunLabels.objects.filter(run=run).order_by("first_task")
    for packed in parts.values_list("packed", flat=True).iterator(chunk_size=4):
        yield from (tuple(label) for label in unpack(packed))


def opinions_of(run: ConsensusRun) -> dict[int, Prior]:
    """Return what a model said of each task when the run was made, where that counted."""
    parts = RunLabels.objects.filter(run=run, opinions__isnull=False).order_by("first_task")
    return {
        int(task): opinion
        for packed in parts.values_list("opinions", flat=True).iterator(chunk_size=4)
        if packed is not None
        for task, opinion in unpack(packed).items()
    }
