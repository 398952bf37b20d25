"""Release, the splits' half: the side of every item before the first line is written.

What must not be torn apart, a group or an item without one, lies on one side. A pair is on the side
that both its ends are on; where they are on two, it is on none, since it would join what the split
holds apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from annotations.actions.export_rows import LiveTasks, batches
from annotations.models import Project, Release, Task
from annotations.releases.splits import assign, leaks
from annotations.reports.releases import lines_of
from labelhub.errors import Invalid

ACROSS = ""  # the side of a pair that has an end on each of two
By = Release.SplitBy
SideOf = Callable[[dict[str, Any]], str]
_ENDS = ("item", "other_item")


def refuse_torn_groups(split_by: str, project: Project, chosen: QuerySet[Task]) -> None:
    """Raise Invalid where items with groups would be split one by one."""
    if split_by != By.ITEM:
        return
    for end in _ends(project):
        column = f"{end}__group"
        group = chosen.exclude(**{column: ""}).values_list(column, flat=True).first()
        if group is not None:
            raise Invalid(
                f"These items have groups (such as {group!r}); splitting by item would put one "
                "group into training and test. Split by group.",
                code="split_by_item_refused",
                fields={"split_by": "group"},
            )


def sides_of(release: Release, source: LiveTasks) -> SideOf:
    """Return what tells a task's side; raises Invalid where the given splits tear a group."""
    if release.split_by == By.NONE:
        return lambda task: ACROSS
    project = source.project
    chosen = source.selection.tasks(project, source.using)
    ends = _ends(project)
    if release.split_by == By.GIVEN:
        _refuse_leaks(chosen, ends)
        return lambda task: _common(str(task[f"{end}__split"]) for end in ends)
    refuse_torn_groups(release.split_by, project, chosen)
    sides = assign(_sizes(chosen, ends), release.shares, before=_sides_before(release))
    return lambda task: _common(sides[_unit_of(task, end)] for end in ends)


def _ends(project: Project) -> tuple[str, ...]:
    return _ENDS if project.of_pairs else _ENDS[:1]


def _common(sides: Iterator[str]) -> str:
    found = set(sides)
    return found.pop() if len(found) == 1 else ACROSS


def _sizes(chosen: QuerySet[Task], ends: tuple[str, ...]) -> dict[str, int]:
    """Count the items of each unit, those of pairs once for each pair."""
    columns = [f"{end}__{name}" for end in ends for name in ("group", "sha256")]
    sizes: dict[str, int] = {}
    for tasks in batches(chosen, *columns[2:]):
        for task in tasks:
            for end in ends:
                unit = _unit_of(task, end)
                sizes[unit] = sizes.get(unit, 0) + 1
    return sizes


def _unit_of(task: Mapping[str, Any], end: str) -> str:
    return _unit(task[f"{end}__group"], task[f"{end}__sha256"])


def _unit(group: str, sha256: str) -> str:
    """What must not be torn apart: the item's group, or the item itself."""
    return f"group {group}" if group else sha256


def _sides_before(release: Release) -> dict[str, str]:
    """Return the sides in the release before of the same name; an item keeps the side it had."""
    last = (
        Release.objects.filter(
            project=release.project_id, name=release.name, number__lt=release.number
        )
        .exclude(sha256="")
        .order_by("-number")
        .first()
    )
    if last is None:
        return {}
    return {
        _unit(end["group"], end["sha256"]): line["split"]
        for lines in lines_of(last)
        for line in lines
        for end in (line, line.get("other"))
        if end and not (line.get("other") and line["split"] == ACROSS)
    }


def _refuse_leaks(chosen: QuerySet[Task], ends: tuple[str, ...]) -> None:
    places: set[tuple[str, str]] = set()
    for end in ends:
        columns = (f"{end}__group", f"{end}__split")
        places.update(chosen.order_by().values_list(*columns).distinct())
    torn = leaks(sorted(places))
    if torn:
        named = ", ".join(repr(group) for group in torn[:5])
        more = f" and {len(torn) - 5} more" if len(torn) > 5 else ""
        raise Invalid(
            f"These groups lie in more than one split: {named}{more}. Split by group, or mend the "
            "items' splits.",
            code="split_leak",
        )
