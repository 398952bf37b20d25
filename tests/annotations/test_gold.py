"""Gold items: known answers that test labelers unseen, without touching the overlap."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Count

from annotations.actions.adjudicate import adjudicate_task, reopen_task
from annotations.actions.gold import (
    NoAnswerKnown,
    OwnWork,
    make_gold,
    retire_gold,
)
from annotations.actions.gold_many import make_gold_of_known, make_gold_of_settled
from annotations.actions.lease import lease_tasks, reap_leases
from annotations.actions.settle import coding_for
from annotations.actions.skip import skip_task
from annotations.actions.submit import revise_annotation
from annotations.actions.trust import refit_consensus
from annotations.api.queue import leased_document
from annotations.models import Annotation, GoldItem, Project, Seat, Task
from labelhub.accounts.models import User
from labelhub.errors import NotAllowed
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return factories.user()


@pytest.fixture
def project(manager: User) -> Project:
    """Twelve items, of which the first four are gold with the answer 7."""
    row = factories.project(items=12, labelers=3, manager=manager, min_votes=2, max_votes=2)
    for task in Task.objects.filter(project=row).order_by("pk")[:4]:
        make_gold(task=task, by=manager, answer={"choice": "7"})
    row.refresh_from_db()
    return row


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every draw of the dice asks for gold."""
    monkeypatch.setattr(random, "random", lambda: 0.0)


def gold_seat(project: Project, labeler: User) -> Seat:
    """Lease until a gold item comes."""
    for _ in range(200):
        for seat in lease_tasks(project=project, labeler=labeler, count=1).leases:
            row = Seat.objects.select_related("task__item").get(pk=seat.pk)
            if row.is_gold:
                return row
    raise AssertionError("no gold item came")


def answer_gold(project: Project, labeler: User, label: str) -> Annotation:
    return factories.vote(project, labeler, label, seat=gold_seat(project, labeler))


def test_a_typed_answer_settles_its_task_for_certain(project: Project) -> None:
    task = Task.objects.filter(project=project).order_by("pk")[0]
    assert (task.status, task.label, task.method) == ("settled", "7", "gold")
    assert (task.confidence, task.adjudicated) == (1.0, True)
    assert not Seat.objects.filter(task=task, state=Seat.State.FREE).exists()
    assert project.gold_count == 4


def test_an_open_item_needs_an_answer(project: Project, manager: User) -> None:
    task = Task.objects.filter(project=project).order_by("-pk")[0]
    with pytest.raises(NoAnswerKnown):
        make_gold(task=task, by=manager)


def test_nobody_makes_gold_of_their_own_vote(project: Project) -> None:
    (labeler, *_) = factories.labelers_of(project)
    voted = factories.vote(project, labeler, "3", seat=ordinary(project, labeler))
    with pytest.raises(OwnWork):
        make_gold(task=voted.task, by=labeler, answer={"choice": "3"})


def ordinary(project: Project, labeler: User) -> Seat:
    project.gold_count = 0
    return factories.lease(project, labeler)


@pytest.mark.usefixtures("always")
def test_an_answer_to_gold_is_judged_and_leaves_the_overlap_alone(project: Project) -> None:
    (first, second, _) = factories.labelers_of(project)
    right, wrong = answer_gold(project, first, "7"), answer_gold(project, second, "1")
    assert (right.gold_right, wrong.gold_right) == (True, False)
    for annotation in (right, wrong):
        annotation.task.refresh_from_db()
        assert (annotation.task.votes, annotation.task.ballot) == (0, [])
        assert annotation.task.label == "7"


@pytest.mark.usefixtures("always")
def test_a_gold_lease_looks_like_the_one_whose_place_it_took(project: Project) -> None:
    (labeler, *_) = factories.labelers_of(project)
    Task.objects.filter(project=project, adjudicated=False).update(
        reason={"strategy": "margin", "version": 3}
    )
    held = gold_seat(project, labeler)
    (resumed,) = lease_tasks(project=project, labeler=labeler, resume=True).leases
    shown = leased_document(resumed)
    assert resumed.pk == held.pk
    assert (shown["reason"]["code"], shown["reason"]["arm"]) == ("unsure", "active")
    assert set(shown) == {"draft", "id", "item", "other_item", "lease", "prelabel", "reason"}


