"""The votes that figures are made of: all of a small project, a fixed share of a large one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F

from annotations.models import Project, Task

CAP = 2_000  # tasks: an alpha of so many has an interval of about ±0.02
# Multiplying by a large primitive root modulo a prime scatters the ids (Fishman and Moore, An
# exhaustive analysis of multiplicative congruential random number generators, 1986), so that the
# share is independent of any pattern in the order of the items.
ROOT, PRIME = 742_938_285, 2_147_483_647


@dataclass(frozen=True)
class SampledTask:
    """A task that has been answered: its id, status, and (labeler, category) of each vote."""

    pk: int
    status: str
    ballot: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Sample:
    """Answered tasks, each standing for `every` ones; `answered` is how many there are in all."""

    tasks: Sequence[SampledTask]
    answered: int

    @property
    def complete(self) -> bool:
        return len(self.tasks) == self.answered


def sample_votes(project: Project, cap: int = CAP) -> Sample:
    """Read the ballots of at most about `cap` answered tasks, in two queries."""
    # Only answered tasks have a confidence, and an index finds them among all others.
    answered = Task.objects.filter(project=project, confidence__isnull=False).order_by()
    count = answered.count()
    share = -(-count // cap)
    if share > 1:
        scattered = (F("pk") * ROOT) % PRIME % share
        answered = answered.alias(scattered=scattered).filter(scattered=0)
    rows = answered.order_by("pk").values_list("pk", "status", "ballot")
    tasks = [SampledTask(pk, status, _votes(ballot)) for pk, status, ballot in rows]
    return Sample(tasks, count)


def _votes(ballot: list[list[object]]) -> tuple[tuple[int, str], ...]:
    return tuple((int(str(entry[1])), str(entry[2])) for entry in ballot)
