"""A queue is ordered anew, whole, while people label: how long, how much memory, who waits.

    python -m tests.benchmarks.bench_rerank [--tasks 100000 1000000] [--databases postgresql]

Labelers lease and submit over HTTP at a steady pace, first alone, then while all of a project's
tasks get new places, then while the few move that a retrained model moves. Writes
results/rerank.json.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any

from tests.benchmarks.bench_queue import RESULTS, ROOT, Client, Server, product_label, quantiles

LABELERS = 16
PACE_SECONDS = 0.5  # between two labels of one labeler
ALONE_SECONDS = 15.0
ORDERS = {"first order": ["2"], "all tasks move": ["1"], "few tasks move": ["3", "--near"]}


class Labelers:
    """People who label at a steady pace until they are told to stop."""

    def __init__(self, port: int, tokens: list[str], project: int) -> None:
        self.times: list[tuple[float, float]] = []
        self.failures: list[str] = []
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._label, args=[Client(port, token), project, place])
            for place, token in enumerate(tokens)
        ]

    def __enter__(self) -> Labelers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _label(self, client: Client, project: int, place: int) -> None:
        self._stop.wait(PACE_SECONDS * place / LABELERS)
        number = 0
        while not self._stop.is_set():
            began = time.perf_counter()
            number += 1
            try:
                key = f"{project}-{place}-{number}-{began}"
                self.times.append(product_label(client, project, key))
            except Exception as error:
                self.failures.append(repr(error)[:300])
            self._stop.wait(max(0.0, PACE_SECONDS - (time.perf_counter() - began)))

    def figures(self) -> dict[str, Any]:
        return {
            "labels": len(self.times),
            "lease_ms": quantiles([lease for lease, _ in self.times]),
            "slowest_lease_ms": round(1000 * max(lease for lease, _ in self.times), 1),
            "submit_ms": quantiles([submit for _, submit in self.times]),
            "failures": self.failures[:5],
        }


def order(server: Server, project: int, words: list[str]) -> dict[str, Any]:
    """Order the queue in a process of its own, as a worker does."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.rerank", str(project), *words],
        env=server.environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def prepare(server: Server, tasks: int) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.prepare_queue", str(tasks)],
        env=server.environment, cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.splitlines()[-1]


def run(database: str, tasks: int, options: argparse.Namespace) -> dict[str, Any]:
    server = Server(database, tempfile.mkdtemp(prefix="labelhub-bench-"), options.port)
    prepared = json.loads(options.prepared or prepare(server, tasks))
    project, tokens = prepared["projects"][0]["id"], prepared["tokens"][:LABELERS]
    server.start()
    try:
        row: dict[str, Any] = {"tasks": tasks, "load_average": round(os.getloadavg()[0], 1)}
        with Labelers(server.port, tokens, project) as alone:
            time.sleep(ALONE_SECONDS)
        row["leases_alone"] = alone.figures()
        for name in options.orders:
            words = ORDERS[name]
            with Labelers(server.port, tokens, project) as meanwhile:
                figures = order(server, project, words)
            row[name] = figures | {"leases_meanwhile": meanwhile.figures()}
            print(f"{database:10} {tasks:8} {name}: {json.dumps(row[name])}", flush=True)
        return row
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--port", type=int, default=8393)
    parser.add_argument("--prepared", default="", help="what prepare_queue printed for one size")
    parser.add_argument("--orders", nargs="+", default=list(ORDERS), choices=list(ORDERS))
    options = parser.parse_args()
    path = RESULTS / "rerank.json"
    figures = json.loads(path.read_text()) if path.exists() else {}
    for database in options.databases.split(","):
        for tasks in options.tasks:
            found = run(database, tasks, options)
            figures.setdefault(database, {})[f"{tasks} tasks"] = found
            path.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
