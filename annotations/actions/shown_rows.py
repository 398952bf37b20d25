"""The statements about proposals that every single label takes, written by hand.

As in `hot_path`: composing such a query anew costs several times what the database needs to run
it. All other queries about proposals are the ORM's.
"""
# ruff: noqa: S608  # only names of columns, written below, are put into the text of a statement

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from annotations.models import ShownProposal

Row = tuple[Any, ...]
_JSON = {"answer", "characters"}

# All that a lease needs to know.
_FIND = """
SELECT task.id, shown.id, shown.lease, shown.hidden, shown.version, shown.source, shown.answer,
       shown.confidence, shown.characters, shown.annotation_id,
       said.version, said.answer, said.confidence, said.characters,
       given.source, given.answer, given.confidence,
       EXISTS (SELECT 1 FROM annotations_annotation AS own
               WHERE own.task_id = task.id AND own.labeler_id = %s AND own.current)
FROM annotations_task AS task
LEFT JOIN annotations_shownproposal AS shown
  ON shown.task_id = task.id AND shown.labeler_id = %s
LEFT JOIN annotations_proposal AS said ON said.task_id = task.id
LEFT JOIN annotations_givenanswer AS given ON given.id = (
  SELECT MAX(newest.id) FROM annotations_givenanswer AS newest
  WHERE newest.item_id = task.item_id AND newest.task_type = %s AND newest.role = 'proposal')
WHERE task.id IN ({tasks})
"""


def find_proposals(*, task_type: str, labeler_id: int, tasks: Sequence[int]) -> list[Row]:
    """Return for each task what its labeler was shown before, and what is proposed now."""
    sql = _FIND.format(tasks=", ".join(str(pk) for pk in tasks))  # numbers of rows, never texts
    with connection.cursor() as cursor:
        cursor.execute(sql, [labeler_id, labeler_id, task_type])
        rows: list[Row] = cursor.fetchall()
        return rows


_KEPT = (
    "project_id", "task_id", "labeler_id", "lease", "hidden", "version", "source", "answer",
    "confidence", "characters",
)  # fmt: skip
_RENEWED = ("lease", "version", "source", "answer", "confidence", "characters")
_KEEP = (
    f"INSERT INTO annotations_shownproposal ({', '.join(_KEPT)}, taken, created_at) VALUES {{rows}}"
    " ON CONFLICT (task_id, labeler_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _RENEWED)
)
_ROW = f"({', '.join(['%s'] * (len(_KEPT) + 2))})"


def keep_shown(shown: Sequence[ShownProposal]) -> None:
    """Note what goes to a labeler; another lease of the same task renews what they are shown."""
    if not shown:
        return
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    values: list[Any] = []
    for row in shown:
        values += [_stored(name, getattr(row, name)) for name in _KEPT]
        values += [False, now]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP.format(rows=", ".join([_ROW] * len(shown))), values)


def _stored(name: str, value: Any) -> Any:
    return json.dumps(value) if name in _JSON and value is not None else value


_OPEN = """
SELECT id, hidden, version, source, answer FROM annotations_shownproposal
WHERE task_id = %s AND labeler_id = %s AND lease = %s AND annotation_id IS NULL
"""


def find_open(*, task_id: int, labeler_id: int, lease_id: str) -> ShownProposal | None:
    """Return what was shown with a lease while that is not answered, as far as an answer asks."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [task_id, labeler_id, lease_id])
        row = cursor.fetchone()
    if row is None:
        return None
    pk, hidden, version, source, answer = row
    return ShownProposal(
        pk=pk, hidden=bool(hidden), version=version, source=source, answer=read_json(answer)
    )


_ANSWERED = """
UPDATE annotations_shownproposal SET annotation_id = %s, same = %s, taken = %s WHERE id = %s
"""


def write_answered(shown: ShownProposal) -> None:
    """Write what became of a proposal."""
    values = [shown.annotation_id, shown.same, shown.taken, shown.pk]
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERED, values)


def read_json(value: Any) -> Any:
    """A document as the database gives it to a statement written by hand."""
    return json.loads(value) if isinstance(value, str) else value
