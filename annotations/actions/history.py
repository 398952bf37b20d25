"""History: keep what changed a label when it was not a vote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotations.models import LabelChange, Task
from labelhub.accounts.models import User


@dataclass(frozen=True)
class Standing:
    """What a task was taken to show at one moment."""

    label: str
    status: str
    adjudicated: bool = False

    @staticmethod
    def of(task: Task) -> Standing:
        return Standing(task.label, str(task.status), task.adjudicated)


@dataclass(frozen=True)
class Cause:
    """What changes labels, and on whose word."""

    kind: str
    by: User | None = None
    note: str = ""


REFIT = Cause(LabelChange.Cause.REFIT)


def cause_of(payload: Mapping[str, Any]) -> Cause:
    """Return the cause that a refit's job names; a refit of itself where it names none."""
    if not payload.get("cause"):
        return REFIT
    by = User.objects.filter(pk=payload.get("by") or 0).first()
    return Cause(str(payload["cause"]), by, str(payload.get("note", "")))


def note_changes(changes: Sequence[tuple[Standing, Task]], cause: Cause) -> int:
    """Keep how tasks stood before, for those that stand differently now; return how many.

    Belongs into the transaction that writes the tasks.
    """
    rows = [
        LabelChange(
            project_id=task.project_id,
            task_id=task.pk,
            cause=cause.kind,
            by=cause.by,
            label_before=before.label,
            label_after=task.label,
            status_before=before.status,
            status_after=str(task.status),
            confidence=task.confidence,
            method=task.method,
            note=cause.note[:1000],
        )
        for before, task in changes
        if before != Standing.of(task)
    ]
    LabelChange.objects.bulk_create(rows)
    return len(rows)
