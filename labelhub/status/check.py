"""What a check is, and the facts that several checks look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from django.db.models import Count

from labelhub.jobs import pulse
from labelhub.jobs.models import Job, ProcessHeartbeat

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `fix` is a command or an act; empty where all is well."""

    name: str
    state: State
    title: str
    detail: str = ""
    fix: str = ""


@dataclass(frozen=True)
class Facts:
    """What several checks look at, read once."""

    processes: list[ProcessHeartbeat]
    jobs: dict[tuple[str, str], int]
    queues: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        served = {queue for process in self.processes for queue in process.detail.get("queues", [])}
        object.__setattr__(self, "queues", frozenset(served))

    def waiting(self, *queues: str) -> int:
        return sum(self.jobs.get((queue, Job.State.PENDING), 0) for queue in queues)


def gather() -> Facts:
    unfinished = Job.objects.filter(state__in=Job.UNFINISHED).order_by()
    counts = unfinished.values_list("queue", "state").annotate(count=Count("pk"))
    return Facts(pulse.alive(), {(queue, state): count for queue, state, count in counts})


def processes_of(facts: Facts) -> Iterator[dict[str, object]]:
    """Return the processes alive as JSON."""
    for process in facts.processes:
        yield {
            "name": process.name,
            "host": process.host,
            "pid": process.pid,
            "seen_at": process.seen_at,
            "queues": process.detail.get("queues", []),
            "memory_bytes": process.detail.get("bytes"),
        }
