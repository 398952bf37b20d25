"""The statements that every single label takes, written by hand.

Composing such a query anew costs several times what the database needs to run it, and these few
are on the way of every lease and every submit. All other queries of the project are the ORM's.
The SQL is the same for SQLite and PostgreSQL but for row locks. Rows become the same model objects
as everywhere else, with the columns that the path needs.
"""
# ruff: noqa: S608  # only names of columns, written above, are put into the text of a statement

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils import timezone

from annotations.actions.hot_rows import (
    ITEM,
    MEMBER,
    PROJECT,
    SEAT,
    TASK,
    TOKEN,
    USER,
    Row,
    as_datetime,
    change,
    columns,
    link,
    make,
    moment,
    project_of,
    rows_of,
    split,
)
from annotations.models import Annotation, Item, Membership, Project, Seat, Task
from labelhub.accounts.models import ApiToken, User

# What one labeler may hold of a project: more than an hour's work ahead, and never the whole queue.
MOST_HELD = 500

_FIND_MEMBER = f"""
SELECT {columns("token", TOKEN)}, {columns("person", USER)}, {columns("member", MEMBER)},
       {columns("project", PROJECT)}
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
    values = {"digest": digest, "project": project_id, "now": moment(timezone.now())}
    rows = rows_of(_FIND_MEMBER, values)
    if not rows:
        return None
    token_part, user_part, member_part, project_part = split(rows[0], TOKEN, USER, MEMBER, PROJECT)
    token: ApiToken = make(ApiToken, TOKEN, token_part)
    token.last_used_at = as_datetime(token.last_used_at)
    token.user = make(User, USER, user_part)
    if member_part[0] is None:
        return token, None
    member: Membership = make(Membership, MEMBER, member_part)
    member.project = project_of(project_part)
    return token, member


_HEAD_OF_LANE = """
  SELECT * FROM (
    SELECT id, task_id, lane, priority FROM annotations_seat
    WHERE project_id = %(project)s AND arm = %(arm)s AND lane = {lane} AND state = 'free'
    ORDER BY priority DESC, id LIMIT {limit}
  ) AS lane_{lane}"""
# Seats that wait for another one keep the priority they were made with; their task's is the one
# that counts.
_WAITING_LANE = """
  SELECT waiting.id, waiting.task_id, waiting.lane, asked.priority
  FROM annotations_seat AS waiting JOIN annotations_task AS asked ON asked.id = waiting.task_id
  WHERE waiting.project_id = %(project)s AND waiting.arm = %(arm)s AND waiting.lane = 2
    AND waiting.state = 'free'"""
_CANDIDATES = f"""
SELECT {columns("seat", SEAT)}, {columns("task", TASK)}, {columns("item", ITEM)}{{other}}
FROM (
  SELECT free.* FROM ({{lanes}}) AS head
  JOIN annotations_seat AS free ON free.id = head.id
  WHERE free.state = 'free' AND (
    SELECT COUNT(*) FROM annotations_seat AS mine
    WHERE mine.task_id = head.task_id AND mine.labeler_id = %(labeler)s AND mine.lane < 4
  ) = 0 AND (
    SELECT COUNT(*) FROM annotations_seat AS held
    WHERE held.labeler_id = %(labeler)s AND held.project_id = %(project)s AND held.state = 'held'
  ) < %(most)s AND NOT EXISTS (
    SELECT 1 FROM annotations_membership AS member WHERE member.user_id = %(labeler)s
      AND member.project_id = %(project)s AND member.paused_at IS NOT NULL)
  ORDER BY {{order}}head.priority DESC, head.id LIMIT %(count)s {{lock}}
) AS seat
JOIN annotations_task AS task ON task.id = seat.task_id
JOIN annotations_item AS item ON item.id = task.item_id{{join}}
ORDER BY {{outer}} DESC, seat.id
"""
# Only questions about pairs pay for the second item.
_OTHER = f", {columns('other', ITEM)}"
_JOIN_OTHER = "\nJOIN annotations_item AS other ON other.id = task.other_item_id"
# The count, where NOT EXISTS would say the same, keeps PostgreSQL from reading all that a labeler
# ever did: it looks up each task of the head in the unique index instead.
# Rows that others are claiming at this moment are stepped over, not waited for.
_LOCKS = {"postgresql": "FOR UPDATE OF free SKIP LOCKED"}


@lru_cache(maxsize=8)
def _candidates_sql(vendor: str, everything: bool, pairs: bool) -> str:
    limit = "2000000000" if everything else "%(head)s"
    lanes = [_HEAD_OF_LANE.format(lane=lane, limit=limit) for lane in (0, 1)]
    order, outer = "", "seat.priority"
    if everything:
        # New items and further votes stand in one order; seats that wait for another come last.
        lanes.append(_WAITING_LANE)
        order = "head.lane / 2, "
        outer = "seat.lane / 2, CASE seat.lane WHEN 2 THEN task.priority ELSE seat.priority END"
    heads = " UNION ALL ".join(lanes)
    return _CANDIDATES.format(
        lanes=heads,
        lock=_LOCKS.get(vendor, ""),
        order=order,
        outer=outer,
        other=_OTHER if pairs else "",
        join=_JOIN_OTHER if pairs else "",
    )


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
    rows = rows_of(_candidates_sql(connection.vendor, everything, project.of_pairs), values)
    if not project.of_pairs:
        return [_seat(project, row) for row in rows]
    width = len(ITEM)
    return [_pair_seat(project, row[:-width], row[-width:]) for row in rows]


def _seat(project: Project, row: Row) -> Seat:
    seat_part, task_part, item_part = split(row, SEAT, TASK, ITEM)
    seat: Seat = make(Seat, SEAT, seat_part)
    task: Task = make(Task, TASK, task_part)
    link(task, item=make(Item, ITEM, item_part))
    link(seat, project=project, task=task)
    return seat


def _pair_seat(project: Project, row: Row, other: Row) -> Seat:
    seat = _seat(project, row)
    seat.task.other_item = make(Item, ITEM, other)
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
    return change(sql, {"labeler": labeler_id, "seconds": seconds})


_LOCK_SEAT = f"""
SELECT {columns("seat", SEAT)}, {columns("task", TASK)}, {columns("item", ITEM)},
       {columns("project", PROJECT)},
       (SELECT CASE WHEN member.counted THEN 2 ELSE 1 END FROM annotations_membership AS member
        WHERE member.active AND member.project_id = seat.project_id
          AND member.user_id = %(labeler)s),
       (SELECT COUNT(*) FROM annotations_draft AS draft WHERE draft.seat_id = seat.id)
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
    rows = rows_of(_LOCK_SEAT + lock, {"seat": seat_id, "labeler": labeler_id})
    if not rows:
        return None
    row = rows[0]
    width = len(SEAT) + len(TASK) + len(ITEM)
    *project_part, counted, drafts = row[width:]
    seat = _seat(project_of(project_part), row[:width])
    seat.begun = drafts > 0
    return seat, counted is not None, counted != 1