@pytest.mark.usefixtures("always")
def test_a_labeler_never_gets_the_same_gold_twice(project: Project) -> None:
    (labeler, *_) = factories.labelers_of(project)
    first = gold_seat(project, labeler)
    Seat.objects.filter(pk=first.pk).update(until="2020-01-01T00:00Z")
    reap_leases()
    second = gold_seat(project, labeler)
    skip_task(lease_id=second.lease_id, labeler=labeler)
    others = [answer_gold(project, labeler, "7").task_id for _ in range(2)]
    assert len({first.task_id, second.task_id, *others}) == 4
    assert not Seat.objects.get(pk=lease_one(project, labeler).pk).is_gold
    factories.vote(project, labeler, "7", seat=first)  # the late answer is kept all the same


def lease_one(project: Project, labeler: User) -> Seat:
    return lease_tasks(project=project, labeler=labeler).leases[0]


@pytest.mark.usefixtures("always")
def test_whoever_has_answered_everything_is_given_no_gold(project: Project) -> None:
    (labeler, *_) = factories.labelers_of(project)
    Task.objects.filter(project=project, adjudicated=False).delete()
    offer = lease_tasks(project=project, labeler=labeler)
    assert (offer.leases, offer.message) == ([], "Every item is answered. Thank you.")


def test_overlap_is_exact_with_gold_among_the_leases(project: Project) -> None:
    dice = random.Random(3)
    for who in factories.labelers_of(project):
        while seats := lease_tasks(project=project, labeler=who, count=3).leases:
            for seat in seats:
                factories.vote(project, who, str(dice.randrange(10)), seat=seat)
    ordinary_votes = Annotation.objects.filter(project=project, gold_right=None)
    counts = ordinary_votes.values("task").annotate(n=Count("pk")).values_list("n", flat=True)
    assert list(counts) == [2] * 8
    free = Seat.objects.filter(project=project, state=Seat.State.FREE)
    assert not free.exists()


def test_new_labelers_are_tested_often(manager: User) -> None:
    project = factories.project(items=200, labelers=1, manager=manager, min_votes=1)
    tasks = Task.objects.filter(project=project)
    for task in tasks.order_by("pk")[:60]:
        make_gold(task=task, by=manager, answer={"choice": "7"})
    project.refresh_from_db()
    (labeler,) = factories.labelers_of(project)
    seats = [s for _ in range(6) for s in lease_tasks(
        project=project, labeler=labeler, count=20).leases]  # fmt: skip
    gold = sum(
        seat.mask is not None for seat in Seat.objects.in_bulk([s.pk for s in seats]).values()
    )
    assert 8 <= gold <= 42  # of 120 draws at 1 in 5: 24 expected, four standard deviations


def test_without_gold_a_lease_asks_nothing_more(
    project: Project, django_assert_num_queries: Any
) -> None:
    (labeler, *_) = factories.labelers_of(project)
    project.gold_count = 0
    with django_assert_num_queries(4):  # savepoint, choose, hold, release
        lease_tasks(project=project, labeler=labeler)


def test_gold_of_settled_tasks_is_drawn_and_its_label_stays_the_votes_own(manager: User) -> None:
    project = factories.project(items=6, labelers=2, manager=manager, min_votes=2, max_votes=2)
    for who in factories.labelers_of(project):
        for _ in range(5):
            factories.vote(project, who, "3")
    made = make_gold_of_settled(project=project, by=manager, least_confidence=0.5, limit=3)
    gold = GoldItem.objects.filter(project=project)
    assert (made, gold.count(), project.gold_count) == (3, 3, 3)
    assert {row.answer["choice"] for row in gold} == {"3"}
    assert not Task.objects.filter(project=project, adjudicated=True).exists()


