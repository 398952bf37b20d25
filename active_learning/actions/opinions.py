"""Opinions: what a version says of the items that it was not trained on, for the consensus."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.actions.publish import folder_of, read_artifact
from active_learning.actions.rank import Scores
from active_learning.actions.snapshot import class_names, pinned_items, snapshot_at_hand
from active_learning.learning.datasets.snapshot import read_snapshot
from active_learning.learning.prediction_table import TABLE
from active_learning.models import ModelVersion, PredictionTable
from annotations.actions.model_share import Opinion, drop_opinions, keep_opinions, shares_of
from annotations.actions.settle import coding_for, verdict_of
from annotations.consensus.model_prior import (
    LEAST_MEASURED,
    Standing,
    standing_of,
    tempered_shares,
)
from annotations.models import Annotation, Project, Task

HEAD = 1_000  # open tasks of the head of the queue that get an opinion before their first vote
SURE = 0.9  # of a consensus that a model is measured by before there are held-out items
NOTHING = Standing(0.0, 1.0, None, 0)

Doubles = NDArray[np.float64]


def standing_in(project: Project, version: ModelVersion, said: Scores) -> Standing:
    """Measure a version against consensus that it had no part in, on items it did not learn from.

    Uniformly drawn items with enough votes, which no model is trained on or has a say in; while
    there are too few of them, its training items, each predicted without its own label and held
    against what people alone say of it.
    """
    table = table_of(version)
    knows_holdout = table is not None and table.trained_on == PredictionTable.TrainedOn.UNKNOWN
    if not project.model_in_consensus or knows_holdout:
        return NOTHING
    held = Task.objects.filter(
        project=project,
        arm=Task.Arm.RANDOM,
        status=Task.Status.SETTLED,
        votes__gte=project.held_out_votes,
    )
    measured = _measure(said, dict(held.values_list("pk", "label")))
    if measured.items >= LEAST_MEASURED:
        return measured
    if table is not None:
        unseen = said.part(~np.isin(said.ids, learned_from(project, version)))
    else:
        unseen = left_out(project, version, said)
    return _measure(unseen, said_by_people(project))


def table_of(version: ModelVersion) -> PredictionTable | None:
    """Return what somebody uploaded as this version, None where it was trained here."""
    if version.run.recipe != TABLE:
        return None
    return PredictionTable.objects.filter(run=version.run_id).first()


def said_by_people(project: Project) -> dict[int, str]:
    """Return by task the settled labels that people are sure of without any model.

    Where a model had a say, its word is taken out again: a task that people settled before it
    spoke goes on measuring it.
    """
    enough = Task.objects.filter(project=project, votes__gte=project.min_votes)
    settled = enough.filter(status=Task.Status.SETTLED)
    labels = dict(
        settled.filter(prior__isnull=True, confidence__gte=SURE).values_list("pk", "label")
    )
    coding = coding_for(project, class_names(project))
    weighed = settled.filter(prior__isnull=False)
    for pk, ballot in weighed.values_list("pk", "ballot").iterator(chunk_size=2_000):
        verdict = verdict_of(ballot, coding)
        if verdict is not None and verdict.confidence >= SURE:
            labels[pk] = verdict.label
    return labels


def _measure(said: Scores, labels: dict[int, str]) -> Standing:
    codes = {name: code for code, name in enumerate(said.classes)}
    truth = [codes.get(labels.get(pk, ""), -1) for pk in said.ids.tolist()]
    known = np.asarray(truth, np.int64) >= 0
    return standing_of(_doubles(said)[known], np.asarray(truth)[known])


def left_out(project: Project, version: ModelVersion, said: Scores) -> Scores:
    """Return what a version says of the tasks that it learned from, each by the folds that did not
    see it; nothing where the recipe has no folds."""
    folder = folder_of(version)
    path = folder / "out_of_fold.npz"
    if not path.is_file():
        return said.part(np.zeros(len(said), bool))
    with np.load(path, allow_pickle=False) as found:
        items, probabilities = found["ids"].tolist(), found["probabilities"]
    tasks = Task.objects.filter(project=project, votes__gt=0).values_list("item_id", "pk")
    task_of = dict(tasks.iterator(chunk_size=10_000))
    kept = [place for place, item in enumerate(items) if item in task_of]
    empty = said.part(np.zeros(len(said), bool))
    return Scores(
        ids=np.asarray([task_of[items[place]] for place in kept], np.int64),
        values=np.zeros(len(kept)),
        probabilities=probabilities[kept],
        classes=tuple(read_artifact(folder).description.get("classes") or empty.classes),
        strategy=said.strategy,
    )


def give_opinions(
    *, project: Project, version: ModelVersion, said: Scores, standing: Standing
) -> int:
    """Put what a version says on the tasks that have votes, and on those that come next.

    On what it learned from, the folds that did not see an item speak. Pinned items take no
    opinion, as they measure models. Returns how many were written.
    """
    if not project.model_in_consensus:
        return 0
    if standing.weight <= 0:
        return drop_opinions(project=project)
    learned = left_out(project, version, said)
    unseen = said.part(np.isin(said.ids, _wanted(project)))
    unseen = unseen.part(~np.isin(unseen.ids, learned_from(project, version)))
    opinions = [
        *_opinions(version, learned, standing),
        *_opinions(version, unseen, standing),
    ]
    return keep_opinions(project=project, opinions=opinions)


def _opinions(version: ModelVersion, said: Scores, standing: Standing) -> list[Opinion]:
    shares = tempered_shares(np.maximum(_doubles(said), 1e-9), standing)
    return [
        Opinion(pk, version.number, standing.weight, shares_of(row, said.classes))
        for pk, row in zip(said.ids.tolist(), shares.tolist(), strict=True)
    ]


def _wanted(project: Project) -> Any:
    """Ids of the tasks with votes, and of those at the head of the queue; no pinned ones."""
    active = Task.objects.filter(project=project, arm=Task.Arm.ACTIVE)
    active = active.exclude(item__in=pinned_items(project))
    ids = list(active.filter(votes__gt=0).values_list("pk", flat=True).iterator(10_000))
    head = active.filter(status=Task.Status.OPEN).order_by("-priority", "pk")
    return np.asarray(ids + list(head.values_list("pk", flat=True)[:HEAD]), np.int64)


def learned_from(project: Project, version: ModelVersion) -> Any:
    """Ids of the tasks whose labels went into the version."""
    table = table_of(version)
    if table is not None and table.trained_on != PredictionTable.TrainedOn.ELSEWHERE:
        return _answered_until(project, table.last_annotation)
    snapshot = version.run.snapshot
    if snapshot is None:
        return np.zeros(0, np.int64)
    items = {item.id for item in read_snapshot(snapshot_at_hand(snapshot.sha256)).part("train")}
    rows = Task.objects.filter(project=project, votes__gt=0).values_list("item_id", "pk")
    return np.asarray([pk for item, pk in rows.iterator(10_000) if item in items], np.int64)


def _answered_until(project: Project, last: int) -> Any:
    """Ids of the tasks that had answers by then: a model from elsewhere may repeat those."""
    answers = Annotation.objects.filter(project=project, pk__lte=last).order_by()
    ids = answers.values_list("task_id", flat=True).distinct()
    return np.fromiter(ids.iterator(chunk_size=10_000), np.int64)


def _doubles(said: Scores) -> Doubles:
    return said.probabilities.astype(np.float64)
