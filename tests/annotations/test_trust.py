"""Trust: honest confidence from known answers, and the method that explains them best."""

from __future__ import annotations

import random

import pytest
from django.utils import timezone

from annotations.actions.adjudicate import adjudicate_task
from annotations.actions.settle import coding_for
from annotations.actions.trust import REFIT_AFTER, project_needs_refit, refit_consensus
from annotations.models import Annotation, ConsensusFit, Project, Seat, Task
from tests import factories

pytestmark = pytest.mark.django_db
TRUTH = "a"


def weak_crowd(project: Project, *, right: float, seed: int = 5) -> None:
    """Let all labelers answer all items alike: all right or all wrong, so that they mislead."""
    dice = random.Random(seed)
    answers: dict[int, str] = {}
    for who in factories.labelers_of(project):
        for _ in range(project.tasks.count()):
            seat = factories.lease(project, who)
            label = answers.setdefault(seat.task_id, "a" if dice.random() < right else "b")
            factories.vote(project, who, label, seat=seat)


def decide(project: Project, count: int) -> None:
    reviewer = factories.member(project, role="reviewer")
    for task in Task.objects.filter(project=project).order_by("pk")[:count]:
        adjudicate_task(task=task, reviewer=reviewer, answer={"choice": TRUTH})


@pytest.fixture
def misled() -> Project:
    project = factories.project(
        items=40, labels=["a", "b"], labelers=3, min_votes=3, max_votes=3, consensus_method="auto"
    )
    weak_crowd(project, right=0.7)
    return project


def test_confidence_that_decisions_contradict_is_taken_back(misled: Project) -> None:
    refit_consensus(project=misled)
    before = Task.objects.filter(project=misled).order_by("-pk")[0].confidence
    decide(misled, 25)
    fit = refit_consensus(project=misled).fit
    after = Task.objects.filter(project=misled).order_by("-pk")[0].confidence
    assert fit is not None and before is not None and after is not None
    assert fit.calibration["temperature"] > 1.5 and fit.calibration["items"] == 25
    assert after < before - 0.05
    # The likelihood is what is fitted; the binned error of 25 items moves a little either way.
    assert fit.calibration["error_after"] < fit.calibration["error_before"] + 0.05
    assert sum(bar["items"] for bar in fit.calibration["bins"]) == 25


def test_every_verdict_after_a_refit_is_calibrated(misled: Project) -> None:
    decide(misled, 25)
    refit_consensus(project=misled)
    misled.refresh_from_db()
    assert coding_for(misled, ["a", "b"]).fit.temperature > 1.5


def test_auto_keeps_the_default_until_known_answers_say_otherwise(misled: Project) -> None:
    fit = refit_consensus(project=misled).fit
    assert fit is not None and fit.method == "dawid_skene"
    assert "0 of the 30 known answers" in fit.calibration["reason"]
    decide(misled, 32)
    fit = refit_consensus(project=misled).fit
    assert fit is not None and set(fit.calibration["candidates"]) >= {"dawid_skene", "one_coin"}
    assert Task.objects.filter(project=misled, adjudicated=False)[0].method == fit.method


def test_without_votes_a_project_has_a_fit_all_the_same() -> None:
    project = factories.project(items=2, labels=["a", "b"], consensus_method="auto")
    fit = refit_consensus(project=project).fit
    assert fit is not None and fit.calibration["temperature"] == 1.0


def test_an_audited_task_takes_every_vote_and_remembers_when_the_rule_would_have_stopped() -> None:
    project = factories.project(
        items=4, labels=["a", "b"], labelers=4, min_votes=2, max_votes=4, audit_share=1.0,
        confidence=0.6,
    )  # fmt: skip
    first, *others = factories.labelers_of(project)
    task_id = factories.vote(project, first, "a").task_id
    for who, label in zip(others, "abb", strict=True):
        factories.vote(project, who, label)
    task = Task.objects.get(pk=task_id)
    assert (task.votes, task.status) == (4, Task.Status.DISPUTED)
    assert task.audit is not None and (task.audit["label"], task.audit["votes"]) == ("a", 2)
    assert Annotation.objects.filter(task=task).count() == 4
    assert not Seat.objects.filter(task=task, state=Seat.State.FREE).exists()


def test_the_audited_share_is_drawn_once_and_for_ever() -> None:
    project = factories.project(items=400, audit_share=0.25)
    audited = Task.objects.filter(project=project, audit__isnull=False).count()
    assert 60 <= audited <= 140  # 100 expected; the ends are four standard deviations away


def test_an_answer_that_no_vote_can_change_ends_the_asking() -> None:
    project = factories.project(
        items=1, labels=["a", "b"], labelers=4, min_votes=2, max_votes=5, confidence=1.0
    )
    for who in factories.labelers_of(project):
        factories.vote(project, who, "a")
    task = Task.objects.get(project=project)
    assert (task.status, task.votes) == (Task.Status.SETTLED, 4)
    assert task.confidence is not None and task.confidence < 1.0


def test_abstentions_ask_for_one_refit_and_then_for_no_more() -> None:
    project = factories.project(items=4, labels=["a", "b"], labelers=2, min_votes=2, max_votes=2)
    for who in factories.labelers_of(project):
        for _ in range(4):
            factories.vote(project, who, "a")
    task = Task.objects.filter(project=project).order_by("pk")[0]
    Task.objects.filter(pk=task.pk).update(ballot=[[*entry[:2], ""] for entry in task.ballot])
    project.refresh_from_db()
    assert project_needs_refit(project)
    assert refit_consensus(project=project).fit is not None
    ConsensusFit.objects.filter(project=project).update(created_at=timezone.now() - 2 * REFIT_AFTER)
    assert not project_needs_refit(Project.objects.get(pk=project.pk))