def test_labels_that_came_along_become_gold_only_for_the_datasets_owner(manager: User) -> None:
    project = factories.project(items=4, manager=manager)
    for item, value in zip(project.dataset.items.order_by("pk"), "123x", strict=True):
        factories.know(item, value)
    other = factories.user()
    with pytest.raises(NotAllowed):
        make_gold_of_known(project=project, by=other, limit=10)
    assert make_gold_of_known(project=project, by=manager, limit=10) == 3  # x is no label of it
    labels = Task.objects.filter(project=project, method="gold").order_by("pk")
    assert [task.label for task in labels] == ["1", "2", "3"]


def test_a_retired_gold_item_goes_back_to_its_votes(project: Project, manager: User) -> None:
    gold = GoldItem.objects.filter(project=project).order_by("pk")[0]
    retire_gold(gold=gold, by=manager)
    task = Task.objects.get(pk=gold.task_id)
    project.refresh_from_db()
    assert (task.status, task.label, task.adjudicated) == ("open", "", False)
    assert Seat.objects.filter(task=task, state=Seat.State.FREE).count() == 2
    assert project.gold_count == 3


def test_a_decision_against_it_retires_a_gold_item(project: Project) -> None:
    reviewer = factories.member(project, role="reviewer")
    gold = GoldItem.objects.filter(project=project).order_by("pk")[0]
    task = Task.objects.get(pk=gold.task_id)
    adjudicate_task(task=task, reviewer=reviewer, answer={"choice": "2"})
    gold.refresh_from_db()
    assert not gold.active
    assert reopen_task(task=task, reviewer=reviewer).status == Task.Status.OPEN


def test_a_decision_that_agrees_can_be_reopened_and_the_gold_stands(project: Project) -> None:
    reviewer = factories.member(project, role="reviewer")
    task = GoldItem.objects.filter(project=project).order_by("pk")[0].task
    adjudicate_task(task=task, reviewer=reviewer, answer={"choice": "7"})
    reopen_task(task=task, reviewer=reviewer)
    task.refresh_from_db()
    assert (task.status, task.label, task.method) == ("settled", "7", "gold")


@pytest.mark.usefixtures("always")
def test_a_new_answer_to_gold_is_judged_anew(project: Project, manager: User) -> None:
    (labeler, *_) = factories.labelers_of(project)
    first = answer_gold(project, labeler, "1")
    revised = revise_annotation(
        annotation_id=first.pk, labeler=labeler, answer={"choice": "7"}, version=1, key="again"
    )
    assert revised.gold_right is True
    make_gold(task=first.task, by=manager, answer={"choice": "1"})
    revised.refresh_from_db()
    assert revised.gold_right is False


@pytest.mark.usefixtures("always")
def test_gold_teaches_the_fit_who_is_good(project: Project) -> None:
    good, bad, _ = factories.labelers_of(project)
    for _ in range(4):
        answer_gold(project, good, "7")
        answer_gold(project, bad, "1")
    refit = refit_consensus(project=project)
    assert refit.fit is not None
    project.refresh_from_db()
    fit = coding_for(project, factories.DIGITS).fit
    assert fit.skill(good.pk).estimate > fit.skill(bad.pk).estimate + 0.3
    assert refit.fit.votes == 0  # of the votes that settle tasks


@pytest.mark.usefixtures("always")
def test_a_labeler_sees_every_answer_counted_and_managers_see_votes(
    project: Project, manager: User, make_client: Callable[..., Any]
) -> None:
    (labeler, *_) = factories.labelers_of(project)
    answer_gold(project, labeler, "7")
    factories.vote(project, labeler, "1", seat=ordinary(project, labeler))

    def votes(user: User) -> set[int]:
        client = make_client(user)
        (listed,) = client.get("/api/v1/projects/").json()["results"]
        return {
            listed["progress"]["votes"],
            client.get(f"/api/v1/projects/{project.pk}/").json()["progress"]["votes"],
        }

    assert votes(labeler) == {2}
    assert votes(manager) == {1}
