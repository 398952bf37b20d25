"""The statements that every single label takes, written by hand.

Composing such a query anew costs several times what the database needs to run it, and these few
are on the way of every lease and every submit. All other queries of the project are the ORM's.
The SQL is the same for SQLite and PostgreSQL but for row locks. Rows become the same model objects
as everywhere else, with the columns that the path needs.
"""
# ruff: noqa: S608  # only names of columns, written above, are put into the text of a statement

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models.base import ModelState
from django.utils import timezone

from annotations.models import Annotation, Item, LabelSchema, Membership, Project, Seat, Task
from labelhub.accounts.models import ApiToken, User

Row = tuple[Any, ...]
# What one labeler may hold of a project: more than an hour's work ahead, and never the whole queue.
MOST_HELD = 500

_PROJECT = (
    "id", "dataset_id", "schema_id", "fit_id", "state", "task_type", "min_votes", "max_votes",
    "confidence", "random_share", "lease_seconds", "consensus_method", "gold_count", "gold_floor",
    "gold_least",
)  # fmt: skip
_ITEM = ("id", "dataset_id", "filename", "width", "height", "metadata")
_TASK = (
    "id", "project_id", "item_id", "arm", "status", "votes", "ballot", "priority", "reason",
    "label", "adjudicated", "audit",
)  # fmt: skip
_SEAT = (
    "id", "project_id", "task_id", "no", "arm", "lane", "state", "labeler_id", "last_labeler_id",
    "token",
)  # fmt: skip
_USER = ("id", "username", "is_active", "is_superuser", "display_name", "language", "theme")
_TOKEN = ("id", "user_id", "scopes", "expires_at", "last_used_at")
_MEMBER = ("id", "project_id", "user_id", "role", "active")


