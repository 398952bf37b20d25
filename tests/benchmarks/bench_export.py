"""Exporting votes: a worker's memory, how much longer than a plain cursor, and who feels it.

    python -m tests.benchmarks.bench_export [--votes 1000000] [--databases sqlite,postgresql]

Each export runs between two plain cursors, and times are told by the clock and in CPU seconds of
the exporting process, so that what else the machine does falls on both. Then labelers lease and
submit over HTTP without an export, beside one, and without again. Writes results/export.json.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.prepare_queue import recreate_postgresql

RESULTS = Path(__file__).parent / "results" / "export.json"
VOTES_PER_TASK = 5
LABELERS, OPEN_TASKS, SECONDS, PORT = 4, 20_000, 15.0, 8393


def set_up(database: str, folder: str) -> None:
    import django

    from tests.benchmarks.bench_queue import POSTGRESQL

    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "labelhub.settings.dev", "DATA_DIR": folder,
        "DATABASE_URL": POSTGRESQL if database == "postgresql" else "",
        "REDIS_URL": "", "SECRET_KEY": "x" * 50,
    }  # fmt: skip
    if database == "postgresql":
        recreate_postgresql()
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


NUMBERS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {tasks})"
STATEMENTS = (
    """
INSERT INTO annotations_item (dataset_id, sha256, filename, path, media_type, byte_size, width,
  height, "group", split, metadata, renditions, created_at)
{numbers} SELECT {dataset}, 'hash' || n, 'page' || n || '.png', '', 'image/png', 1, 28, 28,
  'writer ' || n % 500, 'train', '{{}}', '{{}}', CURRENT_TIMESTAMP FROM r""",
    """
INSERT INTO annotations_task (project_id, item_id, arm, status, votes, ballot, label, answer,
  confidence, agreement, distribution, detail, method, priority, reason, flags, adjudicated,
  aside, settled_at)
SELECT {project}, id, 'active', 'settled', {each}, '[]', '7', '{{"choice": "7"}}', 0.97, 1.0,
  '{{"7": 0.97, "1": 0.03}}', '{{}}', 'majority', 0.5, '{{}}', 0, FALSE, FALSE, CURRENT_TIMESTAMP
FROM annotations_item WHERE dataset_id = {dataset} ORDER BY id""",
    """
INSERT INTO annotations_seat (project_id, task_id, no, arm, lane, priority, state, labeler_id,
  token, skip_reason)
SELECT {project}, t.id, m.no, 'active', 1, 0.5, 'done', m.user_id, 1, ''
FROM annotations_task t, (SELECT user_id, ROW_NUMBER() OVER (ORDER BY user_id) AS no
  FROM annotations_membership WHERE project_id = {project} AND role = 'labeler') m
WHERE t.project_id = {project} ORDER BY t.id""",
    """
INSERT INTO annotations_annotation (project_id, task_id, seat_id, labeler_id, schema_id, version,
  current, repeat, answer, source, duration_ms, key, body_hash, created_at)
