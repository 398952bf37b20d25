"""The model in the consensus: one more voice, never alone, never where figures come from."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotations.actions.adjudicate import adjudicate_task
from annotations.actions.export import Order
from annotations.actions.model_share import Opinion, drop_opinions, keep_opinions
from annotations.actions.project import change_project
from annotations.actions.trust import refit_consensus
from annotations.models import Project, Seat, Task
from annotations.reports.consistency import check
from annotations.reports.provenance import provenance_of
from labelhub.jobs.models import Job
from tests import factories

pytestmark = pytest.mark.django_db


def opinion(task: Task, label: str, share: float = 0.97, weight: float = 0.95) -> Opinion:
    return Opinion(task.pk, 1, weight, {label: share})


@pytest.fixture
def project() -> Project:
    return factories.project(items=4, labelers=3, min_votes=2, max_votes=5)


def first(project: Project) -> Task:
    """The task that is served next."""
    return Task.objects.filter(project=project).order_by("-priority", "pk")[0]


def voted(project: Project, *labels: str, model: str | None) -> Task:
    """The first task, after a model and these labelers said something."""
    task = first(project)
    if model is not None:
        keep_opinions(project=project, opinions=[opinion(task, model)])
    for labeler, label in zip(factories.labelers_of(project), labels, strict=False):
        seat = Seat.objects.filter(task=task, state="free").order_by("no").first()
        assert seat is not None
        Seat.objects.filter(pk=seat.pk).update(
            state="held", labeler=labeler, last_labeler_id=labeler.pk, token=seat.token + 1,
            until="2100-01-01T00:00Z",
        )  # fmt: skip
        seat.refresh_from_db()
        factories.vote(project, labeler, label, seat=seat)
    task.refresh_from_db()
    return task


def test_a_model_that_agrees_stands_for_one_of_the_least_votes(project: Project) -> None:
    task = voted(project, "4", model="4")
    assert (task.status, task.label, task.votes) == ("settled", "4", 1)
    assert not Seat.objects.filter(task=task, state__in=("free", "held")).exists()


def test_without_its_word_one_vote_does_not_settle(project: Project) -> None:
    task = voted(project, "4", model=None)
    assert task.status == "open" and Seat.objects.filter(task=task, state="free").count() == 1


def test_a_model_never_labels_alone(project: Project) -> None:
    task = voted(project, model="4")
    refit_consensus(project=project)
    task.refresh_from_db()
    assert (task.status, task.label, task.confidence) == ("open", "", None)


def test_what_no_person_said_is_never_settled(project: Project) -> None:
    task = voted(project, "4", "7", model="9")
    assert task.status == "open"


def test_a_model_that_contradicts_has_another_vote_asked_at_once(project: Project) -> None:
    task = voted(project, "4", model="9")
    seat = Seat.objects.get(task=task, state="free")
    assert task.status == "open" and (seat.lane, seat.priority) == (Seat.Lane.NEXT, task.priority)


def test_a_quite_sure_answer_waits_behind_what_nobody_has_answered(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(confidence=0.999)
    project.refresh_from_db()
    task = voted(project, "4", model="4")
    seat = Seat.objects.get(task=task, state="free")
    assert task.status == "open" and seat.priority < 0
    assert factories.lease(project, factories.labelers_of(project)[1]).task_id != task.pk


def test_what_is_begun_comes_first_where_people_decide_alone(project: Project) -> None:
    labelers = factories.labelers_of(project)
    task = factories.vote(project, labelers[0], "4").task
    Task.objects.filter(project=project).exclude(pk=task.pk).update(priority=3.0)
    Seat.objects.filter(project=project).exclude(task=task).update(priority=3.0)
    assert factories.lease(project, labelers[1]).task_id == task.pk


def test_uniformly_drawn_items_take_no_opinion() -> None:
    project = factories.project(items=4, labelers=1, random_share=1.0)
    task = first(project)
    assert keep_opinions(project=project, opinions=[opinion(task, "4")]) == 0
    Task.objects.filter(pk=task.pk).update(prior=opinion(task, "4").document())
    factories.vote(project, factories.labelers_of(project)[0], "4")
    task.refresh_from_db()
    assert task.status == "open" and task.prior_in(project) is None


def test_an_audited_item_is_measured_without_the_model(project: Project) -> None:
    Task.objects.filter(project=project).update(audit={})
    task = voted(project, "4", model="4")
    assert task.status == "open" and task.audit["label"] == "4" and task.audit["votes"] == 1
    assert task.prior_in(project) is None


def test_switching_it_off_lets_people_decide_again(project: Project) -> None:
    task = voted(project, "4", model="4")
    change_project(project=project, by=project.created_by, model_in_consensus=False)
    assert Job.objects.filter(kind="refit_consensus", payload__replan=True).exists()
    refit_consensus(project=project, replan=True)
    task.refresh_from_db()
    assert task.status == "open" and Seat.objects.filter(task=task, state="free").exists()


def test_an_opinion_that_says_the_same_is_not_written_again(project: Project) -> None:
    task = first(project)
    assert keep_opinions(project=project, opinions=[opinion(task, "4")]) == 1
    assert keep_opinions(project=project, opinions=[opinion(task, "4", share=0.975)]) == 0
    assert keep_opinions(project=project, opinions=[opinion(task, "4", share=0.6)]) == 1
    assert drop_opinions(project=project) == 1 and first(project).prior is None


def test_labels_follow_when_opinions_are_taken_back(project: Project) -> None:
    voted(project, "4", model="9")
    Job.objects.all().delete()
    assert drop_opinions(project=project) == 1
    assert Job.objects.filter(kind="refit_consensus").count() == 1
    assert drop_opinions(project=project) == 0
    assert Job.objects.count() == 1


def test_the_check_does_not_hold_a_models_part_against_a_label(project: Project) -> None:
    voted(project, "4", model="4")
    refit_consensus(project=project, replan=True)
    assert [found for found in check(using="default", deep=True) if "votes give" in found[1]] == []


def test_a_refit_says_what_the_model_changed(project: Project) -> None:
    task = voted(project, "4", "9", model="9")
    other = Task.objects.filter(project=project, votes=0)[0]
    adjudicate_task(task=other, reviewer=project.created_by, answer={"choice": "7"})
    fit = refit_consensus(project=project).fit
    assert fit is not None
    found = fit.calibration["model"]
    task.refresh_from_db()
    assert task.label == "9" and found["tasks"] == 1 and found["differ"] in (0, 1)
    assert found["known"] == 0


def test_known_answers_are_compared_with_and_without_the_model() -> None:
    project = factories.project(items=6, labelers=2, min_votes=2, max_votes=2)
    labelers = factories.labelers_of(project)
    for task in Task.objects.filter(project=project).order_by("-priority", "pk"):
        keep_opinions(project=project, opinions=[opinion(task, "9")])
    for labeler, label in zip(labelers, "49", strict=True):
        for _ in range(6):
            factories.vote(project, labeler, label)
    for task in Task.objects.filter(project=project, adjudicated=False):
        adjudicate_task(task=task, reviewer=project.created_by, answer={"choice": "9"})
    fit = refit_consensus(project=project).fit
    assert fit is not None
    found: dict[str, Any] = fit.calibration["model"]
    assert found["known"] == 6 and found["known_right_with"] == 6


def test_without_opinions_there_is_nothing_to_compare(project: Project) -> None:
    voted(project, "4", model=None)
    fit = refit_consensus(project=project).fit
    assert fit is not None and fit.calibration["model"] is None


def test_provenance_says_that_the_model_took_part(project: Project) -> None:
    voted(project, "4", model="4")
    refit_consensus(project=project, replan=True)
    task = Task.objects.select_related("project__schema").get(project=project, votes=1)
    found = provenance_of(task, name=lambda labeler_id, name: name)
    assert found["decided_by"] == "votes_and_model"
    assert found["model_vote"]["label"] == "4" and found["model_vote"]["version"] == 1
    parts = sum(vote["log_odds"] for vote in found["votes"])
    assert found["model_vote"]["log_odds"] > 0
    assert found["odds"]["total"] == pytest.approx(found["model_vote"]["log_odds"] + parts)


def test_an_export_says_that_the_model_took_part(project: Project) -> None:
    voted(project, "4", model="4")
    refit_consensus(project=project)
    fresh = Project.objects.select_related("schema").get(pk=project.pk)
    order = Order.of(fresh, "jsonl", "consensus", {"provenance": True})
    told = [row["provenance"]["model"] for row in order.rows() if row["votes"]]
    assert told and told[0]["label"] == "4" and told[0]["weight"] == 0.95


def test_a_vote_takes_no_more_statements_with_an_opinion(project: Project) -> None:
    labelers = factories.labelers_of(project)
    counts = []
    for model in (None, None, "9"):  # the first one fills what is kept in memory
        task = first(project)
        if model:
            task = Task.objects.filter(project=project, votes=0).order_by("-priority", "pk")[0]
            keep_opinions(project=project, opinions=[opinion(task, model)])
        seat = factories.lease(project, labelers[0])
        with CaptureQueriesContext(connection) as queries:
            factories.vote(project, labelers[0], "4", seat=seat)
        counts.append(len(queries))
    assert counts[1] == counts[2]
