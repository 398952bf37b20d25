"""Review: which tasks wait for a reviewer and why, never those that the reviewer answered."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotations.models import Annotation, Project, Task
from annotations.reports.contradictions import contradicting_tasks
from labelhub.accounts.models import User

# Beyond this nobody needs to know the number, and counting on would read the whole project.
COUNTED = 1_000


class Reason(StrEnum):
    """Why a task waits for a reviewer."""

    DISPUTED = "disputed"
    FLAGGED = "flagged"
    UNSURE = "unsure"
    CONTRADICTING = "contradicting"


def waiting(
    project: Project, reviewer: User, *, reason: str | None = None, below: float | None = None
) -> QuerySet[Task]:
    """Return the tasks that wait for this reviewer, for one reason or for any.

    Unsure is what votes settled with a calibrated confidence under `below`, which is the project's
    goal by default: answers that all agree, or that no vote can change, settle under it too.
    Contradicting are pairs whose labels cannot all be right, of each the likeliest to be wrong.
    """
    return _for_reasons(project, reason, below).filter(~_answered_by(reviewer))


def count_waiting(
    project: Project, reviewer: User, *, below: float | None = None
) -> dict[str, int]:
    """Return how many tasks wait for this reviewer by reason, each counted up to COUNTED."""
    counts = {
        str(reason): count_up(waiting(project, reviewer, reason=reason, below=below))
        for reason in Reason
    }
    everything = _for_reasons(project, None, below)
    return counts | {
        "any": count_up(everything.filter(~_answered_by(reviewer))),
        "own_work": count_up(everything.filter(_answered_by(reviewer))),
        "at_most": COUNTED,
    }


def near_certain(
    project: Project,
    reviewer: User,
    *,
    at_least: float,
    reason: str | None = None,
    below: float | None = None,
) -> QuerySet[Task]:
    """Return the waiting tasks whose answer is at least that sure, and could be accepted unseen.

    A flag or a contradiction asks somebody to look, and a gold item tests labelers, so none of
    them is among these.
    """
    rows = (
        waiting(project, reviewer, reason=reason, below=below)
        .filter(confidence__gte=at_least, answer__isnull=False, adjudicated=False, flags=0)
        .exclude(gold__active=True)
    )
    if project.of_pairs:
        rows = rows.exclude(pk__in=contradicting_tasks(project))
    return rows


def count_up(rows: QuerySet[Task]) -> int:
    """Count rows up to COUNTED."""
    return rows.order_by()[:COUNTED].count()


def _for_reasons(project: Project, reason: str | None, below: float | None) -> QuerySet[Task]:
    limit = project.confidence if below is None else below
    unsure = Q(status=Task.Status.SETTLED, adjudicated=False, confidence__lt=limit)
    rules = {
        Reason.DISPUTED: Q(status=Task.Status.DISPUTED),
        Reason.FLAGGED: Q(flags__gt=0),
        Reason.UNSURE: unsure,
    }
    if project.of_pairs and reason in (None, Reason.CONTRADICTING):
        wrong = contradicting_tasks(project)
        rules[Reason.CONTRADICTING] = Q(pk__in=wrong, adjudicated=False)
    elif reason == Reason.CONTRADICTING:
        return Task.objects.none()
    wanted = [rules[Reason(reason)]] if reason else list(rules.values())
    any_of = wanted[0]
    for rule in wanted[1:]:
        any_of |= rule
    return Task.objects.filter(any_of, project=project)


def _answered_by(reviewer: User) -> Exists:
    votes = Annotation.objects.filter(task=OuterRef("pk"), labeler=reviewer, current=True)
    return Exists(votes)
