"""What an export or a release takes: the filters of the items page, alone or as a saved view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from annotations.actions.export_selection import ALL, STATUS_FILTERS
from annotations.api.access import no_such
from annotations.api.task_filters import TaskFilters, filters_of
from annotations.models import Project, SavedView
from labelhub.http.fields import IdField


class ExportFilters(TaskFilters):
    """Which items, as on the items page; what is left out takes any, but see `status`."""

    status = serializers.ChoiceField(
        choices=STATUS_FILTERS,
        required=False,
        help_text="Left out: all tasks for votes and with a view, else settled ones.",
    )
    view = IdField(
        required=False,
        help_text="A saved view: its filters, under those that are given beside it.",
    )


def chosen(project: Project, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filters with those of the view that they name, if any."""
    filters = dict(wanted)
    view = filters.pop("view", None)
    if view is None:
        return filters
    saved = SavedView.objects.filter(project=project, pk=view).first()
    if saved is None:
        raise no_such("view")
    return {"status": ALL} | filters_of(saved.query) | filters
