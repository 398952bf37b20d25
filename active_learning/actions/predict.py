"""Predict: what a version says of a project's tasks, computed in a child process."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from django.db.models import Q, QuerySet

from active_learning.actions.child import LearningFailed
from active_learning.actions.columns import run_module
from active_learning.actions.features import features_at_hand
from active_learning.actions.propose import gold_tasks
from active_learning.actions.publish import folder_of
from active_learning.actions.rank import FALLBACK_STRATEGY, Scores, strategy_of
from active_learning.actions.read import ReadLine, read_pool
from active_learning.actions.snapshot import picture_path, reads_text
from active_learning.actions.start import settled_count, wanted_growth
from active_learning.models import ModelVersion
from annotations.models import Project, Task
from labelhub.jobs.claim import Claim

SCORE = "active_learning.learning.score"
UNFIT = "strategy_unfit"
# These choose items together and keep away from what is labelled already; the others look at each
# item alone.
CHOOSING = frozenset({"typiclust", "k_centre", "cluster_margin", "badge", "phased"})
READ_AT_ONCE = 10_000


def pool_of(project: Project) -> QuerySet[Task]:
    """Return the tasks that a scoring looks at: the open ones, and those that steer or measure.

    Where texts are read that is the gold that labelers are tested on, elsewhere what is settled.
    """
    wanted = Q(status=Task.Status.OPEN, aside=False)
    if reads_text(project):
        if project.shows_model:
            wanted |= Q(pk__in=gold_tasks(project))
    elif with_labels(project):
        wanted |= Q(status=Task.Status.SETTLED)
    return Task.objects.filter(wanted, project=project)


def with_labels(project: Project) -> bool:
    """Whether what is answered already is looked at too."""
    steered = strategy_of(project) in CHOOSING
    return steered or project.model_in_consensus or project.shows_model


def lines_of(tasks: QuerySet[Task], *, labels: bool) -> Iterator[str]:
    """Yield tasks as the learning package reads items; their id is the task's.

    With labels, what is answered is marked by its target.
    """
    fields = ("pk", "item__sha256", "votes", "label")
    rows = tasks.order_by("pk").values_list(*fields)
    for pk, sha256, votes, label in rows.iterator(chunk_size=READ_AT_ONCE):
        line = {"id": pk, "sha256": sha256, "file": picture_path(sha256)}
        if labels and label and votes:
            line["target"] = {label: 1.0}
        yield json.dumps(line) + "\n"


def write_scores(
    project: Project,
    version: ModelVersion,
    tasks: QuerySet[Task],
    out: Path,
    *,
    strategy: str,
    claim: Claim | None,
) -> None:
    """Run version and strategy on tasks; what they say is in the NPZ file `out` then.

    A strategy that this version cannot serve gives way to the default one.
    """
    with tempfile.TemporaryDirectory(prefix="score-") as scratch:
        items = Path(scratch) / "items.jsonl"
        with items.open("w", encoding="utf-8") as stream:
            stream.writelines(lines_of(tasks, labels=with_labels(project)))
        try:
            run_module(SCORE, _arguments(project, version, strategy, items, out), claim)
        except LearningFailed as error:
            if error.code != UNFIT or strategy == FALLBACK_STRATEGY:
                raise
            run_module(SCORE, _arguments(project, version, FALLBACK_STRATEGY, items, out), claim)


def load_scores(files: Sequence[Path]) -> tuple[Scores, int]:
    """Put together what was said of several parts; returns it and the number of unreadable items.

    The parts are of one version and one strategy.
    """
    ids, values, probabilities, repeated, skipped = [], [], [], [], 0
    for path in files:
        with np.load(path, allow_pickle=False) as found:
            ids.append(found["ids"])
            values.append(found["score"])
            probabilities.append(found["probabilities"])
            repeated.append(found["repeated"])
            skipped += len(found["skipped"])
            classes, strategy = tuple(found["classes"].tolist()), str(found["strategy"])
    scores = Scores(
        ids=np.concatenate(ids),
        values=np.concatenate(values),
        probabilities=np.concatenate(probabilities),
        classes=classes,
        strategy=strategy,
        repeated=np.concatenate(repeated),
    )
    return scores, skipped


def predict_pool(
    project: Project, version: ModelVersion, claim: Claim | None
) -> tuple[Scores, int]:
    """Say of all tasks of the pool what the version does, in one piece."""
    with tempfile.TemporaryDirectory(prefix="said-") as folder:
        out = Path(folder) / "scores.npz"
        strategy = strategy_of(project)
        write_scores(project, version, pool_of(project), out, strategy=strategy, claim=claim)
        return load_scores([out])


def write_readings(
    version: ModelVersion, tasks: QuerySet[Task], out: Path, claim: Claim | None
) -> int:
    """Have the version read the lines of tasks; JSON lines are in `out` then, one a readable task.

    Returns how many could not be read.
    """
    with tempfile.TemporaryDirectory(prefix="read-") as scratch:
        items = Path(scratch) / "items.jsonl"
        with items.open("w", encoding="utf-8") as stream:
            stream.writelines(lines_of(tasks, labels=False))
        return read_pool(version, items, out, claim)


def load_readings(files: Sequence[Path]) -> list[ReadLine]:
    """Return what was read on the lines of several parts."""
    found: list[ReadLine] = []
    for path in files:
        with path.open(encoding="utf-8") as stream:
            found += (ReadLine(**json.loads(line)) for line in stream)
    return found


def read_lines(
    project: Project, version: ModelVersion, claim: Claim | None
) -> tuple[list[ReadLine], int]:
    """Read all lines of the pool in one piece; returns readings and how many failed."""
    with tempfile.TemporaryDirectory(prefix="said-") as folder:
        out = Path(folder) / "readings.jsonl"
        skipped = write_readings(version, pool_of(project), out, claim)
        return load_readings([out]), skipped


def _arguments(
    project: Project, version: ModelVersion, strategy: str, items: Path, out: Path
) -> list[str]:
    labels = settled_count(project)
    options: dict[str, object] = {
        "--strategy": strategy,
        "--feature-store": features_at_hand(project.dataset_id),
        "--seed": project.pk,
        "--label-count": labels,
        "--batch": wanted_growth(labels),
    }
    places = [str(folder_of(version)), str(items), str(out)]
    return places + [str(word) for pair in options.items() for word in pair]
