"""The control: the same question asked of uniformly drawn items alone, for an honest curve."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from active_learning.actions.budget import QuotaSpent
from active_learning.actions.publish import Artifact
from active_learning.actions.snapshot import reads_text
from active_learning.actions.start import RunInProgress, start_run
from active_learning.learning import metrics
from active_learning.learning.datasets.snapshot import read_snapshot
from active_learning.learning.errors import SnapshotInvalid
from active_learning.models import TrainingRun
from annotations.models import Project, Task

# The recipe that predicts each label from the others as it goes, within a second or two.
CONTROL_RECIPE = "fast"
LEAST_LABELS, LEAST_GROWTH = 10, 0.1
# The queue is re-ordered first: a labeler waits for that, nobody waits for a curve.
AFTER_SCORING = timedelta(seconds=2)


def start_control_run(*, after: TrainingRun) -> TrainingRun | None:
    """Put a control run in line if the random arm has enough new labels."""
    project = after.project
    if reads_text(project):
        return None  # a second network on every line would cost more than the curve is worth
    settled = random_arm_labels(project)
    last = project.runs.filter(arm=TrainingRun.Arm.RANDOM).order_by("-pk").first()
    known = last.labelled if last is not None else 0
    if settled < max(LEAST_LABELS, known * (1 + LEAST_GROWTH)) or settled == known:
        return None
    try:
        return start_run(
            project=project,
            recipe=CONTROL_RECIPE,
            seed=after.seed,
            arm=TrainingRun.Arm.RANDOM,
            trigger=f"Control to run {after.pk}.",
            labelled=settled,
            delay=AFTER_SCORING,
        )
    except (RunInProgress, QuotaSpent):
        return None


def random_arm_labels(project: Project) -> int:
    """Return how many uniformly drawn tasks are settled; 0 while they are all of one label."""
    settled = Task.objects.filter(
        project=project, status=Task.Status.SETTLED, arm=Task.Arm.RANDOM
    ).exclude(label="")
    labels = settled.order_by().values_list("label", flat=True).distinct()[:2]
    return settled.count() if len(labels) == 2 else 0


def control_metrics(fitted: Artifact, snapshot: Path) -> dict[str, Any]:
    """Return the figures of a cross-validation: every item predicted without its own label.

    Uniform items may be cross-validated; on items that a model chose, the same figure would be
    dozens of points too low.
    """
    frozen = read_snapshot(snapshot)
    by_id = {item.id: item for item in frozen.part("train")}
    with np.load(fitted.folder / "out_of_fold.npz", allow_pickle=False) as found:
        ids, probabilities = found["ids"].tolist(), found["probabilities"]
    if not set(ids) <= set(by_id):
        raise SnapshotInvalid("the folds name items that the snapshot does not have")
    targets = frozen.targets([by_id[pk] for pk in ids])
    return metrics.report(probabilities, targets, frozen.classes)
