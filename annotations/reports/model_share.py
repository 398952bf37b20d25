"""What the model's opinion changes in the consensus, as the last fit measured it."""

from __future__ import annotations

from typing import Any

from annotations.models import ConsensusFit, Project


def model_share_of(project: Project) -> dict[str, Any] | None:
    """Return how many labels would differ without the model, and both against known answers.

    None before a model took part.
    """
    if project.fit_id is None:
        return None
    rows = ConsensusFit.objects.filter(pk=project.fit_id).values_list("calibration", flat=True)
    found = (rows.first() or {}).get("model")
    return {"on": project.model_in_consensus} | found if found else None
