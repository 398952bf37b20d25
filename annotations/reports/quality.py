"""How far a project's confidence can be believed: measured, never assumed."""

from __future__ import annotations

from typing import Any

from annotations.consensus.gold import share_interval
from annotations.models import ConsensusFit, Project, Task
from annotations.models.share import fixed_share
from annotations.reports.agreement import agreement_in
from annotations.reports.sample import SHAPES

AUDITED_CAP = 5_000


def quality_of(project: Project) -> dict[str, Any]:
    """Return calibration on known answers, the measured error of the stop rule, and agreement."""
    return {
        "calibration": calibration_of(project),
        "audit": audit_of(project),
        "agreement": agreement_in(project),
    }


def calibration_of(project: Project) -> dict[str, Any] | None:
    """Return how the fit in force was calibrated; None before the first fit.

    Each known answer was judged by a fit that was not told it.
    """
    row = ConsensusFit.objects.filter(pk=project.fit_id or 0).first()
    if row is None:
        return None
    found = row.calibration
    return {
        "method": row.method,
        "reason": found.get("reason", ""),
        "fitted_at": row.created_at,
        "votes": row.votes,
        "temperature": found.get("temperature"),
        "items": found.get("items", 0),
        "error_before": found.get("error_before"),
        "error_after": found.get("error_after"),
        "bins": [_bin(bar) for bar in found.get("bins", [])],
    }


def _bin(bar: dict[str, Any]) -> dict[str, Any]:
    right = round(bar["accuracy"] * bar["items"])
    low, high = share_interval(right, bar["items"])
    return bar | {"accuracy_low": low, "accuracy_high": high}


def audit_of(project: Project) -> dict[str, Any]:
    """Return how often the stop rule's label was not the one that every vote gave.

    Of the audited items, which are a random share, those count that the rule would have stopped
    at and that have every vote by now.
    """
    audited = Task.objects.filter(project=project, audit__isnull=False).order_by()
    drawn = audited.count()
    rows = fixed_share(audited, drawn, AUDITED_CAP).values_list("audit", "label", "status", "votes")
    marked: list[tuple[dict[str, Any], str, str, int]] = [
        (mark, label, status, votes) for mark, label, status, votes in rows if mark
    ]
    ended = [row for row in marked if row[2] != Task.Status.OPEN]
    wrong = sum(mark["label"] != label for mark, label, *_ in ended)
    low, high = share_interval(wrong, len(ended)) if ended else (None, None)
    comparable = project.task_type not in SHAPES
    return {
        "share": project.audit_share,
        "drawn": drawn,
        "stopped": len(marked),
        "ended": len(ended),
        "disputed": sum(status == Task.Status.DISPUTED for _, _, status, _ in ended),
        "wrong": wrong if comparable else None,
        "error": wrong / len(ended) if ended and comparable else None,
        "low": low if comparable else None,
        "high": high if comparable else None,
        "claimed": _mean(1.0 - mark["confidence"] for mark, *_ in ended),
        "votes_saved": _mean(float(votes - mark["votes"]) for mark, _, _, votes in ended),
    }


def _mean(values: Any) -> float | None:
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else None
