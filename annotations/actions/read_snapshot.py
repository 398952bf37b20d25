"""Reads that all see the database as of one moment, for long exports beside ongoing work."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections

BEGIN = {
    "sqlite": (
        # It passes over the data once, so it needs neither a large cache nor the file in memory.
        "PRAGMA cache_size = -4000",
        "PRAGMA mmap_size = 0",
        # Deferred: a reader of SQLite's write-ahead log holds nobody up, and needs no place in
        # the queue of writers, which `transaction.atomic` would take.
        "BEGIN DEFERRED",
    ),
    "postgresql": ("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",),
}


@contextmanager
def read_snapshot() -> Iterator[str]:
    """Open a second connection whose transaction only reads; yields its alias for `using`.

    Inside a transaction that transaction itself is used, so that the caller's own writes are seen.
    """
    default = connections[DEFAULT_DB_ALIAS]
    if default.in_atomic_block:
        yield DEFAULT_DB_ALIAS
        return
    alias = f"snapshot-{uuid.uuid4().hex}"
    connection = default.copy(alias)
    connections[alias] = connection
    try:
        with connection.cursor() as cursor:
            for statement in BEGIN[connection.vendor]:
                cursor.execute(statement)
        yield alias
    finally:
        connection.close()
        del connections[alias]
