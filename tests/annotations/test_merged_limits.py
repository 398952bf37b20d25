"""What cannot be done with answers that are merged says so, and starts nothing."""

from __future__ import annotations

import pytest

from active_learning.actions.start import check_training, start_run
from active_learning.models import TrainingRun
from annotations.actions.consensus_run import request_run
from annotations.actions.project import create_project
from annotations.models import ConsensusRun, Project
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


def test_no_method_is_tried_beside_the_only_one(lines: Project) -> None:
    with pytest.raises(Invalid, match="merged in one way only"):
        request_run(project=lines, by=lines.created_by, method="majority")
    assert not ConsensusRun.objects.exists()


def test_no_training_starts_on_answers_that_no_recipe_learns(lines: Project) -> None:
    with pytest.raises(Invalid, match="No recipe learns"):
        start_run(project=lines, trigger="asked for")
    assert check_training() == []
    assert not TrainingRun.objects.exists()
