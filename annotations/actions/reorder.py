"""Reorder: write the order in which tasks are to be leased."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from annotations.models import Project

# About 20 ms, short enough that no submit notices; on SQLite, where writers wait for each other,
# a few of them.
CHUNK, CHUNK_OF_SQLITE = 1000, 250
# A lease steps over rows that are being written. Near the queue's head, as far as any lease takes
# tasks at once, fewer are written together than it looks at beyond those that it takes.
FEW, NEAR = 24, 600
# PostgreSQL keeps the next version of a row on its page only while there is room, and makes room
# from versions that earlier transactions left: few rows of a page at a time leave it enough.
PASSES = 8

Place = tuple[int, float, dict[str, Any] | None]

# One statement per chunk on either database: the new order travels as one JSON text.
_SQLITE_ROWS = (
    "SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS priority,"
    " json_extract(value, '$[2]') AS reason FROM json_each(%s)"
)
_POSTGRESQL_ROWS = (
    "SELECT (value->>0)::bigint AS id, (value->>1)::float8 AS priority,"
    " NULLIF(value->2, 'null'::jsonb) AS reason FROM jsonb_array_elements(%s::jsonb) AS value"
)
# The list comes first and each of its ids is looked up. Left to choose, both databases walk all
# rows of a project for every chunk: SQLite even reads the whole text again for each row, and
# PostgreSQL takes a table that was filled a moment ago for an empty one. So no index but the id's
# is of use here.
_UPDATE_TASKS = """
UPDATE annotations_task
SET priority = fresh.priority, reason = COALESCE(fresh.reason, annotations_task.reason)
FROM ({rows}) AS fresh
WHERE annotations_task.id = fresh.id AND annotations_task.project_id + 0 = %s
  AND annotations_task.arm || '' = 'active'
"""
# Seats that wait for another one of their task get its priority when their turn comes.
_UPDATE_SEATS = """
UPDATE annotations_seat SET priority = fresh.priority
FROM ({rows}) AS fresh
WHERE annotations_seat.task_id = fresh.id AND annotations_seat.project_id + 0 = %s
  AND annotations_seat.arm || '' = 'active' AND annotations_seat.state || '' = 'free'
  AND annotations_seat.lane + 0 <> 2
"""
_FOR_BULK_REWRITE = """
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
  set_config('enable_mergejoin', 'off', true), set_config('synchronous_commit', 'off', true)
"""


def reorder_tasks(
    *, project: Project, order: Iterable[Place], sizes: Iterable[int] | None = None
) -> int:
    """Give tasks new priorities (higher is leased sooner) with the reason in words.

    `order` yields (task id, priority, reason or None to leave it). Tasks of the random arm keep
    their order whatever is asked for: that is what makes them a fair sample. Written in short
    transactions, of `sizes` rows each, so leases and submits go on. Returns how many rows were
    written.
    """
    rows = iter(order)
    written = 0
    for size in growing() if sizes is None else sizes:
        if not (chunk := list(islice(rows, size))):
            break
        written += _write(project, chunk)
    return written


def growing() -> Iterator[int]:
    """Yield the sizes of transactions that begin at the queue's head: few rows, then ever more."""
    most = CHUNK if connection.vendor == "postgresql" else CHUNK_OF_SQLITE
    size = FEW
    for _ in range(0, NEAR, FEW):
        yield size
    while True:
        size = min(2 * size, most)
        yield size


def shrinking(count: int) -> list[int]:
    """Return the sizes of transactions for so many rows that end at the queue's head."""
    sizes: list[int] = []
    for size in growing():
        left = count - sum(sizes)
        if left <= 0:
            break
        sizes.append(min(size, left))
    return sizes[::-1]


def cheapest_order(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Indices of tasks in the order in which a database writes them at the least cost.

    As they lie there; on PostgreSQL in several passes, so that each new version of a row finds
    room on the page of the old one.
    """
    order = np.argsort(ids, kind="stable")
    if connection.vendor != "postgresql":
        return order
    return np.concatenate([order[start::PASSES] for start in range(PASSES)])


def _write(project: Project, chunk: list[Place]) -> int:
    rows = _POSTGRESQL_ROWS if connection.vendor == "postgresql" else _SQLITE_ROWS
    # One order for all writers: rows are locked as they are listed, each task before its seats,
    # as a submit does.
    chunk.sort(key=lambda place: place[0])
    with_reasons = json.dumps([[pk, float(priority), reason] for pk, priority, reason in chunk])
    priorities = json.dumps([[pk, float(priority)] for pk, priority, _ in chunk])
    with transaction.atomic(), connection.cursor() as cursor:
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
