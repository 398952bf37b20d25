"""Score: let the serving version predict the open pool, keep what it says, re-order the queue."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import Max

from active_learning.actions.child import Child, LearningFailed
from active_learning.actions.events import last_number
from active_learning.actions.features import features_folder
from active_learning.actions.order import keep_order
from active_learning.actions.publish import folder_of, serving_version
from active_learning.actions.rank import FALLBACK_STRATEGY, Scores, rank_tasks, strategy_of
from active_learning.actions.snapshot import picture_path
from active_learning.actions.start import settled_count, wanted_growth
from active_learning.actions.typical import order_by_typicality
from active_learning.models import ModelVersion, RunEvent
from annotations.actions.reorder import for_bulk_rewrite
from annotations.models import Project, Task
from labelhub.jobs.claim import Claim

SCORE = "active_learning.learning.score"
UNFIT = "strategy_unfit"
# These keep away from what is labelled already; the others look at each item alone.
STEERED_BY_LABELS = frozenset({"typiclust", "k_centre", "cluster_margin", "badge", "phased"})
CHUNK = 1_000

# One statement per chunk on either database: the rows travel as one JSON text. SQLite takes the
# tables of a CROSS JOIN in the written order, so each id is looked up once.
_SQLITE_ROWS = (
    "SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS predicted,"
    " json_extract(value, '$[2]') AS probability, json_extract(value, '$[3]') AS value"
    " FROM json_each(%s)"
)
_POSTGRESQL_ROWS = (
    "SELECT (value->>0)::bigint AS id, value->>1 AS predicted,"
    " (value->>2)::float8 AS probability, (value->>3)::float8 AS value"
    " FROM jsonb_array_elements(%s::jsonb) AS value"
)
_UPSERT = """
INSERT INTO active_learning_score (task_id, version_id, predicted, probability, value)
SELECT task.id, %s, fresh.predicted, fresh.probability, fresh.value
FROM ({rows}) AS fresh CROSS JOIN annotations_task AS task
WHERE task.id = fresh.id AND task.project_id + 0 = %s
ON CONFLICT (task_id) DO UPDATE SET version_id = excluded.version_id,
  predicted = excluded.predicted, probability = excluded.probability, value = excluded.value
"""


@dataclass(frozen=True)
class Scored:
    """How many tasks were predicted, left out as unreadable, and moved in the queue.

    `version` is the number of the model version, None where pictures were only compared.
    """

    version: int | None
    scored: int
    skipped: int
    moved: int


def score_items(*, project: Project, claim: Claim | None = None) -> Scored | None:
    """Predict every open task, re-order the queue, and keep the predictions.

    Before there is a version, typical pictures come first. The queue is written first: labelers
    wait for it, the stored predictions are for pages.
    """
    version = serving_version(project)
    began = time.monotonic()
    newest = Task.objects.filter(project=project).aggregate(last=Max("pk"))["last"] or 0
    if version is None:
        picked = order_by_typicality(project=project, newest=newest, claim=claim)
        return Scored(None, 0, 0, picked) if picked is not None else None
    with tempfile.TemporaryDirectory(prefix="score-") as scratch:
        scores, skipped = predict_pool(project, version, Path(scratch), claim)
    moved = rank_tasks(project=project, version=version, scores=scores)
    keep_scores(project=project, version=version, scores=scores, claim=claim)
    seconds = time.monotonic() - began
    keep_order(
        project=project,
        version=version,
        strategy=scores.strategy,
        newest_task=newest,
        items=len(scores),
        seconds=seconds,
    )
    scored = Scored(version.number, len(scores), skipped, moved)
    note_scoring(version, scored, seconds=seconds)
    return scored


def predict_pool(
    project: Project, version: ModelVersion, scratch: Path, claim: Claim | None
) -> tuple[Scores, int]:
    """Run version and strategy on all open tasks; returns scores and the number of unreadable ones.

    A strategy that this version cannot serve gives way to the default one.
    """
    strategy = strategy_of(project)
    try:
        return run_score(project, version, strategy, scratch, claim)
    except LearningFailed as error:
        if error.code != UNFIT or strategy == FALLBACK_STRATEGY:
            raise
        return run_score(project, version, FALLBACK_STRATEGY, scratch, claim)


def run_score(
    project: Project, version: ModelVersion, strategy: str, scratch: Path, claim: Claim | None
) -> tuple[Scores, int]:
    """Do the same in a child process, with this strategy."""
    items, out = scratch / "items.jsonl", scratch / "scores.npz"
    with items.open("w", encoding="utf-8") as stream:
        stream.writelines(pool_lines(project, with_labels=strategy in STEERED_BY_LABELS))
    with Child(SCORE, _arguments(project, version, strategy, items, out)) as child:
        for _ in child.events():
            if claim is not None:
                claim.check()
        child.wait().raise_for_status()
    with np.load(out, allow_pickle=False) as found:
        return _open_scores(project, strategy, found), len(found["skipped"])


def _open_scores(project: Project, strategy: str, found: Mapping[str, Any]) -> Scores:
    """Read the child's output, without the settled tasks that only steered it."""
    still_open = Task.objects.filter(project=project, status=Task.Status.OPEN)
    ids = np.fromiter(still_open.values_list("pk", flat=True).iterator(10_000), np.int64)
    kept = np.isin(found["ids"], ids)
    return Scores(
        ids=found["ids"][kept],
        values=found["score"][kept],
        probabilities=found["probabilities"][kept],
        classes=tuple(found["classes"].tolist()),
        strategy=strategy,
    )


