"""Lease and submit over HTTP, beside bare Django views on the same server and database.

    python -m tests.benchmarks.bench_queue [--quick] [--databases sqlite,postgresql]

For each database, number of open tasks and number of labelers: p50 and p95 of a lease and of a
submit, labels per second, server CPU per label, and the ratio to the bare views in the same run.
Also 10,000 lease requests by 64 clients with none doubled, SQL statements and commits per label,
the cold start of a web process and its memory when idle. Writes results/queue.json.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from labelhub.runner import commands

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).parent / "results"
POSTGRESQL = os.environ.get("BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/bench_queue")


class Server:
    """A web process as `make run` starts it, with the bare views added to its addresses."""

    def __init__(self, database: str, folder: str, port: int) -> None:
        self.port = port
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
            "DATA_DIR": folder,
            "DATABASE_URL": POSTGRESQL if database == "postgresql" else "",
            "SECRET_KEY": "only-for-this-benchmark-0123456789-0123456789",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "PORT": str(port),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        begun = time.perf_counter()
        self.process = subprocess.Popen(
            commands.web(sys.executable),
            env=self.environment,
            cwd=ROOT,
        )
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return time.perf_counter() - begun
            except OSError:
                pass
            if time.perf_counter() - begun > 60:
                raise SystemExit("the web process did not start within a minute")
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)

    def _workers(self) -> list[int]:
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [self.process.pid, *(int(pid) for pid in children.split())]

    def cpu_seconds(self) -> float:
        ticks = 0
        for pid in self._workers():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def resident_mb(self) -> float:
        rows = [Path(f"/proc/{pid}/status").read_text() for pid in self._workers()[1:]]
        sizes = [line.split()[1] for row in rows for line in row.splitlines() if "VmRSS" in line]
        return max(int(size) for size in sizes) / 1024


class Client:
    """One connection kept open, JSON in and out."""

    def __init__(self, port: int, token: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Content-Type": "application/json"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        self.connection.request("POST", path, json.dumps(body), self.headers | headers)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")


def product_label(client: Client, project: int, key: str) -> tuple[float, float]:
    begun = time.perf_counter()
    status, offer = client.post(f"/api/v1/projects/{project}/lease/", {"count": 1})
    leased = time.perf_counter()
    assert status == 200 and offer["tasks"], (status, offer)
    body = {
        "lease": offer["tasks"][0]["lease"]["id"],
        "answer": {"choice": str(offer["tasks"][0]["id"] % 10)},
        "duration_ms": 1000,
    }
    resumed = time.perf_counter()
    status, answer = client.post("/api/v1/annotations/", body, **{"Idempotency-Key": key})
    done = time.perf_counter()
    assert status == 201, (status, answer)
    return leased - begun, done - resumed


def bare_label(client: Client, labeler: str) -> tuple[float, float]:
    begun = time.perf_counter()
    _, lease = client.post("/bare/lease/", {"labeler": labeler})
    leased = time.perf_counter()
    body = {"seat": lease["seat"], "labeler": labeler, "answer": {"choice": "1"}}
    status, _ = client.post("/bare/submit/", body)
    assert status == 201
    return leased - begun, time.perf_counter() - leased


def measure(server: Server, tokens: list[str], project: int | None, seconds: float) -> Any:
    """Let one client per token label for a while; return the figures."""
    times: list[list[tuple[float, float]]] = [[] for _ in tokens]
    failures: list[str] = []
    stop = time.perf_counter() + seconds

    def work(place: int) -> None:
        client = Client(server.port, tokens[place] if project else "")
        while time.perf_counter() < stop:
            number = len(times[place])
            try:
                if project:
                    key = f"{project}-{place}-{number}-{stop}"
                    times[place].append(product_label(client, project, key))
                else:
                    times[place].append(bare_label(client, f"labeler {place}"))
            except Exception as error:
                failures.append(repr(error)[:300])
                return

    cpu = server.cpu_seconds()
    begun = time.perf_counter()
    threads = [threading.Thread(target=work, args=[place]) for place in range(len(tokens))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - begun
    flat = [pair for pairs in times for pair in pairs]
    return {
        "labels": len(flat),
        "labels_per_second": round(len(flat) / elapsed, 1),
        "lease_ms": quantiles([lease for lease, _ in flat]),
        "submit_ms": quantiles([submit for _, submit in flat]),
        "label_ms": quantiles([lease + submit for lease, submit in flat]),
        "server_cpu_ms_per_label": round(1000 * (server.cpu_seconds() - cpu) / len(flat), 3),
        "failures": failures,
    }


def quantiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        name: round(1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)], 3)
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    }


def lease_storm(server: Server, tokens: list[str], project: int, requests: int) -> dict[str, Any]:
    """Ask for leases with all clients at once; count what was given twice or too often."""
    held: list[list[tuple[int, int]]] = [[] for _ in tokens]
    statuses: Counter[int] = Counter()
    waits: list[float] = []

    def work(place: int) -> None:
        client = Client(server.port, tokens[place])
        for _ in range(requests // len(tokens)):
            begun = time.perf_counter()
            status, offer = client.post(f"/api/v1/projects/{project}/lease/", {"count": 1})
            waits.append(time.perf_counter() - begun)
            statuses[status] += 1
            held[place] += [(task["id"], place) for task in (offer or {}).get("tasks", [])]

    threads = [threading.Thread(target=work, args=[place]) for place in range(len(tokens))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pairs = [pair for rows in held for pair in rows]
    overlap = Counter(task for task, _ in pairs)
    return {
        "requests": sum(statuses.values()),
        "clients": len(tokens),
        "leases": len(pairs),
        "same_task_twice_to_one_labeler": len(pairs) - len(set(pairs)),
        "tasks_over_their_overlap": sum(count > 2 for count in overlap.values()),
        "not_200": sum(count for status, count in statuses.items() if status != 200),
        "ms": quantiles(waits),
    }


def run(database: str, options: argparse.Namespace) -> dict[str, Any]:
    folder = tempfile.mkdtemp(prefix="labelhub-bench-")
    server = Server(database, folder, options.port)
    sizes = [str(size) for _ in options.clients for size in options.tasks]
    prepared = json.loads(
        subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.prepare_queue", *sizes],
            env=server.environment, cwd=ROOT, check=True, capture_output=True, text=True,
        ).stdout.splitlines()[-1]
    )  # fmt: skip
    figures: dict[str, Any] = {"cold_start_seconds": round(server.start(), 3)}
    try:
        figures["idle_resident_mb"] = round(server.resident_mb(), 1)
        figures["statements_per_label"] = prepared["statements"]
        figures["runs"] = []
        tokens = prepared["tokens"]
        for clients in options.clients:
            # Projects of their own for each number of labelers: a small one is soon labeled out.
            projects = [prepared["projects"].pop(0) for _ in options.tasks]
            measure(server, tokens[:clients], projects[-1]["id"], 1.0)  # warm
            bare = measure(server, tokens[:clients], None, options.seconds)
            for project in projects:
                product = measure(server, tokens[:clients], project["id"], options.seconds)
                row = {
                    "tasks": project["tasks"],
                    "labelers": clients,
                    "product": product,
                    "bare": bare,
                    "p50_ratio": round(product["label_ms"]["p50"] / bare["label_ms"]["p50"], 2),
                    "rate_ratio": round(
                        product["labels_per_second"] / bare["labels_per_second"], 2
                    ),
                }
                figures["runs"].append(row)
                print(
                    f"{database:10} {project['tasks']:7} tasks {clients:3} labelers: "
                    f"p50 {product['label_ms']['p50']:.1f} ms (x{row['p50_ratio']} bare), "
                    f"{product['labels_per_second']:.0f} labels/s (x{row['rate_ratio']} bare)",
                    flush=True,
                )
        storm = lease_storm(server, tokens, prepared["storm"], options.storm)
        figures["lease_storm"] = storm
        print(database, "storm", storm, flush=True)
    finally:
        server.stop()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--port", type=int, default=8391)
    options = parser.parse_args()
    options.tasks = [1_000] if options.quick else [1_000, 10_000, 100_000]
    options.clients = [1, 8] if options.quick else [1, 8, 32]
    options.seconds = 2.0 if options.quick else 3.0
    options.storm = 640 if options.quick else 10_000
    figures = {name: run(name, options) for name in options.databases.split(",")}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "queue.json").write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
