"""Reorder: write the order in which tasks are to be leased."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.db import connection, transaction

from annotations.models import Project, Task

CHUNK = 1000  # about 20 ms: short enough that no submit notices

# One statement per chunk on either database: the new order travels as one JSON text.
_SQLITE_ROWS = (
    "SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS priority,"
    " json_extract(value, '$[2]') AS reason FROM json_each(%s)"
)
_POSTGRESQL_ROWS = (
    "SELECT (value->>0)::bigint AS id, (value->>1)::float8 AS priority,"
    " (value->2) AS reason FROM jsonb_array_elements(%s::jsonb) AS value"
)
# The list comes first and each of its ids is looked up. Left to choose, both databases walk all
# rows of a project for every chunk: SQLite even reads the whole text again for each row, and
# PostgreSQL takes a table that was filled a moment ago for an empty one. So no index but the id's
# is of use here.
_UPDATE_TASKS = """
UPDATE annotations_task SET priority = fresh.priority, reason = fresh.reason
FROM ({rows}) AS fresh
WHERE annotations_task.id = fresh.id AND annotations_task.project_id + 0 = %s
  AND annotations_task.arm || '' = 'active'
"""
_UPDATE_SEATS = """
UPDATE annotations_seat SET priority = fresh.priority
FROM ({rows}) AS fresh
WHERE annotations_seat.task_id = fresh.id AND annotations_seat.project_id + 0 = %s
  AND annotations_seat.arm || '' = 'active' AND annotations_seat.state || '' = 'free'
"""
_FOR_BULK_REWRITE = """
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
  set_config('enable_mergejoin', 'off', true), set_config('synchronous_commit', 'off', true)
"""


def reorder_tasks(*, project: Project, order: Iterable[tuple[int, float, dict[str, Any]]]) -> int:
    """Give tasks new priorities (higher is leased sooner) with the reason in words.

    `order` yields (task id, priority, reason). Tasks of the random arm keep their order whatever
    is asked for: that is what makes them a fair sample. Written in short transactions, so leases
    and submits go on. Returns how many rows were written.
    """
    rows = iter(order)
    written = 0
    while chunk := list(islice(rows, CHUNK)):
        written += _write(project, chunk)
    return written


def _write(project: Project, chunk: list[tuple[int, float, dict[str, Any]]]) -> int:
    postgresql = connection.vendor == "postgresql"
    rows = _POSTGRESQL_ROWS if postgresql else _SQLITE_ROWS
    with_reasons = json.dumps([[pk, float(priority), reason] for pk, priority, reason in chunk])
    priorities = json.dumps([[pk, float(priority)] for pk, priority, _ in chunk])
    with transaction.atomic(), connection.cursor() as cursor:
        if postgresql:
            # One order for all writers: a submit locks its task before its seat as well.
            ids = sorted(pk for pk, _, _ in chunk)
            list(
                Task.objects.filter(pk__in=ids, project=project)
                .order_by("pk")
                .select_for_update()
                .values_list("pk", flat=True)
            )
        for_bulk_rewrite(cursor)
        cursor.execute(_UPDATE_TASKS.format(rows=rows), [with_reasons, project.pk])
        count = int(cursor.rowcount)
        cursor.execute(_UPDATE_SEATS.format(rows=rows), [priorities, project.pk])
    return count


def for_bulk_rewrite(cursor: Any) -> None:
    """Until the end of the transaction, have PostgreSQL find rows by index, one after the other.

    For statements that touch a known thousand rows of a table of any size, and that can be done
    again: their commit does not wait for the disk, so a power cut may undo the last moments of it.
    """
    if connection.vendor == "postgresql":
        cursor.execute(_FOR_BULK_REWRITE)