SELECT {project}, task_id, id, labeler_id, {schema}, 1, TRUE, FALSE, '{{"choice": "7"}}', 'web',
  900, id, '0', CURRENT_TIMESTAMP FROM annotations_seat WHERE project_id = {project}""",
    "ANALYZE",
)


def fill(votes: int) -> Any:
    """Make a project of settled tasks with five votes each; the database writes the rows itself."""
    from django.db import connection

    from annotations.models import Annotation
    from tests import factories

    project = factories.project(items=0, labelers=VOTES_PER_TASK)
    tasks = votes // VOTES_PER_TASK
    names = {
        "numbers": NUMBERS.format(tasks=tasks), "dataset": project.dataset_id,
        "project": project.pk, "schema": project.schema_id, "each": VOTES_PER_TASK,
    }  # fmt: skip
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement.format(**names))
    made = Annotation.objects.filter(project=project).count()
    assert made == tasks * VOTES_PER_TASK, made
    connection.close()
    return project


def plain(project: Any, path: Path) -> dict[str, Any]:
    """The floor: one cursor over the same joined rows, each written as JSON."""
    from django.db import connection
    from django.db.transaction import atomic

    begun, cpu = time.perf_counter(), time.process_time()
    with atomic(), connection.chunked_cursor() as cursor, path.open("w") as out:
        cursor.execute(
            'SELECT t.id, i.id, i.filename, i.sha256, i."group", i.split, a.id, a.labeler_id,'
            " a.answer, a.version, s.version, a.source, a.duration_ms, a.created_at"
            " FROM annotations_annotation a JOIN annotations_task t ON t.id = a.task_id"
            " JOIN annotations_item i ON i.id = t.item_id"
            " JOIN annotations_labelschema s ON s.id = a.schema_id"
            " WHERE a.project_id = %s AND a.current ORDER BY t.id, a.id",
            [project.pk],
        )
        names = [column[0] for column in cursor.description]
        while rows := cursor.fetchmany(1_000):
            out.writelines(
                json.dumps(dict(zip(names, r, strict=True)), default=str) + "\n" for r in rows
            )
    return _since(begun, cpu)


def _since(begun: float, cpu: float) -> dict[str, Any]:
    return {
        "seconds": round(time.perf_counter() - begun, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
    }


def measured(project: Any, format: str, path: Path) -> dict[str, Any]:
    from annotations.actions.export import Order, write_labels

    order = Order.of(project, format, "votes", {})
    before, begun, cpu = _peak(), time.perf_counter(), time.process_time()
    with path.open("wb") as file:
        rows = write_labels(order=order, file=file)
    return {"rows": rows, **_since(begun, cpu), "memory_rise_mb": round(_peak() - before, 1)}


def _peak() -> float:
    """The most memory that this process ever held, in MB."""
    line = next(
        each
        for each in Path("/proc/self/status").read_text().splitlines()
        if each.startswith("VmHWM")
    )
    return round(int(line.split()[1]) / 1024, 1)


def times_plain(project: Any, folder: Path) -> dict[str, Any]:
    """Each format between two plain cursors; a process of its own for each hides no peak."""
    found: dict[str, Any] = {"plain": [_in_child("plain", project, folder)]}
    for name in ("jsonl", "csv"):
        found[name] = _in_child(name, project, folder)
        found["plain"].append(_in_child("plain", project, folder))
        for unit in ("seconds", "cpu_seconds"):
            floor = sum(each[unit] for each in found["plain"][-2:]) / 2
            found[name][f"{unit}_to_plain"] = round(found[name][unit] / floor, 2)
        print(name, found[name], flush=True)
    return found


def felt_by_labelers(database: str, project: Any, folder: Path) -> dict[str, Any]:
    """Let labelers work before, beside and after an export; their times are in milliseconds."""
    from django.db import connections

    from labelhub.accounts.models import ApiToken
    from tests import factories
    from tests.benchmarks.bench_queue import Server, measure
    from tests.benchmarks.prepare_queue import make_project

    queue = make_project(factories.user(), OPEN_TASKS)
    tokens = [ApiToken.issue(user=factories.member(queue), name="b")[1] for _ in range(LABELERS)]
    connections.close_all()
    server = Server(database, str(folder), PORT)
    server.environment["SECRET_KEY"] = os.environ["SECRET_KEY"]
    server.start()
    try:
        measure(server, tokens, queue.pk, 2.0)  # warm
        found = {"before": measure(server, tokens, queue.pk, SECONDS)}
        pid, _ = _start("jsonl", project, folder)
        time.sleep(1)
        found["beside"] = measure(server, tokens, queue.pk, SECONDS)
        found["beside"]["export_still_ran"] = os.waitpid(pid, os.WNOHANG) == (0, 0)
        if found["beside"]["export_still_ran"]:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        found["after"] = measure(server, tokens, queue.pk, SECONDS)
    finally:
        server.stop()
    for name in ("lease_ms", "submit_ms"):
        quiet = (found["before"][name]["p95"] + found["after"][name]["p95"]) / 2
        found["beside"][f"{name}_p95_to_quiet"] = round(found["beside"][name]["p95"] / quiet, 2)
    return found


def run(database: str, votes: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="labelhub-bench-") as folder:
        set_up(database, folder)
        filled = time.perf_counter()
        project = fill(votes)
        print(f"{database}: filled in {time.perf_counter() - filled:.0f} s", flush=True)
        report: dict[str, Any] = {"votes": votes, "cores": os.cpu_count()}
        report |= times_plain(project, Path(folder))
        report["labelers"] = felt_by_labelers(database, project, Path(folder))
    report["load"] = round(os.getloadavg()[0], 1)
    print(database, json.dumps(report["labelers"]["beside"]), flush=True)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--votes", type=int, default=1_000_000)
    parser.add_argument("--databases", default="sqlite,postgresql")
    options = parser.parse_args()
    names = options.databases.split(",")
    figures = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for name in names:
        if len(names) == 1:
            figures[name] = run(name, options.votes)
            RESULTS.write_text(json.dumps(figures, indent=1) + "\n")
        else:  # a process of its own for each: the settings are read once
            ours = ["--votes", str(options.votes), "--databases", name]
            module = "tests.benchmarks.bench_export"
            subprocess.run([sys.executable, "-m", module, *ours], check=True)


def _start(name: str, project: Any, folder: Path) -> tuple[int, int]:
    """Fork a child that exports; return its id and where its figures are read from."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        path = folder / f"out.{name}"
        figures = plain(project, path) if name == "plain" else measured(project, name, path)
        os.write(write, json.dumps(figures).encode())
        os._exit(0)
    os.close(write)
    return pid, read


def _in_child(name: str, project: Any, folder: Path) -> dict[str, Any]:
    pid, read = _start(name, project, folder)
    with os.fdopen(read) as answer:
        found: dict[str, Any] = json.loads(answer.read())
    os.waitpid(pid, 0)
    return found


if __name__ == "__main__":
    main()
