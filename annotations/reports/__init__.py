"""Read-only figures of a project: progress, agreement, labelers, pace, forecast."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from annotations.models import Project
from annotations.reports.agreement import agreement_in, agreement_of
from annotations.reports.labelers import labeler_rows
from annotations.reports.model_share import model_share_of
from annotations.reports.pace import forecast, pace_of, recent_answers
from annotations.reports.progress import label_distribution, progress_of, queue_of
from annotations.reports.sample import Sample, sample_votes

# What a labeler is not told of their own work unless the project says so.
HIDDEN = dict.fromkeys(("skill", "skill_low", "skill_high", "agreement")) | {"compared": 0}


def report_of(project: Project, *, for_labeler: int | None = None) -> dict[str, Any]:
    """Return the report of a project; for a labeler what is blind, and their own row alone.

    A fixed number of queries, none of which reads every vote: it takes the same for a project of
    a hundred thousand tasks. The truth that came with the items is never looked at.
    """
    progress, sample, recent = progress_of(project), sample_votes(project), recent_answers(project)
    rows = labeler_rows(project, sample, recent, votes=progress["votes"], only=for_labeler)
    if for_labeler is not None and not project.labelers_see_figures:
        rows = [row | HIDDEN for row in rows]
    report = nothing() | {"progress": progress, "labelers": rows, "queue": queue_of(project)}
    if for_labeler is not None:
        return report
    pace = pace_of(project, recent)
    report |= {
        "agreement": agreement_in(project, sample),
        "pace": pace,
        "label_distribution": label_distribution(project),
        "model_share": model_share_of(project),
        "forecast": forecast(
            project, progress, sample, per_hour=pace["votes_per_hour"], now=recent.now
        ),
    }
    sections = getattr(settings, "REPORT_SECTIONS", {})
    return report | {name: import_string(dotted)(project) for name, dotted in sections.items()}


def nothing() -> dict[str, Any]:
    """A report without figures, in its full shape."""
    return {
        "agreement": agreement_of(Sample([], 0)),
        "pace": {"votes_per_hour": None, "by_hour": []},
        "label_distribution": [],
        "learning_curve": {"active": [], "random": []},
        "learning": {"saved": None, "next_gain": None, "trend": [], "advice": None},
        "model_share": None,
        "model": None,
        "forecast": None,
    }