def _columns(alias: str, names: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


def _rows(sql: str, values: dict[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[Row] = cursor.fetchall()
        return rows


def _change(sql: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def _make(model: Any, names: Sequence[str], values: Sequence[Any]) -> Any:
    """Return a row as a model object; columns that were not asked for are deferred.

    Filled in directly: `Model.from_db` asks every field first, which for rows of ten columns takes
    longer than reading them from the database.
    """
    row = model.__new__(model)
    row._state = ModelState()
    row._state.adding, row._state.db = False, "default"
    fields = row.__dict__
    for name, value in zip(names, values, strict=True):
        is_text = name in _JSON and isinstance(value, str)
        fields[name] = json.loads(value) if is_text else value
    return row


_JSON = {"metadata", "ballot", "reason", "scopes", "distribution", "audit"}


def _moment(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


@lru_cache(maxsize=512)
def schema_by_id(schema_id: int) -> LabelSchema:
    """Return a label schema; versions never change, so they are kept."""
    return LabelSchema.objects.get(pk=schema_id)


def _project(values: Sequence[Any]) -> Project:
    project: Project = _make(Project, _PROJECT, values)
    if project.schema_id is not None:
        project.schema = schema_by_id(project.schema_id)
    return project


_FIND_MEMBER = f"""
SELECT {_columns("token", _TOKEN)}, {_columns("person", _USER)}, {_columns("member", _MEMBER)},
       {_columns("project", _PROJECT)}
FROM accounts_apitoken AS token
JOIN accounts_user AS person ON person.id = token.user_id
LEFT JOIN annotations_membership AS member
  ON member.user_id = person.id AND member.project_id = %(project)s
LEFT JOIN annotations_project AS project ON project.id = member.project_id
WHERE token.digest = %(digest)s AND person.is_active
  AND (token.expires_at IS NULL OR token.expires_at > %(now)s)
"""


def find_member(digest: str, project_id: int | None) -> tuple[ApiToken, Membership | None] | None:
    """Return a valid token with its user, and the user's membership of a project."""
    values = {"digest": digest, "project": project_id, "now": _moment(timezone.now())}
    rows = _rows(_FIND_MEMBER, values)
    if not rows:
        return None
    token_part, user_part, member_part, project_part = _split(
        rows[0], _TOKEN, _USER, _MEMBER, _PROJECT
    )
    token: ApiToken = _make(ApiToken, _TOKEN, token_part)
    token.last_used_at = _as_datetime(token.last_used_at)
    token.user = _make(User, _USER, user_part)
    if member_part[0] is None:
        return token, None
    member: Membership = _make(Membership, _MEMBER, member_part)
    member.project = _project(project_part)
    return token, member


def _as_datetime(value: Any) -> datetime | None:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if value is not None and timezone.is_naive(value):
        value = timezone.make_aware(value, timezone.get_default_timezone())
    return value  # type: ignore[no-any-return]


def _split(row: Row, *parts: Sequence[str]) -> list[Row]:
    pieces, start = [], 0
    for part in parts:
        pieces.append(row[start : start + len(part)])
        start += len(part)
    return pieces


_HEAD_OF_LANE = """
  SELECT * FROM (
    SELECT id, task_id, lane, priority FROM annotations_seat
    WHERE project_id = %(project)s AND arm = %(arm)s AND lane = {lane} AND state = 'free'
    ORDER BY priority DESC, id LIMIT {limit}
  ) AS lane_{lane}"""
_CANDIDATES = f"""
SELECT {_columns("seat", _SEAT)}, {_columns("task", _TASK)}, {_columns("item", _ITEM)}
FROM (
  SELECT free.* FROM ({{lanes}}) AS head
  JOIN annotations_seat AS free ON free.id = head.id
  WHERE free.state = 'free' AND (
    SELECT COUNT(*) FROM annotations_seat AS mine
    WHERE mine.task_id = head.task_id AND mine.labeler_id = %(labeler)s
  ) = 0 AND (
    SELECT COUNT(*) FROM annotations_seat AS held
    WHERE held.labeler_id = %(labeler)s AND held.project_id = %(project)s AND held.state = 'held'
  ) < %(most)s AND NOT EXISTS (
    SELECT 1 FROM annotations_membership AS member WHERE member.user_id = %(labeler)s
      AND member.project_id = %(project)s AND member.paused_at IS NOT NULL)
  ORDER BY head.lane, head.priority DESC, head.id LIMIT %(count)s {{lock}}
) AS seat
JOIN annotations_task AS task ON task.id = seat.task_id
JOIN annotations_item AS item ON item.id = task.item_id
ORDER BY seat.lane, seat.priority DESC, seat.id
"""
# The count, where NOT EXISTS would say the same, keeps PostgreSQL from reading all that a labeler
# ever did: it looks up each task of the head in the unique index instead.
# Rows that others are claiming at this moment are stepped over, not waited for.
_LOCKS = {"postgresql": "FOR UPDATE OF free SKIP LOCKED"}


@lru_cache(maxsize=4)
def _candidates_sql(vendor: str, everything: bool) -> str:
    lanes = (0, 1, 2) if everything else (0, 1)
    limit = "2000000000" if everything else "%(head)s"
    heads = " UNION ALL ".join(_HEAD_OF_LANE.format(lane=lane, limit=limit) for lane in lanes)
    return _CANDIDATES.format(lanes=heads, lock=_LOCKS.get(vendor, ""))


def free_seats(
    project: Project, labeler_id: int, arm: str, *, head: int, count: int, everything: bool
) -> list[Seat]:
    """Return the best free seats of an arm that a labeler may take, with task and item.

    Only the first `head` seats of each lane are looked at, unless `everything` is asked for.
    """
    values = {
        "project": project.pk, "arm": str(arm), "head": head + count,
        "labeler": labeler_id, "count": count, "most": MOST_HELD,
    }  # fmt: skip
    rows = _rows(_candidates_sql(connection.vendor, everything), values)
    return [_seat(project, row) for row in rows]


def _seat(project: Project, row: Row) -> Seat:
    seat_part, task_part, item_part = _split(row, _SEAT, _TASK, _ITEM)
    seat: Seat = _make(Seat, _SEAT, seat_part)
    seat.project = project
    seat.task = _make(Task, _TASK, task_part)
    seat.task.item = _make(Item, _ITEM, item_part)
    return seat


_HOLD = """
UPDATE annotations_seat SET state = 'held', labeler_id = %(labeler)s,
  last_labeler_id = %(labeler)s, token = token + 1, until = {until}
WHERE id IN ({ids}) AND state = 'free'
"""
# The database's clock, so that a web server whose clock is wrong gives leases of the right length.
_UNTIL = {
    "postgresql": "STATEMENT_TIMESTAMP() + %(seconds)s * INTERVAL '1 second'",
    "sqlite": "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'now', %(seconds)s || ' seconds')",
}


def hold_seats(seats: list[Seat], labeler_id: int, seconds: int) -> int:
    """Mark free seats as held by a labeler for a while; return how many were free still."""
    ids = ", ".join(str(seat.pk) for seat in seats)
    sql = _HOLD.format(ids=ids, until=_UNTIL[connection.vendor])
    return _change(sql, {"labeler": labeler_id, "seconds": seconds})


_LOCK_SEAT = f"""
SELECT {_columns("seat", _SEAT)}, {_columns("task", _TASK)}, {_columns("item", _ITEM)},
       {_columns("project", _PROJECT)},
       (SELECT CASE WHEN member.counted THEN 2 ELSE 1 END FROM annotations_membership AS member
        WHERE member.active AND member.project_id = seat.project_id
          AND member.user_id = %(labeler)s)
FROM annotations_seat AS seat
JOIN annotations_task AS task ON task.id = seat.task_id
JOIN annotations_item AS item ON item.id = task.item_id
JOIN annotations_project AS project ON project.id = seat.project_id
WHERE seat.id = %(seat)s
"""


def lock_seat(seat_id: int, labeler_id: int) -> tuple[Seat, bool, bool] | None:
    """Return a seat with all that a submit needs, rows locked, and of the labeler whether they are
    a member and whether their votes count."""
    lock = " FOR UPDATE OF task, seat" if connection.vendor == "postgresql" else ""
    rows = _rows(_LOCK_SEAT + lock, {"seat": seat_id, "labeler": labeler_id})
    if not rows:
        return None
    row = rows[0]
    width = len(_SEAT) + len(_TASK) + len(_ITEM)
    project = _project(row[width:-1])
    return _seat(project, row[:width]), row[-1] is not None, row[-1] != 1


_CLOSE = """
UPDATE annotations_seat SET state = 'done', labeler_id = %(labeler)s, until = NULL
WHERE id = %(seat)s
"""
_CLOSE_AND_PROMOTE = """
UPDATE annotations_seat SET
  state = CASE WHEN id = %(seat)s THEN 'done' ELSE state END,
  labeler_id = CASE WHEN id = %(seat)s THEN %(labeler)s ELSE labeler_id END,
  lane = CASE WHEN id = %(seat)s THEN lane ELSE 0 END,
  until = NULL
WHERE id = %(seat)s OR id = (
  SELECT id FROM annotations_seat WHERE task_id = %(task)s AND state = 'free' AND lane = 2
    AND id <> %(seat)s ORDER BY no LIMIT 1)
"""


def close_seat(seat: Seat, labeler_id: int, *, promote: bool) -> None:
    """Mark a locked seat as answered; `promote` brings the task's next seat to the front."""
    values = {"seat": seat.pk, "labeler": labeler_id}
    if promote:
        _change(_CLOSE_AND_PROMOTE, values | {"task": seat.task_id})
    else:
        _change(_CLOSE, values)


_OPEN_NEXT = """
INSERT INTO annotations_seat
  (project_id, task_id, no, arm, lane, priority, state, token, skip_reason)
SELECT %(project)s, %(task)s,
  (SELECT COALESCE(MAX(no), 0) + 1 FROM annotations_seat WHERE task_id = %(task)s),
  %(arm)s, %(lane)s, %(priority)s, 'free', 0, ''
WHERE NOT EXISTS (
  SELECT 1 FROM annotations_seat
  WHERE task_id = %(task)s AND state IN ('free', 'held') AND lane < 3)
"""


def open_seat(task: Task, lane: int) -> None:
    """Give a task a free seat in a lane, unless one of its seats waits for an answer already."""
    values = {
        "project": task.project_id, "task": task.pk, "arm": str(task.arm), "lane": int(lane),
        "priority": task.priority,
    }  # fmt: skip
    _change(_OPEN_NEXT, values)


_GIVE_GOLD = """
INSERT INTO annotations_seat
  (project_id, task_id, no, arm, lane, priority, state, labeler_id, last_labeler_id, token, until,
   skip_reason, mask)
SELECT %(project)s, %(task)s,
  (SELECT COALESCE(MAX(no), 0) + 1 FROM annotations_seat WHERE task_id = %(task)s),
  %(arm)s, 3, 0, 'held', %(labeler)s, %(labeler)s, 1, {until}, '', %(mask)s
RETURNING id
"""


def give_gold(seat: Seat, labeler_id: int, seconds: int) -> int:
    """Make a seat on a gold item that a labeler holds at once; return its id."""
    values = {
        "project": seat.project_id, "task": seat.task_id, "arm": str(seat.arm),
        "labeler": labeler_id, "seconds": seconds, "mask": json.dumps(seat.mask),
    }  # fmt: skip
    return int(_rows(_GIVE_GOLD.format(until=_UNTIL[connection.vendor]), values)[0][0])


_KEPT = (
    "project_id", "task_id", "seat_id", "labeler_id", "schema_id", "version", "current", "answer",
    "source", "duration_ms", "key", "body_hash", "created_at",
    "gold_right",
)  # fmt: skip
_KEEP = (
    f"INSERT INTO annotations_annotation ({', '.join(_KEPT)})"
    f" VALUES ({', '.join(f'%({name})s' for name in _KEPT)}) RETURNING id"
)


def insert_annotation(annotation: Annotation) -> Annotation:
    """Insert a new annotation; the database's rules on keys and versions hold as for any insert."""
    annotation.created_at = timezone.now()
    values = {name: getattr(annotation, name) for name in _KEPT}
    values["answer"] = json.dumps(annotation.answer)
    values["created_at"] = _moment(annotation.created_at)
    annotation.pk = _rows(_KEEP, values)[0][0]
    annotation._state.adding = False
    return annotation


_VERDICT = (
    "ballot", "votes", "status", "label", "answer", "confidence", "distribution", "method",
    "fit_id", "audit",
)  # fmt: skip
_WRITE_VERDICT = (
    "UPDATE annotations_task SET {columns}"
    ", settled_at = CASE WHEN %(decided)s THEN {now} ELSE {kept} END WHERE id = %(task)s"
)
_NOW = {
    "postgresql": "STATEMENT_TIMESTAMP()",
    "sqlite": "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'now')",
}
_DOCUMENTS = {"ballot", "answer", "distribution", "detail", "audit"}


@lru_cache(maxsize=8)
def _verdict_sql(vendor: str, names: tuple[str, ...], opened: bool) -> str:
    columns = ", ".join(f"{name} = %({name})s" for name in names)
    kept = "NULL" if opened else "settled_at"
    return _WRITE_VERDICT.format(columns=columns, now=_NOW[vendor], kept=kept)


def write_verdict(task_id: int, verdict: dict[str, Any], *, decided: bool, opened: bool) -> None:
    """Write ballot and verdict on a task; `decided` and `opened` say how its status changed.

    The verdict of a merged answer has a `detail` besides.
    """
    names = (*_VERDICT, "detail") if "detail" in verdict else _VERDICT
    values = {
        name: json.dumps(verdict[name]) if name in _DOCUMENTS else verdict[name] for name in names
    }
    if verdict["audit"] is None:
        values["audit"] = None  # no document at all: an index holds those that have one
    sql = _verdict_sql(connection.vendor, names, opened)
    _change(sql, values | {"decided": decided, "task": task_id})
