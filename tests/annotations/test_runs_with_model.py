"""Consensus runs where a model has a say: as in what is in force, pinned, and told apart."""

from __future__ import annotations

from typing import Any

import pytest

from annotations.actions.class_run import fit_run
from annotations.actions.consensus_run import request_run
from annotations.actions.model_share import Opinion, drop_opinions, keep_opinions
from annotations.actions.project import change_project
from annotations.actions.run_rows import labels_of, opinions_of
from annotations.actions.takedown import Wanted, request_takedown, take_down
from annotations.actions.trust import refit_consensus
from annotations.actions.votes_as_of import Pin, votes_as_of
from annotations.models import ConsensusRun, Project, Task
from tests import factories
from tests.annotations.test_reports import answer

pytestmark = pytest.mark.django_db

ITEMS = 40
METHOD = "dawid_skene"


@pytest.fixture
def project() -> Project:
    """Forty items, two of three votes each; on every fourth labelers differ, a model knows better.

    One in ten is drawn uniformly, where no model has a say.
    """
    project = factories.project(
        items=ITEMS, labels=["a", "b"], labelers=2, min_votes=3, max_votes=4, confidence=0.9
    )
    change_project(project=project, by=project.created_by, consensus_method=METHOD)
    tasks = list(Task.objects.filter(project=project).order_by("pk"))
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(arm="active")
    Task.objects.filter(pk__in=[task.pk for task in tasks[::10]]).update(arm="random")
    said = [
        Opinion(task.pk, 7, 0.9, {"ab"[place % 2]: 0.98, "ba"[place % 2]: 0.02})
        for place, task in enumerate(tasks)
        if place % 3
    ]
    slips = ["ab"[(place + (place % 4 == 0)) % 2] for place in range(ITEMS)]
    answer(project, *("ab"[place % 2] + slip for place, slip in enumerate(slips)))
    keep_opinions(project=project, opinions=said)
    refit_consensus(project=project, replan=True)
    return Project.objects.select_related("schema", "fit").get(pk=project.pk)


def run_on(project: Project, method: str = METHOD) -> ConsensusRun:
    run = request_run(project=project, by=project.created_by, method=method)
    assert run.finished_at, run.job.error
    assert run.fit is not None and run.last_annotation is not None
    return run


def state(run: ConsensusRun) -> Any:
    assert run.fit is not None
    return run.fit.state


def test_the_method_in_force_finds_in_a_run_what_is_in_force(project: Project) -> None:
    run = run_on(project)
    columns = ("pk", "label", "status")
    now = set(Task.objects.filter(project=project).values_list(*columns))
    assert {(task, label, status) for task, label, _, status in labels_of(run)} == now
    sure = dict(Task.objects.filter(project=project).values_list("pk", "confidence"))
    for task, _, confidence, _ in labels_of(run):
        assert confidence == pytest.approx(sure[task], abs=0.01)
    assert not run.changes.exists()


def test_a_run_says_what_the_model_changed_in_it(project: Project) -> None:
    share = run_on(project).figures["model"]
    heard = Task.objects.filter(project=project, arm="active", prior__isnull=False).count()
    assert share["tasks"] == heard > 0
    assert 0 <= share["differ"] <= heard and share["known"] == 0


def test_a_project_that_lets_no_model_speak_runs_on_votes_alone(project: Project) -> None:
    with_model = state(run_on(project))
    change_project(project=project, by=project.created_by, model_in_consensus=False)
    run = run_on(project)
    assert run.figures["model"] is None and opinions_of(run) == {}
    assert state(run) != with_model


def test_a_run_is_repeated_bit_for_bit_after_the_model_fell_silent(project: Project) -> None:
    run = run_on(project)
    drop_opinions(project=project)
    assert project.schema is not None and run.last_annotation is not None
    cast = votes_as_of(project, Pin.from_json(run.last_annotation, run.inputs))
    alone, *_ = fit_run(run, cast)
    again, *_ = fit_run(run, cast.with_opinions(opinions_of(run), project.schema.label_names))
    assert again.to_json() == state(run) != alone.to_json()


def test_a_takedown_takes_the_opinions_of_its_items_out_of_runs(project: Project) -> None:
    run = run_on(project)
    gone = Task.objects.filter(pk__in=opinions_of(run)).order_by("pk")[0]
    left, root = set(opinions_of(run)) - {gone.pk}, factories.admin()
    take_down(
        takedown=request_takedown(
            dataset=project.dataset, by=root, wanted=Wanted(items=(gone.item_id,)),
            reason="asked to", expected=1,
        )
    )  # fmt: skip
    assert set(opinions_of(run)) == left
    assert gone.pk not in {task for task, *_ in labels_of(run)}
