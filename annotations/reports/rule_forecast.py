"""What a proposed overlap rule would cost: replayed on the votes so far, before it is applied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from annotations.consensus.base import FloatArray
from annotations.consensus.foresight import Rule
from annotations.models import Project, Task
from annotations.reports.outlook import Answered, Outlook, answered_tasks, outlook_of
from annotations.reports.pace import later, pace_of, recent_answers
from annotations.reports.progress import progress_of

FEW = 20  # answered tasks below which the replay says little
NO_SAVING = 0.95  # of the most votes: whoever needs so many saves nothing


def forecast_rule(project: Project, rule: Rule) -> dict[str, Any]:
    """Return votes, hours and date under a rule, from a fixed share of the answered tasks.

    What the votes so far can show is replayed; what comes after them is foreseen by the method's
    own picture of the labelers.
    """
    tasks, answered = answered_tasks(project)
    outlook = outlook_of(project, tuple(tasks), rule)
    progress, recent = progress_of(project), recent_answers(project)
    per_item = _per_item(project, outlook, tasks, rule)
    begun = Task.objects.filter(
        project=project, confidence__isnull=False, votes__gt=0, status=Task.Status.OPEN, aside=False
    )
    # Neither what is known without a vote (gold) nor what is set aside waits for one.
    fresh = max(progress["open"] - progress["aside"] - begun.order_by().count(), 0)
    left = fresh * per_item + answered * _mean(outlook.missing, 0.0)
    pace = pace_of(project, recent)["votes_per_hour"]
    hours = left / pace if pace > 0 else None
    votes_left = round(left)
    return {
        "confidence": rule.confidence,
        "min_votes": rule.least,
        "max_votes": rule.most,
        "votes_per_item": per_item,
        "saved": max(0.0, 1.0 - per_item / rule.most),
        "votes_left": votes_left,
        "hours_left": hours if votes_left else 0.0,
        "finish_at": later(recent.now, hours) if votes_left else None,
        "votes_per_hour": pace,
        "disputed": 1.0 - _mean(outlook.settled, 1.0),
        "same_label": outlook.same_label,
        "replayed": len(tasks),
        "most_seen": max((len(task.votes) for task in tasks), default=0),
        "note": _note(rule, per_item),
        "reason": _reason(votes_left, hours, len(tasks)),
    }


def _per_item(project: Project, outlook: Outlook, tasks: Sequence[Answered], rule: Rule) -> float:
    """Votes that a new item takes: held-out ones at least their own number, audited ones all."""
    total = outlook.total.copy()
    least = min(max(rule.least, project.held_out_votes), rule.most)
    held_out = np.asarray([task.arm == Task.Arm.RANDOM for task in tasks[: len(total)]], dtype=bool)
    if len(held_out) == len(total):
        total[held_out] = np.maximum(total[held_out], least)
    mean = _mean(total, float(rule.least))
    return (1.0 - project.audit_share) * mean + project.audit_share * rule.most


def _note(rule: Rule, per_item: float) -> str | None:
    """A sentence where no rule can save anything; None where this one does."""
    if rule.least == rule.most:
        return f"Every item gets {rule.most} votes under this rule, so there is nothing to save."
    if per_item >= NO_SAVING * rule.most:
        return (
            f"With {rule.most} weak votes per item there is nothing to save: "
            "the rule is hardly ever sure before it has all of them."
        )
    return None


def _reason(votes_left: int, hours: float | None, replayed: int) -> str | None:
    """What there is to know about the figures before one believes them."""
    if not votes_left:
        return "No item waits for votes."
    if hours is None:
        return "Nobody has answered within a day, so the pace is unknown."
    if replayed < FEW:
        return f"Only {replayed} items are answered so far, so this is a rough guess."
    return None


def _mean(values: FloatArray, nothing: float) -> float:
    return float(values.mean()) if len(values) else nothing
