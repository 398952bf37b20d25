"""The items page of a project with a million items, over HTTP on PostgreSQL.

    python -m tests.benchmarks.bench_browse [--items 1000000]

For each filter and order, and some of both: p50 and p95 of the first page of 50, of a page in the
middle of the list, and of the count. On a busy machine these tell of the others, so beside them
stands the CPU time that the web process and its database connections took for each answer.
Writes results/browse.json.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.benchmarks.bench_queue import POSTGRESQL, RESULTS, ROOT, Server

VIEWS: dict[str, dict[str, str]] = {
    "no filter": {},
    "status": {"status": "disputed"},
    "label": {"label": "label 7"},
    "confidence": {"min_confidence": "0.6", "max_confidence": "0.61"},
    "agreement": {"max_agreement": "0.5"},
    "uncertainty": {"min_uncertainty": "0.999"},
    "labeler": {"labeler": "{labeler}"},
    "split": {"split": "test"},
    "group": {"group": "writer 4711"},
    "common tag": {"tag": "often"},
    "rare tag": {"tag": "seldom"},
    "metadata": {"metadata": "page:77"},
    "text, common": {"text": "spinster"},
    "text, one item": {"text": "777777"},
    "text, nowhere": {"text": "zeppelin"},
    "file name": {"file": "page0777"},
    "flagged": {"flagged": "true"},
    "least agreement first": {"ordering": "agreement"},
    "most confident first": {"ordering": "-confidence"},
    "most uncertain first": {"ordering": "-uncertainty"},
    "by file name": {"ordering": "file"},
    "by group": {"ordering": "-group"},
    "by label": {"ordering": "label"},
    "fewest votes first": {"ordering": "votes"},
    "disputed, most uncertain first": {"status": "disputed", "ordering": "-uncertainty"},
    "label, least confident first": {"label": "label 3", "ordering": "confidence"},
    "rare tag, by file name": {"tag": "seldom", "ordering": "file"},
    "common tag, least agreement first": {"tag": "often", "ordering": "agreement"},
    "labeler, least agreement first": {"labeler": "{labeler}", "ordering": "agreement"},
    "text, most confident first": {"text": "vicar", "ordering": "-confidence"},
    "group, split, status": {"group": "writer 12", "split": "train", "status": "settled"},
}


def database_cpu_seconds() -> float:
    """CPU time of the connections to the benchmark's database; parallel workers are not in it."""
    import psycopg

    with psycopg.connect(POSTGRESQL) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = CURRENT_DATABASE()"
            " AND backend_type = 'client backend' AND pid <> PG_BACKEND_PID()"
        ).fetchall()
    ticks = 0
    for (pid,) in rows:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Reader:
    def __init__(self, server: Server, token: str) -> None:
        self.server, port = server, server.port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, address: str) -> tuple[float, Any]:
        begun = time.perf_counter()
        self.connection.request("GET", address, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        elapsed = time.perf_counter() - begun
        assert answer.status == 200, (address, answer.status, body[:500])
        return elapsed, json.loads(body)

    def times(self, address: str, repeats: int) -> dict[str, float]:
        cpu = self._cpu()
        taken = sorted(self.get(address)[0] for _ in range(repeats))
        return {
            "cpu_ms": round(1000 * (self._cpu() - cpu) / repeats, 1),
            "p50_ms": round(1000 * statistics.median(taken), 1),
            "p95_ms": round(1000 * taken[int(0.95 * (len(taken) - 1))], 1),
        }

    def _cpu(self) -> float:
        return self.server.cpu_seconds() + database_cpu_seconds()


def deep(reader: Reader, address: str, pages: int = 10) -> str | None:
    """Return the address of the page behind some more of 500 rows each, None where it ends."""
    following = address + ("&" if "?" in address else "?") + "limit=500"
    for _ in range(pages):
        _, page = reader.get(following)
        if page["next"] is None:
            return None
        parts = urlsplit(page["next"])
        following = f"{parts.path}?{parts.query}"
    return following.replace("limit=500", "limit=50")


def measure(reader: Reader, base: str, query: dict[str, str], repeats: int) -> dict[str, Any]:
    address = f"{base}?{urlencode(query)}"
    reader.get(address)
    row: dict[str, Any] = {"first_page": reader.times(address, repeats)}
    behind = deep(reader, address)
    row["behind_5000"] = reader.times(behind, repeats) if behind else None
    filters = {name: value for name, value in query.items() if name != "ordering"}
    count = f"{base}count/?{urlencode(filters)}"
    row["count"] = reader.times(count, max(3, repeats // 4)) | reader.get(count)[1]
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--port", type=int, default=8392)
    parser.add_argument("--prepared", default="", help="what an earlier run printed")
    options = parser.parse_args()
    server = Server("postgresql", tempfile.mkdtemp(prefix="labelhub-bench-"), options.port)
    prepared = json.loads(options.prepared or _prepare(server, options.items))
    print(json.dumps(prepared), flush=True)
    server.start()
    views: dict[str, Any] = {}
    try:
        reader = Reader(server, prepared["token"])
        base = f"/api/v1/projects/{prepared['project']}/tasks/"
        for name, query in VIEWS.items():
            filled = {key: value.format(**prepared) for key, value in query.items()}
            views[name] = measure(reader, base, filled, options.repeats)
            print(f"{name:36}", json.dumps(views[name]), flush=True)
    finally:
        server.stop()
    firsts = [row["first_page"]["p50_ms"] for row in views.values()]
    result = {
        "items": options.items,
        "database": "postgresql",
        "load_average": round(os.getloadavg()[0], 1),
        "p50_ms_of_all_views": statistics.median(firsts),
        "slowest_p50_ms": max(firsts),
        "slowest_cpu_ms": max(row["first_page"]["cpu_ms"] for row in views.values()),
        "views": views,
    }
    (RESULTS / "browse.json").write_text(json.dumps(result, indent=1) + "\n")


def _prepare(server: Server, items: int) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.prepare_browse", str(items)],
        env=server.environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return done.stdout.splitlines()[-1]


if __name__ == "__main__":
    main()
