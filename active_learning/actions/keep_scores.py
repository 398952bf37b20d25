"""Keep scores: what a version said of each task, for the pages that show it.

They are written a thousand at a time, so that no lease waits, and shown all at once: each row keeps
what was shown before, and a version's rows count when the version has arrived.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
from django.db import connection, transaction

from active_learning.actions.rank import Scores
from active_learning.models import ModelVersion, QueueOrder
from annotations.actions.reorder import for_bulk_rewrite
from annotations.models import Project
from labelhub.jobs.claim import Claim

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
INSERT INTO active_learning_score AS score
  (task_id, version_id, predicted, probability, value)
SELECT task.id, %s, fresh.predicted, fresh.probability, fresh.value
FROM ({rows}) AS fresh CROSS JOIN annotations_task AS task
WHERE task.id = fresh.id AND task.project_id + 0 = %s
ON CONFLICT (task_id) DO UPDATE SET {before} version_id = excluded.version_id,
  predicted = excluded.predicted, probability = excluded.probability, value = excluded.value
"""

# What a row said before, unless that is of a version that never was shown.
_BEFORE = """
  before_number = CASE WHEN score.version_id IN ({unseen}) THEN score.before_number
    ELSE (SELECT number FROM active_learning_modelversion WHERE id = score.version_id) END,
  before_predicted = CASE WHEN score.version_id IN ({unseen}) THEN score.before_predicted
    ELSE score.predicted END,
  before_probability = CASE WHEN score.version_id IN ({unseen}) THEN score.before_probability
    ELSE score.probability END,
  before_value = CASE WHEN score.version_id IN ({unseen}) THEN score.before_value
    ELSE score.value END,
"""


def keep_rows(
    *,
    project: Project,
    version: ModelVersion,
    rows: Iterator[list[Any]],
    claim: Claim | None = None,
) -> None:
    """Insert or replace the scores of many tasks, (task, predicted, probability, value), in short
    transactions; pages show them when all are there.

    Done again after a death, it ends the same.
    """
    unseen = begin_arrival(project, version)
    table = _POSTGRESQL_ROWS if connection.vendor == "postgresql" else _SQLITE_ROWS
    before = _BEFORE.format(unseen=",".join(map(str, unseen))) if unseen else ""
    sql = _UPSERT.format(rows=table, before=before)
    while chunk := list(islice(rows, CHUNK)):
        if claim is not None:
            claim.check()
        document = json.dumps(chunk)
        with transaction.atomic(), connection.cursor() as cursor:
            for_bulk_rewrite(cursor)
            cursor.execute(sql, [version.pk, document, project.pk])
    project.model_versions.filter(arriving=True).update(arriving=False)


def begin_arrival(project: Project, version: ModelVersion) -> list[int]:
    """Hide what a version says until all of it is there; returns the ids of all hidden versions.

    One that is shown already says the same again, so there is nothing to hide.
    """
    shown = QueueOrder.objects.filter(project=project, version=version).exists()
    if not shown or version.arriving:
        ModelVersion.objects.filter(pk=version.pk).update(arriving=True)
    return list(project.model_versions.filter(arriving=True).values_list("pk", flat=True))


def class_rows(scores: Scores) -> Iterator[list[Any]]:
    """Yield (task, likeliest class, its probability, value) as stored predictions are written."""
    for start in range(0, len(scores), CHUNK):
        part = slice(start, start + CHUNK)
        probabilities = scores.probabilities[part].astype(float)
        best = probabilities.argmax(axis=1)
        likeliest = probabilities[np.arange(len(best)), best].round(4).tolist()
        names = (scores.classes[column] for column in best.tolist())
        values = scores.values[part].astype(float).round(4).tolist()
        yield from map(list, zip(scores.ids[part].tolist(), names, likeliest, values, strict=True))
