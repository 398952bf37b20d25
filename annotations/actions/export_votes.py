"""The votes of an export: those of a batch of tasks, each marked with whether it counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from annotations.actions.export_proposals import UNAIDED, proposals_of
from annotations.models import Annotation, Project
from annotations.reports.names import pseudonym

_FIELDS = (
    "task_id",
    "pk",
    "labeler_id",
    "said",
    "version",
    "schema__version",
    "source",
    "duration_ms",
    "created_at",
    "repeat",
    "gold_right",
)


def votes_of(
    project: Project, tasks: list[dict[str, Any]], using: str, repeats: bool = False
) -> dict[int, list[dict[str, Any]]]:
    """The votes of a batch of tasks as they are now, by task; superseded ones are left out.

    `repeats` are answers given once more in silence: no votes, and marked as what they are.
    """
    # Also of tasks without a vote that counts: answers to gold items and those of members who are
    # left out are given to such.
    ids = [task["pk"] for task in tasks]
    rows = Annotation.every if repeats else Annotation.objects
    given: QuerySet[Annotation, Any] = (
        rows.using(using)
        .filter(task__in=ids, current=True)
        .order_by("task_id", "pk")
        .annotate(said=Cast("answer", TextField()))
        .values_list(*_FIELDS)
    )
    # Many votes say the same: each text is read once, and what it holds is only looked at.
    read = lru_cache(maxsize=1_024)(json.loads)
    counting = {entry[0] for task in tasks for entry in task["ballot"]}
    who: Callable[[int], str] = cache(lambda labeler_id: pseudonym(project, labeler_id))
    aided = proposals_of(ids, using)
    votes: dict[int, list[dict[str, Any]]] = {}
    # A million rows pass here: tuples, and one dictionary for each.
    for task, pk, labeler, said, version, schema, source, took, at, repeat, gold in given:
        vote = {
            "annotation": pk,
            "labeler": who(labeler),
            "answer": read(said),
            "version": version,
            "schema_version": schema,
            "source": source,
            "duration_ms": took,
            "created_at": as_time(at),
            "gold": gold is not None,
            "counts": pk in counting,
            **(UNAIDED if repeat else aided.get((task, labeler), UNAIDED)),
        }
        if repeats:
            vote["repeat"] = repeat
        votes.setdefault(task, []).append(vote)
    return votes


def as_time(moment: datetime | None) -> str | None:
    """A moment as exports and releases write it: ISO 8601, UTC as Z."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
