"""Proposals of models: kept with each scoring, for what may be shown and nothing else."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from active_learning.actions.opinions import learned_from
from active_learning.actions.order import projects_to_order
from active_learning.actions.propose import propose_readings
from active_learning.actions.read import ReadLine
from active_learning.actions.score import score_items
from active_learning.models import Score
from annotations.actions.gold import make_gold
from annotations.models import Project, Proposal, Task
from labelhub.jobs.models import Job
from tests import factories
from tests.active_learning.conftest import MakeProject, trained

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(digits: MakeProject) -> Project:
    """Some digits are settled, the rest is open; the model's proposals are shown."""
    return digits(140, active=50, random=10, prelabels="model")


def test_a_scoring_keeps_what_the_version_says_as_answers(project: Project) -> None:
    version = trained(project)
    score_items(project=project)
    waiting = project.tasks.filter(arm="active", status="open")
    said = {row.task_id: row for row in Proposal.objects.filter(task__in=waiting)}
    assert len(said) == waiting.count()
    for score in Score.objects.filter(task__in=said):
        row = said[score.task_id]
        assert (row.answer, row.version) == ({"choice": score.predicted}, version.number)
        assert row.confidence == pytest.approx(score.probability, abs=1e-3)


def test_uniformly_drawn_and_pinned_items_have_none(project: Project) -> None:
    pinned = project.tasks.filter(arm="active", status="open")[0]
    project.critical_tasks.create(task=pinned)
    trained(project)
    score_items(project=project)
    assert not Proposal.objects.filter(task__arm="random").exists()
    assert not Proposal.objects.filter(task=pinned).exists()


def test_gold_has_proposals_by_folds_that_did_not_see_it(project: Project) -> None:
    learned = list(project.tasks.filter(arm="active", status="settled")[:40])
    drawn = project.tasks.filter(arm="random", status="settled")[0]
    for task in [*learned, drawn]:
        make_gold(task=task, by=project.created_by)
    version = trained(project)
    assert {task.pk for task in learned} <= set(learned_from(project, version).tolist())
    score_items(project=project)
    assert Proposal.objects.filter(task=drawn).exists()
    rows = Proposal.objects.filter(task__in=learned).select_related("task")
    assert len(rows) == len(learned)
    # On what it learned by heart it would be right and sure every time.
    assert np.mean([row.confidence for row in rows]) < 0.98
    assert any(row.answer != row.task.answer for row in rows)


def test_a_project_without_proposals_keeps_none(project: Project) -> None:
    trained(project)
    score_items(project=project)
    Project.objects.filter(pk=project.pk).update(prelabels="imported")
    project.refresh_from_db()
    score_items(project=project)
    assert not Proposal.objects.exists()


def test_a_project_that_turns_proposals_on_is_scored_for_them(digits: MakeProject) -> None:
    project = digits(80, active=40)
    trained(project)
    score_items(project=project)
    assert projects_to_order() == []
    Project.objects.filter(pk=project.pk).update(prelabels="any")
    assert projects_to_order() == [project.pk]
    project.refresh_from_db()
    score_items(project=project)
    Job.objects.update(state="done", finished_at=timezone.now() - timedelta(hours=1))
    assert projects_to_order() == []
    assert Proposal.objects.count() >= 40


def test_readings_bring_each_characters_confidence_and_nothing_it_learned_from(
    digits: MakeProject,
) -> None:
    project = digits(80, active=40, prelabels="any")
    version = trained(project)
    learned, fresh, empty = (
        project.tasks.filter(status="settled")[0].pk,
        *project.tasks.filter(status="open").values_list("pk", flat=True)[:2],
    )
    lines = [ReadLine(learned, "by heart", 1.0, [1.0] * 8), ReadLine(empty, "", 0.0, [])]
    lines.append(ReadLine(fresh, "Tor", 0.4, [0.9, 0.5, 0.8]))
    assert propose_readings(project=project, version=version, lines=lines) == 1
    row = Proposal.objects.get()
    assert (row.task_id, row.answer) == (fresh, {"text": "Tor"})
    assert (row.confidence, row.characters) == (0.4, [0.9, 0.5, 0.8])


def test_proposals_are_leased_in_a_project_that_learns(project: Project) -> None:
    trained(project)
    score_items(project=project)
    labeler = factories.member(project)
    Project.objects.filter(pk=project.pk).update(prelabels_hidden=0.0)
    project.refresh_from_db()
    seats = [factories.lease(project, labeler) for _ in range(12)]
    shown = {seat.task.arm: seat.shown for seat in seats}
    assert shown["active"] is not None and shown.get("random") is None
    assert Task.objects.filter(votes__gt=0, status="open").count() == 0
