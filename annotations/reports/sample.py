"""The votes that figures are made of: all of a small project, a fixed share of a large one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotations.models import Project, Task
from annotations.models.share import fixed_share

# Two outlines are never equal to the pixel: counting equal answers says nothing of them.
SHAPES = frozenset({"boxes", "polygons", "keypoints"})
CAP = 2_000  # tasks: an alpha of so many has an interval of about ±0.02


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
    rows = fixed_share(answered, count, cap).order_by("pk").values_list("pk", "status", "ballot")
    tasks = [SampledTask(pk, status, _votes(ballot)) for pk, status, ballot in rows]
    return Sample(tasks, count)


def _votes(ballot: list[list[object]]) -> tuple[tuple[int, str], ...]:
    return tuple((int(str(entry[1])), str(entry[2])) for entry in ballot)
