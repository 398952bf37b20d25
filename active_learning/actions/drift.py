"""Drift: imports that look unlike what is labeled, told where people look and to webhooks.

An alarm stands until a person has looked at all that is flagged in its project.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from active_learning.models import ForeignItem, ForeignReport
from annotations.actions.webhooks import tell
from annotations.models import Dataset, Membership, Project, Task
from labelhub.accounts.models import User
from labelhub.status.check import Check

EVENT = "import.drifted"
LEADS = (Membership.Role.MANAGER, Membership.Role.REVIEWER)


@dataclass(frozen=True)
class Drift:
    """One import of which far more is flagged in a project than of clean pictures."""

    project: Project
    job: int | None
    at: str | None
    items: int
    flagged: int
    share: float
    usual: float


def standing_drifts(reports: QuerySet[ForeignReport]) -> list[Drift]:
    """Return the alarms that stand, by project and with the latest import first."""
    waiting = ForeignItem.objects.filter(
        project=OuterRef("project"), flagged=True, state=ForeignItem.State.WAITING
    ).exclude(task__status=Task.Status.SETTLED)
    active = reports.filter(Exists(waiting), project__state=Project.State.ACTIVE)
    rows = active.exclude(project__foreign_items=Project.ForeignItems.OFF)
    return [
        Drift(
            report.project, one["job"], one["at"], one["items"], one["flagged"], one["share"],
            report.own_share,
        )
        for report in rows.select_related("project").order_by("project")
        for one in report.imports
        if one["drifts"]
    ]  # fmt: skip


def drifts_of(dataset: Dataset, user: User) -> list[Drift]:
    """Return the alarms of a dataset's imports, in the projects that the user leads."""
    projects = Project.objects.for_user(user).filter(dataset=dataset)
    if not user.is_admin:
        projects = projects.filter(memberships__user=user, memberships__role__in=LEADS)
    return standing_drifts(ForeignReport.objects.filter(project__in=projects.values("pk")))


def tell_of_drifts(before: Sequence[dict[str, Any]], report: ForeignReport) -> None:
    """Tell webhooks of imports that did not drift by the last report; in its transaction."""
    known = {one["job"] for one in before if one["drifts"]}
    for one in report.imports:
        if one["drifts"] and one["job"] not in known:
            facts = {name: one[name] for name in ("job", "items", "flagged", "share")}
            tell(EVENT, report.project_id, facts | {"usual": round(report.own_share, 4)})


def checks() -> Iterator[Check]:
    """Name the projects whose imports drift; for settings.STATUS_CHECKS."""
    names = {drift.project.name for drift in standing_drifts(ForeignReport.objects.all())}
    if names:
        yield Check(
            "drift",
            "warn",
            "Imported pictures look unlike what is labeled",
            f"Far more than usual is flagged in: {', '.join(sorted(names))}.",
            "Open each project and look at its page Foreign items.",
        )
