"""Which of a project's tasks an export or a release takes: the filters of its items page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import QuerySet

from annotations.models import Project, Task
from annotations.reports.browse import FILTERS, tasks_where
from labelhub.errors import Invalid

Content = Literal["consensus", "votes", "both"]
CONTENTS: tuple[Content, ...] = ("consensus", "votes", "both")
ALL = "all"
STATUS_FILTERS = [*Task.Status.values, ALL]
# Of these the empty text is a value: items without a split, without a group.
MAY_BE_EMPTY = ("split", "group")


@dataclass(frozen=True)
class Selection:
    """A status, or None for any, and the other filters by their names on the items page."""

    status: str | None = None
    where: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def of(content: Content, filters: Mapping[str, Any]) -> Selection:
        """Return the selection of API filters; raises Invalid for one that cannot be used.

        Without a status, ground truth means settled tasks; raw votes come from all of them.
        """
        unknown = filters.keys() - FILTERS
        if unknown:
            raise Invalid(f"There is no filter {', '.join(sorted(unknown))}.", code="bad_filter")
        given = {name: value for name, value in filters.items() if _is_given(name, value)}
        _check_word(given, "status", STATUS_FILTERS)
        _check_word(given, "arm", Task.Arm.values)
        if "metadata" in given:
            given["metadata"] = _key_and_value(given["metadata"])
        status = given.pop("status", ALL if content == "votes" else str(Task.Status.SETTLED))
        return Selection(None if status == ALL else status, given)

    def as_filters(self) -> dict[str, Any]:
        """Return the filters in force, for the export's row: `of` makes this selection of them."""
        written = dict(self.where)
        if "metadata" in written:
            written["metadata"] = ":".join(written["metadata"])
        return {"status": self.status or ALL} | written

    def tasks(self, project: Project, using: str = "default") -> QuerySet[Task]:
        status = {"status": self.status} if self.status else {}
        return tasks_where(project, status | dict(self.where), using)


def _is_given(name: str, value: Any) -> bool:
    return value is not None and (value != "" or name in MAY_BE_EMPTY)


def _check_word(filters: Mapping[str, Any], name: str, allowed: list[str]) -> None:
    if name in filters and filters[name] not in allowed:
        raise Invalid(
            f"{name} must be one of {', '.join(allowed)}.",
            code="bad_filter",
            fields={name: f"one of {', '.join(allowed)}"},
        )


def _key_and_value(given: Any) -> tuple[str, str]:
    """Return the two of `KEY:VALUE`; a key holds no colon."""
    if not isinstance(given, str):
        key, value = given
        return str(key), str(value)
    key, colon, value = given.partition(":")
    if not key or not colon:
        raise Invalid(
            "metadata is written KEY:VALUE.", code="bad_filter", fields={"metadata": "KEY:VALUE"}
        )
    return key, value
