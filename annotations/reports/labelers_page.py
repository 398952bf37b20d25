"""The labelers page: kept figures with the names that belong to them, for those who may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from annotations.consensus.labeler_figures import LEAST_COMPARED
from annotations.models import Annotation, LabelerFigures, LabelersReport, Membership, Project
from annotations.reports.names import name_for
from labelhub.accounts.models import User
from labelhub.jobs.models import Job

Document = dict[str, Any]
# What a list shows; the rest is on the labeler's own page.
IN_LIST = (
    "votes", "compared", "agreement", "beyond_chance", "skill", "right", "gold", "worth", "drift",
    "median_ms", "per_hour", "last_at",
)  # fmt: skip
# What labelers may be told of themselves: nothing of gold, of others, or of how they are ranked.
OWN = ("votes", "median_ms", "per_hour", "first_at", "last_at")
OWN_JUDGED = ("compared", "agreement", "skill", "drift", "confusion")
NOTHING: Document = {"estimate": None, "low": None, "high": None}


def list_rows(project: Project, rows: Sequence[LabelerFigures]) -> list[Document]:
    """Return one document per labeler of a page; two queries, however long the page."""
    sources = [row.figures["copies"]["source"] for row in rows if row.figures.get("copies")]
    names = names_of(project, [*(row.labeler_id for row in rows), *sources])
    members = {
        member.user_id: member
        for member in Membership.objects.filter(
            project=project, user__in=[row.labeler_id for row in rows]
        )
    }
    return [_row(row, names, members.get(row.labeler_id)) for row in rows]


def _row(row: LabelerFigures, names: dict[int, str], member: Membership | None) -> Document:
    copies = row.figures.get("copies")
    return {
        "id": row.labeler_id,
        "name": names.get(row.labeler_id, ""),
        "active": member is not None and member.active,
        "paused": member is not None and member.paused_at is not None,
        "counted": member is None or member.counted,
        **{name: row.figures[name] for name in IN_LIST},
        "consistency": row.figures.get("consistency"),  # not yet there in figures of old
        "copies": copies and {**copies, "name": names.get(copies["source"], "")},
    }


def names_of(project: Project, users: Iterable[int]) -> dict[int, str]:
    """Return under which name the caller may know some labelers."""
    name = name_for(project)
    found = User.objects.in_bulk(list(set(users)))
    return {pk: name(pk, user.shown_name) for pk, user in found.items()}


def one_labeler(project: Project, row: LabelerFigures) -> Document:
    """Return all figures of a labeler, and how they agree with those who label most."""
    assert project.schema is not None
    report = report_row(project)
    pairs = [
        {"labeler": other, **{name: pair[name] for name in ("common", "agreement", "kappa")}}
        for pair in (report.figures["pairs"] if report else [])
        for other in _other_of(pair, row.labeler_id)
    ]
    names = names_of(project, (pair["labeler"] for pair in pairs))
    return list_rows(project, [row])[0] | {
        "first_at": row.figures["first_at"],
        "weeks": row.figures["weeks"],
        "sessions": row.figures.get("sessions", []),
        "tiredness": row.figures.get("tiredness"),
        "confusion": row.figures["confusion"],
        "labels": project.schema.label_names if row.figures["confusion"] is not None else [],
        "pairs": [pair | {"name": names.get(pair["labeler"], "")} for pair in pairs],
        "made_at": report.made_at if report else None,
    }


def _other_of(pair: Document, labeler: int) -> list[int]:
    both = [pair["first"], pair["second"]]
    return [other for other in both if other != labeler] if labeler in both else []


def own_figures(project: Project, user: User) -> Document:
    """Return what a labeler may know of their own work; nothing of it names anybody else.

    With few compared answers a figure would tell what others said of a single item.
    """
    assert project.schema is not None
    report = report_row(project)
    row = LabelerFigures.objects.filter(project=project, labeler=user).first()
    figures = row.figures if row is not None else {}
    enough = figures.get("compared", 0) >= LEAST_COMPARED
    document = {name: figures.get(name) for name in OWN} | {
        name: figures.get(name) if enough else None for name in OWN_JUDGED
    }
    document["votes"] = figures.get("votes", 0)
    document["weeks"] = [_own_week(week) for week in figures.get("weeks", [])]
    shows_labels = document["confusion"] is not None
    return document | {
        "id": user.pk,
        "name": user.shown_name,
        "labels": project.schema.label_names if shows_labels else [],
        "least": LEAST_COMPARED,
        "made_at": report.made_at if report else None,
    }


def _own_week(week: Document) -> Document:
    return week if week["compared"] >= LEAST_COMPARED else week | {"agreement": NOTHING}


def report_row(project: Project) -> LabelersReport | None:
    return LabelersReport.objects.filter(project=project).first()


def all_together(project: Project) -> Document:
    """Return how alike all of them answer, pair by pair, and how old these figures are."""
    report = report_row(project)
    votes = Annotation.objects.filter(project=project, current=True, gold_right=None)
    last = votes.order_by("-pk").values_list("pk", flat=True).first() or 0
    waiting = Job.objects.filter(
        dedupe_key=f"labeler_figures:{project.pk}", state__in=Job.UNFINISHED
    )
    figures = report.figures if report else {}
    names = names_of(project, figures.get("matrix", []))
    return {
        "made_at": report.made_at if report else None,
        "votes": report.votes if report else 0,
        "labelers": figures.get("labelers", 0),
        "current": report is not None and report.last_annotation >= last,
        "computing": waiting.exists(),
        "complete": figures.get("complete", True),
        "alpha": figures.get("alpha", NOTHING),
        "agreement": figures.get("agreement"),
        "matrix": [{"id": pk, "name": names.get(pk, "")} for pk in figures.get("matrix", [])],
        "pairs": figures.get("pairs", []),
    }
