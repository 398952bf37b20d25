"""The human baseline: one labeler against the others, on the items that figures come from."""

from __future__ import annotations

from typing import Any

from active_learning.learning.human import one_labeler
from annotations.models import Project, Task

MOST_BALLOTS = 5_000  # a fair sample of the arm; more would not narrow the interval noticeably


def human_baseline(project: Project) -> dict[str, Any] | None:
    """One labeler against the consensus of the others, on uniformly drawn items; None without."""
    tasks = Task.objects.filter(
        project=project, arm=Task.Arm.RANDOM, votes__gte=max(project.held_out_votes, 2)
    )
    # The order within the arm is a uniform draw, so its head is a fair sample.
    ballots = tasks.order_by("-priority", "pk").values_list("ballot", flat=True)[:MOST_BALLOTS]
    return one_labeler([[str(entry[2]) for entry in ballot] for ballot in ballots])
