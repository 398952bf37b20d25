"""The database in a backup: taken as of one moment beside ongoing writes, and put in place whole.

SQLite is copied by its own backup API. PostgreSQL is read with COPY in one read-only transaction,
so no further program is needed, and the version of the server does not matter.
"""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import Error as DatabaseError
from psycopg import sql

from labelhub.backup.archive import BadArchive, Writer
from labelhub.errors import DomainError

SQLITE_ENTRY = "database/db.sqlite3.gz"
TABLES_ENTRY = "database/tables.json"
_PIECE = 1 << 20
Migrations = list[list[str]]


def applied_migrations(using: str = DEFAULT_DB_ALIAS) -> Migrations:
    """Return the migrations that a database has, as [app, name]."""
    applied = MigrationRecorder(connections[using]).applied_migrations()
    return sorted([app, name] for app, name in applied)


def is_empty() -> bool:
    """Whether nobody has an account here: then nothing can be lost."""
    connection = connections[DEFAULT_DB_ALIAS]
    if "accounts_user" not in connection.introspection.table_names():
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM accounts_user LIMIT 1")
        return cursor.fetchone() is None


# --- out -------------------------------------------------------------------------------------


def dump(writer: Writer, scratch: Path) -> None:
    """Add the database to an archive, as it is at this moment."""
    if connections[DEFAULT_DB_ALIAS].vendor == "sqlite":
        _dump_sqlite(writer, scratch)
    else:
        _dump_postgresql(writer, scratch)


def _dump_sqlite(writer: Writer, scratch: Path) -> None:
    copy = scratch / "db.sqlite3"
    name = str(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"])
    with closing(sqlite3.connect(name)) as live, closing(sqlite3.connect(copy)) as target:
        live.backup(target)  # in one step: what is written meanwhile is not in it
    with copy.open("rb") as source:
        _add_packed(writer, SQLITE_ENTRY, iter(lambda: source.read(_PIECE), b""), scratch)
    copy.unlink()


def _dump_postgresql(writer: Writer, scratch: Path) -> None:
    alias = f"backup-{uuid.uuid4().hex}"
    connection = connections[DEFAULT_DB_ALIAS].copy(alias)
    try:
        connection.ensure_connection()
        raw = connection.connection
        with raw.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            tables = _tables(cursor)
            for table, columns in tables.items():
                with cursor.copy(_copy(table, columns, "TO STDOUT")) as blocks:
                    _add_packed(writer, f"database/{table}.copy.gz", map(bytes, blocks), scratch)
            cursor.execute(
                "SELECT sequencename, last_value FROM pg_sequences "
                "WHERE schemaname = current_schema() AND last_value IS NOT NULL"
            )
            sequences = dict(cursor.fetchall())
        writer.document(TABLES_ENTRY, {"tables": tables, "sequences": sequences})
    finally:
        connection.close()


def _tables(cursor: Any) -> dict[str, list[str]]:
    cursor.execute(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c "
        "JOIN information_schema.tables t USING (table_schema, table_name) "
        "WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' "
        "AND c.is_generated = 'NEVER' ORDER BY c.table_name, c.ordinal_position"
    )
    tables: dict[str, list[str]] = {}
    for table, column in cursor.fetchall():
        tables.setdefault(table, []).append(column)
    return tables


def _copy(table: str, columns: list[str], direction: str) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    text = sql.SQL("COPY {} ({}) ").format(sql.Identifier(table), names)
    return text + sql.SQL(direction)  # type: ignore[arg-type]


def _add_packed(writer: Writer, name: str, blocks: Iterator[bytes], scratch: Path) -> None:
    """Add blocks, packed; on the way they lie on disk, since a tar must know the size first."""
    with tempfile.TemporaryFile(dir=scratch) as packed:
        with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1, mtime=0) as out:
            for block in blocks:
                out.write(block)
        size = packed.tell()
        packed.seek(0)
        writer.stream(name, packed, size)


# --- in --------------------------------------------------------------------------------------


class Beside:
    """A restored database beside the live one, under its own alias, until it is swapped in."""

    def __init__(self, alias: str) -> None:
        self.alias = alias

    def swap(self) -> str:
        """Put it in place of the live one; returns what became of that, for people."""
        raise NotImplementedError


@contextmanager
def beside(folder: Path, header: dict[str, Any]) -> Iterator[Beside]:
    """Load an unpacked backup beside the live database, and bring it to the present schema."""
    sqlite = connections[DEFAULT_DB_ALIAS].vendor == "sqlite"
    loaded = _sqlite_beside(folder) if sqlite else _postgresql_beside(folder, header)
    with loaded as found:
        call_command("migrate", database=found.alias, interactive=False, verbosity=0)
        yield found


class _SqliteBeside(Beside):
    def __init__(self, alias: str, path: Path, live: Path) -> None:
        super().__init__(alias)
        self._path, self._live = path, live

    def swap(self) -> str:
        for alias in (self.alias, DEFAULT_DB_ALIAS):
            connections[alias].close()
        before = self._live.with_name(f"{self._live.name}.before-restore")
        kept = ""
        if self._live.exists():
            with closing(sqlite3.connect(self._live)) as live:
                live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._live.replace(before)
            kept = f"The database that was here is kept as {before.name}."
        for end in ("-wal", "-shm"):
            self._live.with_name(self._live.name + end).unlink(missing_ok=True)
        self._path.replace(self._live)
        return kept


