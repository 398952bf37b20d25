"""Back up and restore a whole installation, and check what it holds."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader
from django.utils.module_loading import import_string

from labelhub import __version__, storage
from labelhub.backup import database
from labelhub.backup.archive import BadArchive, Writer, extract, read_header, write_archive
from labelhub.errors import Conflict
from labelhub.jobs import pulse
from labelhub.shared import shared_storage

Say = Callable[[str], None]
# Under the data folder, beside the database itself.
FOLDERS = ("files", "uploads", "exports", "snapshots", "models", "features")
# What is not in a backup, and why nobody misses it.
MADE_ANEW = {
    "tiles": "cut again when somebody looks at a large picture",
    "broker": "hints to workers, sent again for every job that waits",
    "static": "collected again at the next start",
    "metrics": "figures of processes that ran",
}
NOT_KEPT = {"tmp", "lock", "keep"}


@dataclass(frozen=True)
class Trouble:
    """One thing that is not as it must be: where, and what is wrong with it."""

    where: str
    what: str


def back_up(path: Path, *, say: Say = lambda line: None) -> Writer:
    """Write an archive of everything while work goes on: the database first, then the files.

    Files are only ever added while that runs, so all that the database names are among them.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    header = {
        "labelhub": __version__,
        "vendor": connection.vendor,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "migrations": database.applied_migrations(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        for files in (storage.originals(), storage.renditions()):
            stack.enter_context(files.kept())
        scratch = Path(
            stack.enter_context(tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-"))
        )
        writer = stack.enter_context(write_archive(path, header))
        say("The database ...")
        database.dump(writer, scratch)
        for number, (name, file) in enumerate(_files(), start=1):
            _add(writer, name, file)
            if number % 10_000 == 0:
                say(f"{number:,} files ...")
        for name in _elsewhere():
            _add_shared(writer, name)
    return writer


def _files() -> Iterator[tuple[str, Path]]:
    for name in FOLDERS:
        root = Path(getattr(settings, f"{name.upper()}_DIR"))
        for folder, inner, names in os.walk(root):
            inner[:] = sorted(each for each in inner if each not in NOT_KEPT)
            for each in sorted(names):
                if each not in NOT_KEPT and not each.startswith("."):
                    file = Path(folder) / each
                    yield f"data/{name}/{file.relative_to(root).as_posix()}", file


def _elsewhere() -> Iterator[str]:
    """Names of what only the shared storage has; lists of checksums are made anew."""
    shared = shared_storage()
    if shared is None:
        return
    for name in FOLDERS:
        root = Path(getattr(settings, f"{name.upper()}_DIR"))
        for inner in shared.names(name):
            if not Path(inner).name.startswith(".") and not (root / inner).is_file():
                yield f"{name}/{inner}"


def _add_shared(writer: Writer, name: str) -> None:
    shared = shared_storage()
    assert shared is not None
    facts = shared.facts(name)
    if facts is None:
        return  # deleted since it was listed
    with shared.open(name) as source:
        writer.stream(f"data/{name}", cast(BinaryIO, source), facts.size)


def _add(writer: Writer, name: str, file: Path) -> None:
    try:
        source = file.open("rb")
    except FileNotFoundError:
        return  # an upload that was read, an export that was deleted
    with source:
        writer.stream(name, source, os.fstat(source.fileno()).st_size)


# --- restore ---------------------------------------------------------------------------------


def restore(
    path: Path,
    *,
    replace: bool = False,
    takedowns: Path | None = None,
    say: Say = lambda line: None,
) -> str:
    """Put an archive in place of what is here; until the last step nothing of that changes.

    What was taken down since the archive was made is removed from it again: by the list here, and
    by the one in the file `takedowns`, which another machine needs. Raises BadArchive for a file
    that is not whole, Conflict where it must not be done.
    """
    header = read_header(path)
    _refuse_unfit(header)
    if not replace and not database.is_empty():
        raise Conflict(
            "There is an installation with accounts here. Restoring replaces all of it; "
            "say --replace if that is meant.",
            code="not_empty",
        )
    if running := _running():
        raise Conflict(f"Stop LabelHub first: {running} is running.", code="still_running")
    look_up, apply_again = (import_string(name) for name in settings.RESTORE_LIST)
    taken_down = look_up(takedowns)
    data = Path(settings.DATA_DIR)
    with tempfile.TemporaryDirectory(dir=data, prefix=".restore-") as name:
        folder = Path(name)
        say("Unpacking, and comparing every hash ...")
        found = extract(path, folder)
        say("Loading the database beside the one that is here ...")
        with database.beside(folder, header) as loaded:
            _place_files(folder, found)
            say("Checking ...")
            if troubles := check_data(using=loaded.alias, deep=False):
                raise BadArchive(
                    f"What the archive holds does not fit together; nothing was replaced. "
                    f"{troubles[0].where}: {troubles[0].what}"
                )
            kept = loaded.swap()
    apply_again(taken_down, say)
    return kept


def _refuse_unfit(header: dict[str, Any]) -> None:
    here = connections[DEFAULT_DB_ALIAS].vendor
    if header.get("vendor") != here:
        raise database.WrongDatabase(
            f"The backup is of a {header.get('vendor')} database; this installation uses {here}. "
            "Set DATABASE_URL to one of that kind."
        )
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    for app, name in header.get("migrations", []):
        if (app, name) not in known:
            raise BadArchive(
                f"The backup was made by a newer LabelHub ({header.get('labelhub')}): it knows "
                f"{app}.{name}, this one does not. Update first."
            )


def _running() -> str:
    if "jobs_processheartbeat" not in connections[DEFAULT_DB_ALIAS].introspection.table_names():
        return ""
    return ", ".join(sorted({process.name for process in pulse.alive()}))


def _place_files(folder: Path, found: dict[str, str]) -> None:
    """Move the files to their places; most are named by their hash, so this overwrites nothing."""
    for name in FOLDERS:
        root, source = Path(getattr(settings, f"{name.upper()}_DIR")), folder / "data" / name
        for entry in (each for each in found if each.startswith(f"data/{name}/")):
            target = root / Path(entry).relative_to(f"data/{name}")
            target.parent.mkdir(parents=True, exist_ok=True)
            (folder / entry).replace(target)
        shutil.rmtree(source, ignore_errors=True)


# --- check -----------------------------------------------------------------------------------


def check_data(*, using: str = DEFAULT_DB_ALIAS, deep: bool = True) -> list[Trouble]:
    """Return all that does not fit together: each app's checks are named in the settings.

    `deep` also reads every stored file and recomputes what can be recomputed.
    """
    troubles: list[Trouble] = []
    for dotted in settings.DATA_CHECKS:
        troubles += [Trouble(*found) for found in import_string(dotted)(using=using, deep=deep)]
    return troubles


def check_database(*, using: str, deep: bool) -> Iterator[tuple[str, str]]:
    """The database's own view of itself: pages, indexes, references."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return  # a PostgreSQL server never holds a row that breaks a constraint
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check(5)" if deep else "PRAGMA quick_check(5)")
        for (line,) in cursor.fetchall():
            if line != "ok":
                yield "database", line
        cursor.execute("PRAGMA foreign_key_check")
        for table, rowid, parent, _ in cursor.fetchmany(20):
            yield f"{table} row {rowid}", f"names a row of {parent} that is not there"
