"""Make the database ready: reachable, migrated, with a first administrator.

Runs in the installed environment, before the web server, and prints what it did as one line of
JSON. Trouble is one sentence on standard error and exit status 3.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from pathlib import Path

from labelhub.runner.say import Trouble

BACKUPS_KEPT = 3


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelhub.settings.dev")
    try:
        _set_up()
        reach_database()
        done = {"migrated": migrate(), "admin": first_admin(), "place": _place()}
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 3
    print(json.dumps(done))
    return 0


def _set_up() -> None:
    import django
    from django.core.exceptions import ImproperlyConfigured

    from labelhub.env import EnvError

    try:
        django.setup()
    except (ImproperlyConfigured, EnvError) as error:
        raise Trouble(str(error)) from error
    except OSError as error:
        raise Trouble(f"The data folder cannot be used: {error}.") from error


def reach_database() -> None:
    """Connect to the database, or say in one sentence why that cannot be."""
    from django.db import Error, connection

    try:
        connection.ensure_connection()
    except Error as error:
        reason = str(error).strip().splitlines()[-1]
        raise Trouble(f"The database {_place()} cannot be reached: {reason}") from error


def _place() -> str:
    from django.db import connection

    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return str(values["NAME"])
    return f"{values['NAME']} at {values['HOST'] or 'localhost'}:{values['PORT'] or 5432}"


def migrate() -> int:
    """Apply the migrations that are missing, after a copy of an existing SQLite file."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return 0
    if connection.vendor == "sqlite" and executor.loader.applied_migrations:
        back_up(Path(connection.settings_dict["NAME"]))
    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    return len(plan)


def back_up(database: Path) -> Path:
    """Copy a SQLite file with SQLite's own backup, and keep the newest few copies."""
    folder = database.parent / "backups"
    folder.mkdir(exist_ok=True)
    copies = sorted(folder.glob("before-migration-*.sqlite3"))
    number = int(copies[-1].stem.rpartition("-")[2]) + 1 if copies else 1
    target = folder / f"before-migration-{number:05d}.sqlite3"
    source, copy = sqlite3.connect(database), sqlite3.connect(target)
    with source, copy:
        source.backup(copy)
    source.close()
    copy.close()
    for old in copies[: 1 - BACKUPS_KEPT]:
        old.unlink()
    return target


def first_admin() -> dict[str, str] | None:
    """Make the first administrator with a generated password; None where there is one."""
    from labelhub import env
    from labelhub.accounts.actions import create_user
    from labelhub.accounts.models import User
    from labelhub.errors import DomainError

    if User.objects.filter(is_superuser=True, is_active=True).exists():
        return None
    try:
        user, password = create_user(by=None, username=env.text("ADMIN_USERNAME"), is_admin=True)
    except DomainError as error:
        raise Trouble(f"The first administrator cannot be made: {error.detail}") from error
    return {"username": user.username, "password": str(password)}


if __name__ == "__main__":
    sys.exit(main())
