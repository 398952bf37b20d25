"""How long from settled labels to a re-ordered queue; figures as JSON, no assertions.

    python tests/benchmarks/bench_loop_learning.py [--tasks 100000] [--databases sqlite,postgresql]

Per database: the first model and queue after 20 settled digits, and the scoring and re-ordering of
a large pool whose features are cached. Wall seconds depend on what else the machine does; CPU
seconds count this process, its children, and the database's process that serves it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).resolve().parent / "results" / "loop_learning.json"
DATABASES = {
    "sqlite": "",
    "postgresql": os.environ.get(
        "BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/labelhub_bench_learning"
    ),
}


def main() -> None:
    options = _parser().parse_args()
    if options.inner:
        print(json.dumps(measure(options.tasks)))
        return
    figures = {name: _in_process(name, options.tasks) for name in options.databases.split(",")}
    report = {"machine": platform.processor() or platform.machine(), "tasks": options.tasks}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report | {"databases": figures}, indent=1) + "\n")
    print(RESULTS.read_text())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    return parser


def _in_process(name: str, tasks: int) -> Any:
    """Each database gets a process of its own, since settings are read once."""
    with tempfile.TemporaryDirectory(prefix="bench-learning-") as scratch:
        env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "labelhub.settings.test",
            "LABELHUB_TEST_DIR": scratch,
            "DATABASE_URL": DATABASES[name],
            "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        command = [sys.executable, str(Path(__file__)), "--inner", "--tasks", str(tasks)]
        done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return {"error": f"status {done.returncode}"}
    return json.loads(done.stdout.splitlines()[-1])


def measure(tasks: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    old = setup_databases(verbosity=0, interactive=False)
    try:
        project, first = first_queue()
        return {"vendor": connection.vendor, "first_queue": first} | large_pool(project, tasks)
    finally:
        teardown_databases(old, verbosity=0)


def first_queue() -> tuple[Any, dict[str, Any]]:
    """20 settled digits of 1,797 -> model -> queue, with nothing cached."""
    from active_learning.actions.start import check_training
    from tests.active_learning.conftest import digits_dataset, open_tasks_of, settle
    from tests.factories import project as make_project

    project = make_project(on=digits_dataset(1797), random_share=0.1)
    settle(open_tasks_of(project, "active", 18))
    settle(open_tasks_of(project, "random", 2))
    figures: dict[str, Any] = {}
    with clocked(figures):
        (run,) = check_training()
        run_jobs("train_model")
        run_jobs("score_items")
    run.refresh_from_db()
    assert run.state == "done", run.error
    return project, figures | {"fit_cpu_s": run.cpu_seconds}


def run_jobs(kind: str) -> None:
    from labelhub.jobs.models import Job
    from labelhub.jobs.run import run_job

    for job in Job.objects.filter(kind=kind, state="pending"):
        run_job(job.pk)


def large_pool(project: Any, tasks: int) -> dict[str, Any]:
    """Score and re-order a pool of many tasks; the second time, as after every later run."""
    from active_learning.actions import rank, score

    grow(project, tasks)
    figures: dict[str, Any] = {}
    parts: dict[str, Any] = {}
    functions = [(rank, "rank_tasks"), (score, "keep_rows"), (score, "predict_pool")]
    with ExitStack() as stack:
        for module, name in functions:
            stack.enter_context(timed(parts, module, name))
        score.score_items(project=project)
        with clocked(figures):
            scored = score.score_items(project=project)
    assert scored is not None
    return {"large_pool": figures | {"scored": scored.scored, "moved": scored.moved} | parts}


def grow(project: Any, tasks: int) -> None:
    """Add items to the project's dataset, with cached features but without files."""
    import numpy as np
    from django.conf import settings

    from active_learning.learning.feature_store import FeatureStore
    from annotations.actions.project import open_tasks
    from annotations.models import Item

    (keys,) = (Path(settings.FEATURES_DIR) / str(project.dataset_id)).glob("hog-*.keys")
    store = FeatureStore(keys.parent, keys.stem, 1296)
    known = store.take(np.arange(len(store)))
    random = np.random.default_rng(0)
    for start in range(0, tasks - len(known), 5_000):
        count = min(5_000, tasks - len(known) - start)
        names = [hashlib.sha256(f"{start + i}".encode()).hexdigest() for i in range(count)]
        noise = random.normal(0, 0.05, (count, 1296)).astype(np.float32)
        store.add(names, known[random.integers(len(known), size=count)] + noise)
        Item.objects.bulk_create(
            Item(
                dataset_id=project.dataset_id,
                sha256=name,
                filename=f"{name[:8]}.png",
                media_type="image/png",
                byte_size=1,
                width=8,
                height=8,
            )
            for name in names
        )
    open_tasks(project=project)


@contextmanager
def clocked(figures: dict[str, Any]) -> Iterator[None]:
    """Add wall and CPU seconds of the body, children included."""
    wall, cpu = time.perf_counter(), _cpu()
    yield
    figures["wall_s"] = round(time.perf_counter() - wall, 3)
    figures["cpu_s"] = round(_cpu() - cpu, 3)


def _cpu() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages) + _database_cpu()


def _database_cpu() -> float:
    """CPU seconds of this connection's PostgreSQL process, where it runs on this machine."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0  # SQLite computes in this process
    connection.ensure_connection()
    try:
        stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text()
    except OSError:
        return 0.0
    ticks = stat.rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def timed(parts: dict[str, Any], module: Any, name: str) -> Iterator[None]:
    """Record wall and CPU seconds of the last call of a function."""
    from active_learning.actions import score

    plain = getattr(module, name)

    def wrapped(*args: Any, **options: Any) -> Any:
        parts[name] = {}
        with clocked(parts[name]):
            return plain(*args, **options)

    holders = [holder for holder in (module, score) if hasattr(holder, name)]
    for holder in holders:
        setattr(holder, name, wrapped)
    try:
        yield
    finally:
        for holder in holders:
            setattr(holder, name, plain)


if __name__ == "__main__":
    main()