@contextmanager
def _sqlite_beside(folder: Path) -> Iterator[Beside]:
    live = Path(str(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"]))
    path = live.with_name(f".{live.name}.{uuid.uuid4().hex}")
    with gzip.open(_entry(folder, SQLITE_ENTRY)) as packed, path.open("xb") as file:
        shutil.copyfileobj(packed, file, _PIECE)
    path.chmod(0o600)
    alias = "restored"
    connection = connections[DEFAULT_DB_ALIAS].copy(alias)
    connection.settings_dict = {**connection.settings_dict, "NAME": str(path)}
    connections[alias] = connection
    try:
        yield _SqliteBeside(alias, path, live)
    except DatabaseError as error:
        raise BadArchive(f"The database in the archive cannot be used: {error}.") from error
    finally:
        connection.close()
        del connections[alias]
        for end in ("", "-wal", "-shm", ".gate"):
            Path(f"{path}{end}").unlink(missing_ok=True)


class _PostgresqlBeside(Beside):
    def __init__(self, alias: str, schema: str) -> None:
        super().__init__(alias)
        self._schema = schema

    def swap(self) -> str:
        connections[self.alias].close()
        connection = connections[DEFAULT_DB_ALIAS]
        connection.close()
        connection.ensure_connection()
        with connection.connection.transaction(), connection.connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            (home,) = cursor.fetchone()
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [home])
            for (table,) in cursor.fetchall():
                name = sql.Identifier(home, table)
                cursor.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(name))
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [self._schema])
            for (table,) in cursor.fetchall():
                moved = sql.SQL("ALTER TABLE {} SET SCHEMA {}").format(
                    sql.Identifier(self._schema, table), sql.Identifier(home)
                )
                cursor.execute(moved)
            cursor.execute(
                "SELECT stxname FROM pg_statistic_ext WHERE stxnamespace = %s::regnamespace",
                [self._schema],
            )
            for (name,) in cursor.fetchall():  # these do not go with their tables
                moved = sql.SQL("ALTER STATISTICS {} SET SCHEMA {}").format(
                    sql.Identifier(self._schema, name), sql.Identifier(home)
                )
                cursor.execute(moved)
            cursor.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(self._schema)))
        return ""


@contextmanager
def _postgresql_beside(folder: Path, header: dict[str, Any]) -> Iterator[Beside]:
    schema, alias = f"restore_{uuid.uuid4().hex[:12]}", "restored"
    live = connections[DEFAULT_DB_ALIAS]
    # Extensions belong to the database: one made beside would hold the schema that is dropped.
    with suppress(DatabaseError), live.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    with live.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA "{schema}"')
    connection = live.copy(alias)
    options = {**live.settings_dict["OPTIONS"], "options": f"-c search_path={schema}"}
    connection.settings_dict = {**live.settings_dict, "OPTIONS": options}
    connections[alias] = connection
    try:
        executor = MigrationExecutor(connection)
        executor.migrate(_last_of(executor, header["migrations"]))
        _load(connection, folder)
        yield _PostgresqlBeside(alias, schema)
    except DatabaseError as error:
        raise BadArchive(f"The database in the archive cannot be used: {error}.") from error
    finally:
        connection.close()
        del connections[alias]
        with live.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')


def _last_of(executor: MigrationExecutor, applied: Migrations) -> list[tuple[str, str]]:
    """Return the migrations that no other one of the list builds on: they bring all the rest."""
    nodes = {(app, name) for app, name in applied}
    graph = executor.loader.graph
    return [
        node
        for node in sorted(nodes)
        if not any(child.key in nodes for child in graph.node_map[node].children)
    ]


def _load(connection: Any, folder: Path) -> None:
    """Fill the tables, in one transaction: references are looked at when it ends."""
    contents = json.loads(_entry(folder, TABLES_ENTRY).read_text(encoding="utf-8"))
    connection.ensure_connection()
    raw = connection.connection
    with raw.transaction(), raw.cursor() as cursor:
        all_tables = sql.SQL(", ").join(map(sql.Identifier, contents["tables"]))
        cursor.execute(sql.SQL("TRUNCATE {}").format(all_tables))
        for table, columns in contents["tables"].items():
            with (
                gzip.open(_entry(folder, f"database/{table}.copy.gz")) as packed,
                cursor.copy(_copy(table, columns, "FROM STDIN")) as target,
            ):
                _pour(packed, target)
        for name, value in contents["sequences"].items():
            cursor.execute("SELECT setval(quote_ident(%s)::regclass, %s)", [name, value])


def _pour(source: BinaryIO | gzip.GzipFile, target: Any) -> None:
    while piece := source.read(_PIECE):
        target.write(piece)


def _entry(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise BadArchive(f"The archive holds no {name}.")
    return path


class WrongDatabase(DomainError):
    """The backup is of another kind of database than this installation uses."""

    code, status = "wrong_database", 409