def pool_lines(project: Project, *, with_labels: bool = False) -> Iterator[str]:
    """Yield the open tasks as the learning package reads items; their id is the task's.

    With labels, the settled tasks are there too, marked by their target.
    """
    wanted = [Task.Status.OPEN, Task.Status.SETTLED] if with_labels else [Task.Status.OPEN]
    rows = Task.objects.filter(project=project, status__in=wanted).order_by("pk")
    fields = ("pk", "item__sha256", "status", "label")
    for pk, sha256, status, label in rows.values_list(*fields).iterator(chunk_size=10_000):
        line = {"id": pk, "sha256": sha256, "file": picture_path(sha256)}
        if status == Task.Status.SETTLED:
            line["target"] = {label: 1.0}
        yield json.dumps(line) + "\n"


def _arguments(
    project: Project, version: ModelVersion, strategy: str, items: Path, out: Path
) -> list[str]:
    labels = settled_count(project)
    options: dict[str, object] = {
        "--strategy": strategy,
        "--feature-store": features_folder(project.dataset_id),
        "--seed": project.pk,
        "--label-count": labels,
        "--batch": wanted_growth(labels),
    }
    places = [str(folder_of(version)), str(items), str(out)]
    return places + [str(word) for pair in options.items() for word in pair]


def keep_scores(
    *, project: Project, version: ModelVersion, scores: Scores, claim: Claim | None = None
) -> None:
    """Insert or replace the scores of many tasks, in short transactions."""
    rows = _POSTGRESQL_ROWS if connection.vendor == "postgresql" else _SQLITE_ROWS
    sql = _UPSERT.format(rows=rows)
    for start in range(0, len(scores), CHUNK):
        if claim is not None:
            claim.check()
        document = json.dumps(list(_score_rows(scores, slice(start, start + CHUNK))))
        with transaction.atomic(), connection.cursor() as cursor:
            for_bulk_rewrite(cursor)
            cursor.execute(sql, [version.pk, document, project.pk])


def _score_rows(scores: Scores, part: slice) -> Iterator[list[Any]]:
    probabilities = scores.probabilities[part].astype(float)
    best = probabilities.argmax(axis=1)
    likeliest = probabilities[np.arange(len(best)), best].round(4).tolist()
    names = (scores.classes[column] for column in best.tolist())
    values = scores.values[part].astype(float).round(4).tolist()
    yield from map(list, zip(scores.ids[part].tolist(), names, likeliest, values, strict=True))


def note_scoring(version: ModelVersion, scored: Scored, *, seconds: float) -> None:
    """Add a line to the log of the run that made the version."""
    message = f"Queue of {scored.scored} open items re-ordered in {seconds:.1f} s."
    if scored.skipped:
        message += f" {scored.skipped} could not be read."
    data = {"message": message, "items": scored.scored, "seconds": round(seconds, 3)}
    with transaction.atomic():
        number = last_number(version.run) + 1
        # Two scorings that end at the same moment: one line in the log is enough.
        row = RunEvent(run=version.run, no=number, kind="scored", data=data)
        RunEvent.objects.bulk_create([row], ignore_conflicts=True)