_CLOSE = """
UPDATE annotations_seat SET state = 'done', labeler_id = %(labeler)s, until = NULL
WHERE id = %(seat)s
"""
_CLOSE_AND_PROMOTE = """
UPDATE annotations_seat SET
  state = CASE WHEN id = %(seat)s THEN 'done' ELSE state END,
  labeler_id = CASE WHEN id = %(seat)s THEN %(labeler)s ELSE labeler_id END,
  lane = CASE WHEN id = %(seat)s THEN lane ELSE 0 END,
  priority = CASE WHEN id = %(seat)s THEN priority ELSE %(priority)s END,
  until = NULL
WHERE id = %(seat)s OR id = (
  SELECT id FROM annotations_seat WHERE task_id = %(task)s AND state = 'free' AND lane = 2
    AND id <> %(seat)s ORDER BY no LIMIT 1)
"""
_CLOSE_ALL = """
UPDATE annotations_seat SET
  state = CASE WHEN id = %(seat)s THEN 'done' ELSE 'closed' END,
  labeler_id = CASE WHEN id = %(seat)s THEN %(labeler)s ELSE labeler_id END,
  until = NULL
WHERE id = %(seat)s OR (task_id = %(task)s AND state = 'free' AND lane < 3)
"""


def close_seat(
    seat: Seat, labeler_id: int, *, promote: float | None = None, last: bool = False
) -> None:
    """Mark a locked seat as answered.

    `promote` puts the task's next seat in line, at that priority; `last` closes all its free ones.
    """
    values = {"seat": seat.pk, "labeler": labeler_id}
    if last:
        change(_CLOSE_ALL, values | {"task": seat.task_id})
    elif promote is not None:
        change(_CLOSE_AND_PROMOTE, values | {"task": seat.task_id, "priority": promote})
    else:
        change(_CLOSE, values)


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


def open_seat(task: Task, lane: int, priority: float) -> None:
    """Give a task a free seat in a lane, unless one of its seats waits for an answer already."""
    values = {
        "project": task.project_id, "task": task.pk, "arm": str(task.arm), "lane": int(lane),
        "priority": priority,
    }  # fmt: skip
    change(_OPEN_NEXT, values)


_GIVE_HIDDEN = """
INSERT INTO annotations_seat
  (project_id, task_id, no, arm, lane, priority, state, labeler_id, last_labeler_id, token, until,
   skip_reason, mask)
SELECT %(project)s, %(task)s,
  (SELECT COALESCE(MAX(no), 0) + 1 FROM annotations_seat WHERE task_id = %(task)s),
  %(arm)s, %(lane)s, 0, 'held', %(labeler)s, %(labeler)s, 1, {until}, '', %(mask)s
RETURNING id
"""


def give_hidden(seat: Seat, labeler_id: int, seconds: int) -> int:
    """Make a seat on a gold item or a repeat that a labeler holds at once; return its id."""
    values = {
        "project": seat.project_id, "task": seat.task_id, "arm": str(seat.arm),
        "lane": int(seat.lane), "labeler": labeler_id, "seconds": seconds,
        "mask": json.dumps(seat.mask),
    }  # fmt: skip
    return int(rows_of(_GIVE_HIDDEN.format(until=_UNTIL[connection.vendor]), values)[0][0])


_KEPT = (
    "project_id", "task_id", "seat_id", "labeler_id", "schema_id", "repeat", "version", "current",
    "answer", "source", "duration_ms", "key", "body_hash", "created_at",
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
    values["created_at"] = moment(annotation.created_at)
    annotation.pk = rows_of(_KEEP, values)[0][0]
    annotation._state.adding = False
    return annotation


_VERDICT = (
    "ballot", "votes", "status", "label", "answer", "confidence", "distribution", "method",
    "fit_id", "audit", "agreement",
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
    change(sql, values | {"decided": decided, "task": task_id})
