"""Which votes of an export were given with a proposal in view, and what became of it."""

from __future__ import annotations

from typing import Any

from annotations.exporters.base import Columns
from annotations.models import ShownProposal

PROPOSAL_COLUMNS: Columns = {
    "proposal": "text",  # "shown", "hidden" by the draw, or empty where there was none
    "proposal_by": "text",
    "proposal_taken": "flag",
}
# Of votes without a proposal, and of those that were frozen before there were any.
UNAIDED: dict[str, Any] = {"proposal": "", "proposal_by": "", "proposal_taken": None}


def proposals_of(tasks: list[int], using: str) -> dict[tuple[int, int], dict[str, Any]]:
    """Return the columns of the votes that had a proposal, by task and labeler."""
    rows = ShownProposal.objects.using(using).filter(task__in=tasks, annotation__isnull=False)
    fields = ("task_id", "labeler_id", "hidden", "version", "source", "taken")
    return {(shown.task_id, shown.labeler_id): _columns(shown) for shown in rows.only(*fields)}


def _columns(shown: ShownProposal) -> dict[str, Any]:
    return {
        "proposal": "hidden" if shown.hidden else "shown",
        "proposal_by": shown.by,
        "proposal_taken": None if shown.hidden else shown.taken,
    }
