"""What cannot be done with answers that are merged says so, and starts nothing."""

from __future__ import annotations

import pytest

from active_learning.actions.start import check_training, start_run
from active_learning.models import TrainingRun
from annotations.actions.export import Order, preview_export
from annotations.actions.project import create_project, open_tasks
from annotations.actions.submit import submit_annotation
from annotations.models import Project
from labelhub.errors import Invalid
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines() -> Project:
    owner = factories.user()
    return create_project(
        by=owner,
        dataset=factories.dataset(items=3, owner=owner),
        name="lines",
        question="What does it say?",
        task_type="transcription",
        schema={},
    )


def test_no_training_starts_on_answers_that_no_recipe_learns(lines: Project) -> None:
    boxes = create_project(
        by=lines.created_by,
        dataset=lines.dataset,
        name="boxes",
        question="Where?",
        task_type="boxes",
        schema={"labels": [{"name": "face"}]},
    )
    with pytest.raises(Invalid, match="No recipe learns"):
        start_run(project=boxes, trigger="asked for")
    assert check_training() == []
    assert not TrainingRun.objects.exists()


def test_provenance_in_a_file_says_what_each_vote_read(lines: Project) -> None:
    open_tasks(project=lines)
    for text in ("to be", "to bee"):
        labeler = factories.member(lines)
        seat = factories.lease(lines, labeler)
        submit_annotation(labeler=labeler, lease_id=seat.lease_id, answer={"text": text}, key=text)
    order = Order.of(lines, "jsonl", "consensus", {"provenance": True, "status": "all"})
    origins = [row["provenance"]["votes"] for row in preview_export(order).sample]
    read = [vote["label"] for votes in origins for vote in votes]  # one task or two: by the draw
    assert sorted(read) == ["to be", "to bee"]
