"""One new order of a project's queue, by made-up scores: `python -m tests.benchmarks.rerank`.

    python -m tests.benchmarks.rerank PROJECT SEED [--near]

The figures are printed as JSON: seconds, CPU seconds of this process and of PostgreSQL's, peak
memory. With --near the scores are nearly those of the order before, as a retrained model's are.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from pathlib import Path

import django
import numpy as np

CLASSES = 10
SAME = 1  # the seed of the order that --near is near to


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("--near", action="store_true")
    options = parser.parse_args()
    django.setup()
    from active_learning.actions.order import keep_order
    from active_learning.actions.rank import Scores, rank_tasks
    from active_learning.learning.strategies.margin import margin_scores
    from annotations.models import Project, Task

    project = Project.objects.get(pk=options.project)
    version = serving(project)
    rows = Task.objects.filter(project=project, status=Task.Status.OPEN).order_by("pk")
    ids = np.fromiter(rows.values_list("pk", flat=True).iterator(chunk_size=10_000), np.int64)
    shares = made_up(int(ids[-1]) + 1, options.seed, options.near)[ids]
    scores = Scores(ids, margin_scores(shares), shares, tuple("0123456789"), "margin")
    before = resident_mb()
    began, own, server = time.perf_counter(), time.process_time(), server_cpu_seconds()
    moved = rank_tasks(project=project, version=version, scores=scores)
    figures = {
        "moved": moved,
        "seconds": round(time.perf_counter() - began, 2),
        "own_cpu_seconds": round(time.process_time() - own, 2),
        "database_cpu_seconds": round(server_cpu_seconds() - server, 2),
        "memory_before_mb": round(before),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    keep_order(
        project=project, version=version, strategy="margin", newest_task=int(ids[-1]),
        items=len(ids), seconds=figures["seconds"],
    )  # fmt: skip
    print(json.dumps(figures))


def made_up(count: int, seed: int, near: bool) -> np.ndarray:  # type: ignore[type-arg]
    """(count, 10) shares as a recipe keeps them."""
    logits = np.random.default_rng(SAME if near else seed).normal(0, 2, (count, CLASSES))
    if near:
        logits += np.random.default_rng(seed).normal(0, 0.002, (count, CLASSES))
    shares = np.exp(logits)
    return (shares / shares.sum(axis=1, keepdims=True)).astype(np.float16)


def serving(project):  # type: ignore[no-untyped-def]
    from active_learning.models import ModelVersion, TrainingRun

    version = project.model_versions.first()
    if version is None:
        run = TrainingRun.objects.create(project=project, recipe="fast", state="done")
        version = ModelVersion.objects.create(project=project, run=run, number=1, serving=True)
    return version


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def server_cpu_seconds() -> float:
    """What PostgreSQL's process for this connection has used; SQLite has none."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:  # on another machine
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
