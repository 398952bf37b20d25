"""Votes as reviewers see them: who said what, and what they had in view when they said it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotations.models import Annotation, ShownProposal, Task
from annotations.reports.names import Name

# What was in view, by task and labeler.
Seen = dict[tuple[int, int] | None, dict[str, Any]]


class SeenProposal(serializers.Serializer[Any]):
    """What the labeler had in view when they gave their first answer."""

    answer = serializers.JSONField()
    confidence = serializers.FloatField(allow_null=True)
    version = serializers.IntegerField(allow_null=True, help_text="Of the model; null: imported.")
    source = serializers.CharField(  # type: ignore[assignment]
        help_text="Of an imported proposal; else empty."
    )
    taken = serializers.BooleanField(help_text="Their answer began as the proposal.")
    same = serializers.BooleanField(help_text="Their first answer says the same.")


class VoteDocument(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    labeler = serializers.IntegerField()
    labeler_name = serializers.CharField()
    answer = serializers.JSONField()
    version = serializers.IntegerField()
    schema_version = serializers.IntegerField()
    duration_ms = serializers.IntegerField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    created_at = serializers.DateTimeField()
    proposal = SeenProposal(allow_null=True, help_text="Null where none was in view.")


def _giver(vote: Annotation) -> tuple[int, int] | None:
    """Whose answer to what it is; what they said when silently asked again comes without one."""
    return None if vote.repeat else (vote.task_id, vote.labeler_id)


def seen_by(tasks: list[Task]) -> Seen:
    """Return the proposals that were in view, by task and labeler; the draw hid the others."""
    rows = ShownProposal.objects.filter(task__in=tasks, hidden=False, annotation__isnull=False)
    names = ("answer", "confidence", "version", "source", "taken", "same")
    return {
        (row.task_id, row.labeler_id): {name: getattr(row, name) for name in names} for row in rows
    }


def vote_document(vote: Annotation, name: Name, seen: Seen) -> dict[str, Any]:
    return {
        "id": vote.pk,
        "labeler": vote.labeler_id,
        "labeler_name": name(vote.labeler_id, vote.labeler.shown_name),
        "answer": vote.answer,
        "version": vote.version,
        "schema_version": vote.schema.version,
        "duration_ms": vote.duration_ms,
        "source": vote.source,
        "created_at": vote.created_at,
        "proposal": seen.get(_giver(vote)),
    }
