"""Keep proposals: what a model version says to a project's tasks, written a chunk at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection, transaction

from annotations.actions.reorder import for_bulk_rewrite
from annotations.models import Project, Proposal

CHUNK = 1_000  # about 20 ms: short enough that no lease notices

# The rows travel as one JSON text, as those of `reorder`.
_SQLITE_ROWS = (
    "SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS answer,"
    " json_extract(value, '$[2]') AS confidence, json_extract(value, '$[3]') AS characters"
    " FROM json_each(%s)"
)
_POSTGRESQL_ROWS = (
    "SELECT (value->>0)::bigint AS id, value->1 AS answer, (value->>2)::float8 AS confidence,"
    " NULLIF(value->3, 'null'::jsonb) AS characters FROM jsonb_array_elements(%s::jsonb) AS value"
)
_UPSERT = """
INSERT INTO annotations_proposal (task_id, project_id, version, answer, confidence, characters)
SELECT task.id, task.project_id, %s, fresh.answer, fresh.confidence, fresh.characters
FROM ({rows}) AS fresh CROSS JOIN annotations_task AS task
WHERE task.id = fresh.id AND task.project_id + 0 = %s
ON CONFLICT (task_id) DO UPDATE SET version = excluded.version, answer = excluded.answer,
  confidence = excluded.confidence, characters = excluded.characters
"""


class Said(NamedTuple):
    """What a version says to one task; `characters` for texts alone."""

    task: int
    answer: dict[str, Any]
    confidence: float
    characters: list[float] | None = None


def keep_proposals(
    *,
    project: Project,
    version: int,
    said: Iterator[Said],
    check: Callable[[], None] = lambda: None,
) -> int:
    """Write what a version proposes, and drop what older ones did; returns how many there are.

    What this version says nothing to has no proposal then: nobody is shown words of a model that
    has gone. `check` is called between the short transactions, and may raise.
    """
    rows = _POSTGRESQL_ROWS if connection.vendor == "postgresql" else _SQLITE_ROWS
    sql, written = _UPSERT.format(rows=rows), 0
    while chunk := list(islice(said, CHUNK)):
        check()
        with transaction.atomic(), connection.cursor() as cursor:
            for_bulk_rewrite(cursor)
            cursor.execute(sql, [version, json.dumps(chunk), project.pk])
        written += len(chunk)
    Proposal.objects.filter(project=project).exclude(version=version).delete()
    return written


def drop_proposals(*, project: Project) -> int:
    """Forget what models propose in a project; what labelers were shown stays on record."""
    return Proposal.objects.filter(project=project).delete()[0]
