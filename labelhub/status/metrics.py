"""Figures for Prometheus: requests as they are served, and gauges read when they are asked for.

Every web process counts into files of its own below the data folder, one folder per machine, and
whoever is asked adds the files up.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db.models import Count
from django.utils.module_loading import import_string

FOLDER = Path(settings.DATA_DIR) / "metrics" / socket.gethostname()
LEFT_BEHIND_SECONDS = 7 * 24 * 3600
CACHE_SECONDS = 5.0
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _prepare(folder: Path) -> bool:
    """Make the folder, and clear what processes that are long gone left in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False  # counted in memory then, by each process for itself
    for path in folder.glob("*.db"):
        with suppress(OSError, ValueError):
            age = time.time() - path.stat().st_mtime
            process = path.stem.rpartition("_")[2]
            if age > LEFT_BEHIND_SECONDS and not Path("/proc", str(int(process))).exists():
                path.unlink()
    return True


# The library decides when it is first imported whether it counts in files.
if _prepare(FOLDER):
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(FOLDER)

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest  # noqa: E402
from prometheus_client.core import GaugeMetricFamily  # noqa: E402
from prometheus_client.exposition import CONTENT_TYPE_LATEST  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402
from prometheus_client.registry import Collector  # noqa: E402

CONTENT_TYPE = CONTENT_TYPE_LATEST
registry = CollectorRegistry()
REQUESTS = Counter(
    "labelhub_requests",
    "Requests answered.",
    ["view", "method", "status"],
    registry=registry,
)
SECONDS = Histogram(
    "labelhub_request_seconds",
    "Time until the answer's first byte.",
    ["view", "method"],
    buckets=BUCKETS,
    registry=registry,
)


def count_request(*, view: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    method = method if method in METHODS else "other"
    REQUESTS.labels(view, method, str(status)).inc()
    SECONDS.labels(view, method).observe(seconds)


@dataclass(frozen=True)
class Gauge:
    """One figure, or one per value of some labels; apps give theirs by settings.METRIC_SOURCES."""

    name: str
    meaning: str
    labels: tuple[str, ...]
    values: Sequence[tuple[tuple[str, ...], float]]


def gauges_of_jobs() -> Iterator[Gauge]:
    """Jobs by queue and state, and the processes that are alive."""
    from labelhub.jobs import pulse
    from labelhub.jobs.models import Job

    counts = Job.objects.order_by().values_list("queue", "state").annotate(count=Count("pk"))
    jobs = [((queue, state), float(count)) for queue, state, count in counts]
    yield Gauge("labelhub_jobs", "Jobs by queue and state.", ("queue", "state"), jobs)
    alive: dict[tuple[str, ...], float] = {("worker",): 0, ("trainer",): 0, ("dispatcher",): 0}
    for process in pulse.alive():
        alive[(process.name,)] = alive.get((process.name,), 0) + 1
    yield Gauge("labelhub_processes", "Processes alive.", ("name",), list(alive.items()))


class DatabaseGauges(Collector):
    """The gauges of all sources; of many scrapes within seconds only one asks the database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = -CACHE_SECONDS
        self._gauges: list[Gauge] = []

    def collect(self) -> Iterable[GaugeMetricFamily]:
        with self._lock:
            if time.monotonic() - self._read_at >= CACHE_SECONDS:
                self._gauges = self._read()
                self._read_at = time.monotonic()
            gauges = self._gauges
        for gauge in gauges:
            family = GaugeMetricFamily(gauge.name, gauge.meaning, labels=gauge.labels)
            for labels, value in gauge.values:
                family.add_metric(labels, value)
            yield family

    def forget(self) -> None:
        """Ask the database anew at the next scrape."""
        self._read_at = -CACHE_SECONDS

    def _read(self) -> list[Gauge]:
        gauges: list[Gauge] = []
        up = True
        try:
            for source in getattr(settings, "METRIC_SOURCES", []):
                gauges.extend(import_string(source)())
        except DatabaseTrouble:
            up = False
        state = Gauge("labelhub_database_up", "1 if the database answers.", (), [((), float(up))])
        return [state, *gauges]


database_gauges = DatabaseGauges()


def render() -> bytes:
    """Return all figures in Prometheus' text format."""
    shown = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(shown)
    shown.register(database_gauges)
    own = b"" if "PROMETHEUS_MULTIPROC_DIR" in os.environ else generate_latest(registry)
    return own + generate_latest(shown)
