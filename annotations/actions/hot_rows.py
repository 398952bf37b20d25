"""Rows of the statements written by hand, and how they become model objects.

Beside `hot_path`, which holds the statements of every lease and submit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models.base import ModelState
from django.utils import timezone

from annotations.models import LabelSchema, Project

Row = tuple[Any, ...]
# The columns that the path of a label needs.
PROJECT = (
    "id", "dataset_id", "schema_id", "fit_id", "state", "task_type", "min_votes", "max_votes",
    "confidence", "random_share", "lease_seconds", "consensus_method", "gold_count", "gold_floor",
    "gold_least", "gold_often", "gold_seldom", "model_in_consensus",
    "repeat_share", "repeat_answers", "repeat_days", "prelabels", "prelabels_hidden",
)  # fmt: skip
ITEM = ("id", "dataset_id", "filename", "width", "height", "metadata")
TASK = (
    "id", "project_id", "item_id", "arm", "status", "votes", "ballot", "priority", "reason",
    "label", "adjudicated", "audit", "prior", "aside",
)  # fmt: skip
SEAT = (
    "id", "project_id", "task_id", "no", "arm", "lane", "state", "labeler_id", "last_labeler_id",
    "token",
)  # fmt: skip
USER = ("id", "username", "is_active", "is_superuser", "display_name", "language", "theme")
TOKEN = ("id", "user_id", "scopes", "expires_at", "last_used_at")
MEMBER = ("id", "project_id", "user_id", "role", "active")


def columns(alias: str, names: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


def rows_of(sql: str, values: dict[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[Row] = cursor.fetchall()
        return rows


def change(sql: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def make(model: Any, names: Sequence[str], values: Sequence[Any]) -> Any:
    """Return a row as a model object; columns that were not asked for are deferred.

    Filled in directly: `Model.from_db` asks every field first, which for rows of ten columns takes
    longer than reading them from the database.
    """
    row = model.__new__(model)
    state = row._state = ModelState()
    state.adding, state.db = False, "default"
    fields = row.__dict__
    fields.update(zip(names, values, strict=True))
    for name in _documents(tuple(names)):
        if isinstance(fields[name], str):
            fields[name] = _read(fields[name])[0]
    return row


def link(row: Any, **others: Any) -> None:
    """Put related objects on a row that has their ids, without asking each field."""
    row._state.fields_cache.update(others)


_JSON = {"metadata", "ballot", "reason", "scopes", "distribution", "audit", "prior"}
# What a database gives is a document without a blank before or after it.
_read = json.JSONDecoder().raw_decode


@lru_cache(maxsize=64)
def _documents(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name in _JSON)


def moment(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


@lru_cache(maxsize=512)
def schema_by_id(schema_id: int) -> LabelSchema:
    """Return a label schema; versions never change, so they are kept."""
    return LabelSchema.objects.get(pk=schema_id)


def project_of(values: Sequence[Any]) -> Project:
    project: Project = make(Project, PROJECT, values)
    if project.schema_id is not None:
        project.schema = schema_by_id(project.schema_id)
    return project


def as_datetime(value: Any) -> datetime | None:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if value is not None and timezone.is_naive(value):
        value = timezone.make_aware(value, timezone.get_default_timezone())
    return value  # type: ignore[no-any-return]


def split(row: Row, *parts: Sequence[str]) -> list[Row]:
    pieces, start = [], 0
    for part in parts:
        pieces.append(row[start : start + len(part)])
        start += len(part)
    return pieces
