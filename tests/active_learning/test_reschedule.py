"""Further votes among new items: where they are placed, when, and why in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from active_learning.actions.asked import Asked, asked_tasks
from active_learning.actions.opinions import give_opinions, said_by_people, standing_in
from active_learning.actions.order import HANDFUL, projects_to_order, projects_to_schedule
from active_learning.actions.rank import Scores, one_order
from active_learning.actions.reschedule import place_votes, priorities_between
from active_learning.actions.score import score_items
from active_learning.jobs import check
from active_learning.models import QueueOrder
from annotations.actions.trust import refit_consensus
from annotations.models import Project, Seat, Task
from labelhub.jobs.models import Job
from tests import factories
from tests.active_learning.conftest import MakeProject, Work, trained


def prior(**shares: float) -> dict[str, Any]:
    named = {name.removeprefix("d"): share for name, share in shares.items()}
    return {"version": 3, "weight": 0.9, "shares": named}


def asked(pk: int, doubt: float, labels: str = "4", said: dict[str, Any] | None = None) -> Asked:
    return Asked(pk, doubt, 0.0, tuple(labels), said)


def fresh(doubts: list[float]) -> Scores:
    sure = 1 - np.array(doubts)
    rows = np.stack([sure, 1 - sure], axis=1)
    ids = np.arange(1, len(doubts) + 1)
    return Scores(ids, -ids.astype(float), rows, ("4", "9"), "margin")


def test_the_reason_says_what_votes_and_model_say() -> None:
    one = asked(1, 0.4, "49", prior(d9=0.52, d4=0.41))
    assert one.sentence() == (
        "Two votes disagree, 4 against 9; model 52 % for 9; the label so far is 60 % sure."
    )
    assert asked(1, 0.3).sentence() == "One vote for 4; the label so far is 70 % sure."
    assert one.reason()["version"] == 3 and one.reason()["strategy"] == "further_vote"


def test_further_votes_take_turns_with_new_items() -> None:
    waiting = [asked(11, 0.3, said=prior(d4=1)), asked(12, 0.6, said=prior(d4=1))]
    order = one_order(fresh([0.45, 0.4, 0.3, 0.1]), waiting, one_first=True)
    assert order.tolist() == [12, 1, 11, 2, 3, 4]


def test_what_is_begun_is_gone_on_with_where_people_decide_alone() -> None:
    waiting = [asked(11, 0.01), asked(12, 0.6, "44")]
    assert one_order(fresh([0.45, 0.4]), waiting, one_first=True).tolist() == [12, 11, 1, 2]
    weighed = [asked(11, 0.01, said=prior(d4=1))]
    assert one_order(fresh([0.45, 0.4]), weighed, one_first=False).tolist() == [11, 1, 2]


def test_priorities_lie_between_those_of_their_neighbours() -> None:
    found = priorities_between(np.array([0.9, 0.8, 0.7]), np.array([0, 1, 1, 3]))
    first, second, third, last = found
    assert first > 0.9 > second > third > 0.8 and last < 0
    assert priorities_between(np.zeros(0), np.array([0, 0])) == pytest.approx([1 / 3, -1 / 3])


@pytest.fixture
def weighed(digits: MakeProject) -> Project:
    """A project with a version that serves, an order, and opinions on the head of its queue."""
    project = digits(120, active=50, random=20, labelers=3)
    trained(project)
    score_items(project=project)
    return project


def answer_first(project: Project, label: str) -> Task:
    annotation = factories.vote(project, factories.labelers_of(project)[0], label)
    return Task.objects.get(pk=annotation.task_id)


def test_tasks_that_come_next_have_an_opinion_before_their_first_vote(weighed: Project) -> None:
    head = weighed.tasks.filter(arm="active", status="open").order_by("-priority", "pk")[:10]
    assert all(task.prior and 0 < task.prior["weight"] < 1 for task in head)
    assert not weighed.tasks.filter(arm="random", prior__isnull=False).exists()


def test_what_a_version_learned_from_is_judged_by_the_folds_that_did_not_see_it(
    weighed: Project,
) -> None:
    settled = weighed.tasks.filter(arm="active", status="settled")
    assert settled.filter(prior__isnull=False).count() > 0.9 * settled.count()
    shares = [max(task.prior["shares"].values()) for task in settled if task.prior]
    assert np.mean(shares) < 0.98  # on its own training items it would be sure of nearly all


def test_a_version_that_nothing_measures_takes_no_part(digits: MakeProject) -> None:
    project = digits(80, active=12)
    version = trained(project)
    score_items(project=project)
    assert not project.tasks.filter(prior__isnull=False).exists()
    assert version.serving


def answered_by_two(project: Project) -> None:
    """Give the settled tasks the votes that settled them, and the labelers a fit."""
    one, other = factories.labelers_of(project)[:2]
    tasks = list(project.tasks.filter(status="settled"))
    for task in tasks:
        task.ballot = [[2 * task.pk, one.pk, task.label], [2 * task.pk + 1, other.pk, task.label]]
    Task.objects.bulk_update(tasks, ["ballot"])
    refit_consensus(project=project)


def test_what_people_settled_goes_on_measuring_after_the_model_has_spoken(
    digits: MakeProject,
) -> None:
    project = digits(120, active=70, labelers=2)
    answered_by_two(project)
    trained(project)
    score_items(project=project)
    settled = project.tasks.filter(status="settled")
    weighed = settled.filter(prior__isnull=False).count()
    assert weighed > 40  # nearly all that the version learned from has an opinion now
    score_items(project=project)
    assert settled.filter(prior__isnull=False).count() == weighed


def test_what_the_model_helped_to_settle_does_not_measure_it(digits: MakeProject) -> None:
    project = digits(120, active=70, labelers=2)
    answered_by_two(project)
    one, *others = project.tasks.filter(status="settled").order_by("pk")
    Task.objects.filter(pk=one.pk).update(
        ballot=one.ballot[:1], votes=1, prior=prior(**{f"d{one.label}": 0.99})
    )
    found = said_by_people(project)
    assert one.pk not in found and set(found) == {task.pk for task in others}


def test_opinions_are_off_where_the_project_wants_none(digits: MakeProject) -> None:
    project = digits(120, active=50, random=20, model_in_consensus=False)
    version = trained(project)
    score_items(project=project)
    assert not project.tasks.filter(prior__isnull=False).exists()
    said = Scores(np.zeros(0, int), np.zeros(0), np.zeros((0, 2)), ("4", "9"), "margin")
    standing = standing_in(project, version, said)
    assert give_opinions(project=project, version=version, said=said, standing=standing) == 0


def test_pinned_items_take_no_opinion(digits: MakeProject) -> None:
    project = digits(120, active=50, random=20)
    open_one = project.tasks.filter(arm="active", status="open")[0]
    project.critical_tasks.create(task=open_one)
    trained(project)
    score_items(project=project)
    open_one.refresh_from_db()
    assert open_one.prior is None


def test_a_contradicted_vote_is_placed_with_its_reason(weighed: Project) -> None:
    task = Task.objects.filter(project=weighed, arm="active", status="open")
    task = task.order_by("-priority", "pk")[0]
    wrong = "0" if max(task.prior["shares"], key=task.prior["shares"].get) != "0" else "1"
    for _ in range(20):  # the random share may be drawn first
        given = answer_first(weighed, wrong)
        if given.arm == "active":
            break
    assert place_votes(project=weighed) >= 1
    given.refresh_from_db()
    assert given.reason["strategy"] == "further_vote" and wrong in given.reason["text"]
    seat = Seat.objects.get(task=given, state="free")
    assert seat.priority == given.priority


def test_placing_again_without_new_votes_moves_nothing(weighed: Project) -> None:
    for _ in range(6):
        answer_first(weighed, "0")
    place_votes(project=weighed)
    assert list(asked_tasks(weighed)) and place_votes(project=weighed) == 0


@pytest.mark.django_db(transaction=True)
def test_a_handful_of_votes_has_the_queue_looked_at_once(weighed: Project, work: Work) -> None:
    work()
    last = QueueOrder.objects.get(project=weighed).last_annotation
    for _ in range(HANDFUL - 1):
        answer_first(weighed, "0")
    assert projects_to_schedule() == []
    answer_first(weighed, "0")
    assert projects_to_schedule() == [weighed.pk]
    check(), check()
    assert Job.objects.filter(kind="schedule_votes").count() == 1
    work("schedule_votes")
    assert QueueOrder.objects.get(project=weighed).last_annotation > last
    assert projects_to_schedule() == []


def test_without_a_model_votes_are_left_where_they_are(digits: MakeProject) -> None:
    project = digits(30, labelers=1)
    answer_first(project, "0")
    assert place_votes(project=project) == 0 and projects_to_schedule() == []


def test_looking_for_stale_queues_takes_the_same_queries_for_any_number(db: None) -> None:
    counts = []
    for _ in range(2):
        for _ in range(3):
            factories.project(items=2)
        with CaptureQueriesContext(connection) as queries:
            projects_to_order(), projects_to_schedule()
        counts.append(len(queries))
    assert counts[0] == counts[1]
