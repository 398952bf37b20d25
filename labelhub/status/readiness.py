"""Whether this process can serve: database, migrations, data folder."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

_migrated = False


def pending_migrations() -> list[str]:
    """Return the migrations that are not applied; once there is none, none is looked for again.

    Code and its migrations change only with a new process.
    """
    global _migrated
    if _migrated:
        return []
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    pending = [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
    _migrated = not pending
    return pending


def database_trouble() -> str | None:
    """Return why the database cannot be used, None where it can."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        pending = pending_migrations()
    except DatabaseTrouble as error:
        connection.close()
        return f"The database does not answer: {type(error).__name__}."
    return f"{len(pending)} migrations are not applied." if pending else None


def folder_trouble(folder: Path | None = None) -> str | None:
    """Return why the data folder cannot be written, None where it can."""
    folder = Path(folder or settings.DATA_DIR)
    probe = folder / f".probe-{os.getpid()}-{uuid.uuid4().hex}"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        return f"The data folder cannot be written: {error.strerror}."
    return None
