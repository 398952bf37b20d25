"""How alike merged answers are at this moment, where two of them are compared in microseconds."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from annotations.consensus.agreement import chance_distance
from annotations.consensus.base import FloatArray
from annotations.consensus.labeler_figures import interval
from annotations.consensus.pairs import alpha_interval
from annotations.models import Annotation, LabelSchema, Project, Task
from annotations.models.share import fixed_share
from annotations.task_types import ALL_TASK_TYPES

# Comparing outlines takes milliseconds, so those are compared by the labelers' figures alone.
AT_ONCE = frozenset({"transcription", "multi_label"})
CAP = 300  # tasks: of seven readings each that is a fifth of a second, once for the same votes
CHANCE_PAIRS = 4_000


def likeness_now(project: Project) -> dict[str, Any]:
    """Return alpha, mean likeness and tasks of a fixed share of the answered tasks, in the shape
    of the labelers' figures."""
    shared = Task.objects.filter(project=project, votes__gt=1).order_by()
    count = shared.count()
    ballots = fixed_share(shared, count, CAP).order_by("pk").values_list("ballot", flat=True)
    # An empty key is an abstention.
    given = [tuple(int(entry[0]) for entry in ballot if entry[2]) for ballot in ballots]
    assert project.schema_id is not None
    found = _of_votes(
        project.task_type, project.schema_id, tuple(votes for votes in given if len(votes) > 1)
    )
    return found | {"complete": len(given) == count}


@lru_cache(maxsize=32)
def _of_votes(task_type: str, schema_id: int, votes: tuple[tuple[int, ...], ...]) -> dict[str, Any]:
    """Answers are never edited: the same ids give the same figures."""
    schema = LabelSchema.objects.get(pk=schema_id).document
    wanted = [pk for task in votes for pk in task]
    answers = dict(Annotation.objects.filter(pk__in=wanted).values_list("pk", "answer"))
    tasks = [[answers[pk] for pk in task if pk in answers] for task in votes]

    def distance(a: Any, b: Any) -> float:
        return float(ALL_TASK_TYPES[task_type].distance(a, b, schema))

    expected = chance_distance(
        [answer for task in tasks for answer in task], distance, pairs=CHANCE_PAIRS
    )
    apart = [
        (np.asarray([distance(a, b) for a, b in itertools.combinations(task, 2)]), len(task))
        for task in tasks
        if len(task) > 1
    ]
    return alike(apart, expected)


def alike(by_item: Sequence[tuple[FloatArray, int]], expected: float) -> dict[str, Any]:
    """Alpha and mean likeness of answers; of each item the distances of all pairs, and how many
    answers it has. `expected` is the mean distance of any two answers."""
    alpha = alpha_interval([d for d, _ in by_item], [n for _, n in by_item], expected)
    likeness = 1.0 - float(np.concatenate([d for d, _ in by_item]).mean()) if by_item else None
    return {"alpha": interval(*alpha), "agreement": likeness, "tasks": len(by_item)}
