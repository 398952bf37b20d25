"""Silent repeats: the same question again, unseen, kept, and never a second vote."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotations.actions.adjudicate import adjudicate_task
from annotations.actions.export import Order
from annotations.actions.gold import make_gold
from annotations.actions.labeler_figures import compute_figures
from annotations.actions.lease import find_lease, lease_tasks, reap_leases
from annotations.actions.skip import skip_task
from annotations.actions.submit import revise_annotation, submit_annotation
from annotations.actions.trust import refit_consensus
from annotations.api.queue import leased_document
from annotations.models import Annotation, LabelerFigures, Project, Seat, Task
from annotations.reports.consistency import check
from annotations.reports.labelers import votes_by_labeler
from labelhub.accounts.models import User
from labelhub.errors import Invalid
from tests import factories
from tests.world import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    """Twelve items; every lease asks again what was answered two answers ago or more."""
    return factories.project(
        items=12,
        labels=["a", "b", "c"],
        labelers=2,
        min_votes=2,
        max_votes=3,
        repeat_share=0.0,
        repeat_answers=2,
    )


@pytest.fixture
def labeler(project: Project) -> User:
    """Who has answered five items, all with `a`, and is asked them again from now on."""
    who = factories.labelers_of(project)[0]
    for _ in range(5):
        factories.vote(project, who, "a")
    set_repeats(project, 0.5)
    return who


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every draw of the dice asks again."""
    monkeypatch.setattr(random, "random", lambda: 0.0)


def set_repeats(project: Project, share: float, **more: Any) -> None:
    project.repeat_share = share
    for name, value in more.items():
        setattr(project, name, value)
    project.save()


def ballots(project: Project) -> list[Any]:
    rows = Task.objects.filter(project=project).order_by("pk")
    return list(rows.values_list("ballot", "votes", "status", "label", "confidence"))


def kept_seat(seat: Seat) -> Seat:
    """As it is in the database, without its disguise."""
    return Seat.objects.get(pk=seat.pk)


@pytest.mark.usefixtures("always")
def test_a_repeat_is_kept_beside_the_first_answer_and_counts_as_no_vote(
    project: Project, labeler: User
) -> None:
    before = ballots(project)
    seat = factories.lease(project, labeler)
    again = factories.vote(project, labeler, "b", seat=seat)
    assert kept_seat(seat).is_repeat
    assert again.repeat and again.version == 1
    first = Annotation.objects.get(task=seat.task_id, labeler=labeler)
    assert first.current and first.answer == {"choice": "a"}
    assert ballots(project) == before
    refit_consensus(project=project, replan=True)
    assert [row[:2] for row in ballots(project)] == [row[:2] for row in before]
    assert votes_by_labeler(project, 5) == {labeler.pk: 5}
    found = check(using="default", deep=True)
    assert [where for where, _ in found if not where.startswith("item")] == []


@pytest.mark.usefixtures("always")
def test_a_repeat_looks_like_the_seat_whose_place_it_took(project: Project, labeler: User) -> None:
    seat = factories.lease(project, labeler)
    shown = leased_document(seat)
    assert kept_seat(seat).is_repeat
    assert (shown["reason"]["code"], shown["reason"]["arm"]) == ("new", "active")
    (resumed,) = lease_tasks(project=project, labeler=labeler, resume=True).leases
    assert leased_document(resumed)["reason"] == shown["reason"]
    set_repeats(project, 0.0)
    ordinary = leased_document(factories.lease(project, labeler))
    assert {name: type(value) for name, value in shown.items()} == {
        name: type(value) for name, value in ordinary.items()
    }


@pytest.mark.usefixtures("always")
def test_over_http_nothing_tells_a_repeat(project: Project, labeler: User) -> None:
    client = client_of(labeler)
    leases = f"/api/v1/projects/{project.pk}/lease/"
    offered = client.post(leases, {"count": 1}, format="json").json()["tasks"][0]
    set_repeats(project, 0.0)
    ordinary = client.post(leases, {"count": 1}, format="json").json()["tasks"][0]
    answers = [
        client.post(
            "/api/v1/annotations/",
            {"lease": task["lease"]["id"], "answer": {"choice": "b"}},
            format="json",
        )
        for task in (offered, ordinary)
    ]
    seat_id, _ = find_lease(lease_id=offered["lease"]["id"], labeler=labeler)
    assert Seat.objects.get(pk=seat_id).is_repeat
    assert shape(offered) == shape(ordinary)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert shape(answers[0].json()) == shape(answers[1].json())
    assert [answer.json()["version"] for answer in answers] == [1, 1]
    one = client.get(f"/api/v1/annotations/{answers[0].json()['id']}/").json()
    assert one == answers[0].json()
    latest = client.get(f"/api/v1/projects/{project.pk}/history/").json()["results"]
    assert [entry["id"] for entry in latest[:2]] == [a.json()["id"] for a in reversed(answers)]
    document = client.get(f"/api/v1/projects/{project.pk}/").json()
    assert document["repeat_share"] is document["repeat_answers"] is None


def shape(value: Any) -> Any:
    """The names and kinds of values in a document, and no more."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    return type(value).__name__


@pytest.mark.usefixtures("always")
def test_a_repeat_is_revised_sent_twice_and_never_confused_with_the_first(
    project: Project, labeler: User
) -> None:
    seat = factories.lease(project, labeler)
    sent = {"labeler": labeler, "lease_id": seat.lease_id, "answer": {"choice": "b"}, "key": "k"}
    again, twice = submit_annotation(**sent), submit_annotation(**sent)
    assert twice.repeated and twice.annotation.pk == again.annotation.pk
    revised = revise_annotation(
        annotation_id=again.annotation.pk,
        labeler=labeler,
        answer={"choice": "c"},
        version=1,
        key="k2",
    )
    assert (revised.repeat, revised.version) == (True, 2)
    first = Annotation.objects.get(task=seat.task_id, labeler=labeler)
    assert (first.answer, first.version) == ({"choice": "a"}, 1)
    assert Annotation.every.filter(task=seat.task_id, labeler=labeler, current=True).count() == 2
    changed = revise_annotation(
        annotation_id=first.pk, labeler=labeler, answer={"choice": "b"}, version=1, key="k3"
    )
    assert not changed.repeat
    task = Task.objects.get(pk=seat.task_id)
    assert [entry[2] for entry in task.ballot] == ["b"]


@pytest.mark.usefixtures("always")
def test_an_item_is_repeated_once_and_only_after_enough_answers(
    project: Project, labeler: User
) -> None:
    asked = []
    while kept_seat(seat := factories.lease(project, labeler)).is_repeat:
        asked.append(seat.task_id)
        factories.vote(project, labeler, "a", seat=seat)
    voted = Annotation.objects.filter(labeler=labeler).order_by("pk")
    assert sorted(asked) == sorted(voted.values_list("task_id", flat=True)[:3])


@pytest.mark.usefixtures("always")
def test_days_must_pass_where_the_project_says_so(project: Project, labeler: User) -> None:
    set_repeats(project, 0.5, repeat_days=3)
    assert not kept_seat(factories.lease(project, labeler)).is_repeat
    old = timezone.now() - timedelta(days=4)
    Annotation.objects.filter(labeler=labeler).update(created_at=old)
    assert kept_seat(factories.lease(project, labeler)).is_repeat


@pytest.mark.usefixtures("always")
def test_what_is_gold_or_decided_is_not_asked_again(project: Project, labeler: User) -> None:
    manager = project.created_by
    assert manager is not None
    voted = Annotation.objects.filter(labeler=labeler).select_related("task").order_by("pk")
    gold, decided, left = (vote.task for vote in voted[:3])
    make_gold(task=gold, by=manager, answer={"choice": "a"})
    adjudicate_task(task=decided, reviewer=manager, answer={"choice": "a"})
    Project.objects.filter(pk=project.pk).update(gold_count=0)
    project.refresh_from_db()
    seats = [factories.lease(project, labeler) for _ in range(3)]
    assert [seat.task_id for seat in seats if kept_seat(seat).is_repeat] == [left.pk]


@pytest.mark.usefixtures("always")
def test_a_skipped_or_lapsed_repeat_opens_no_seat_for_others(
    project: Project, labeler: User
) -> None:
    before = Seat.objects.filter(project=project, lane__lt=Seat.Lane.GOLD).count()
    lapsed = factories.lease(project, labeler)
    Seat.objects.filter(pk=lapsed.pk).update(until="2020-01-01T00:00Z")
    reap_leases()
    skipped = factories.lease(project, labeler)
    skip_task(lease_id=skipped.lease_id, labeler=labeler)
    assert kept_seat(lapsed).is_repeat and kept_seat(skipped).is_repeat
    assert lapsed.task_id != skipped.task_id
    assert Seat.objects.filter(project=project, lane__lt=Seat.Lane.GOLD).count() == before
    other = factories.labelers_of(project)[1]
    for _ in range(4):
        factories.vote(project, other, "a")
    late = factories.vote(project, labeler, "a", seat=lapsed)  # kept though its task is settled
    assert late.repeat


@pytest.mark.usefixtures("always")
def test_whoever_has_answered_everything_is_not_asked_again_for_ever(project: Project) -> None:
    labeler = factories.labelers_of(project)[0]
    for _ in range(12):
        factories.vote(project, labeler, "a")
    set_repeats(project, 0.5)
    assert lease_tasks(project=project, labeler=labeler).leases == []


def test_a_project_without_repeats_pays_no_query(
    project: Project, labeler: User, django_assert_num_queries: Any
) -> None:
    set_repeats(project, 0.0)
    with django_assert_num_queries(4):
        lease_tasks(project=project, labeler=labeler)


@pytest.mark.usefixtures("always")
def test_self_consistency_is_the_share_of_equal_answers_with_its_interval(
    project: Project, labeler: User
) -> None:
    for again in ("a", "b", "a"):
        factories.vote(project, labeler, again)
    compute_figures(project=project)
    client = client_of(project.created_by)
    (row,) = client.get(f"/api/v1/projects/{project.pk}/labelers/").json()["results"]
    found = row["consistency"]
    assert (found["estimate"], found["count"]) == (pytest.approx(2 / 3), 3)
    assert 0 < found["low"] < 2 / 3 < found["high"] < 1
    assert row["votes"] == 5
    Project.objects.filter(pk=project.pk).update(labelers_see_figures=True)
    own = client_of(labeler).get(f"/api/v1/projects/{project.pk}/my-figures/").json()
    assert own["votes"] == 5 and not {"consistency", "sessions", "tiredness"} & own.keys()


def test_of_merged_answers_it_is_their_mean_likeness(monkeypatch: pytest.MonkeyPatch) -> None:
    project = factories.project(
        items=6, labelers=1, task_type="transcription", schema={}, repeat_answers=1
    )
    (who,) = factories.labelers_of(project)
    for _ in range(2):
        write(project, who, "abcd")
    set_repeats(project, 0.5)
    monkeypatch.setattr(random, "random", lambda: 0.0)
    write(project, who, "abxd")
    compute_figures(project=project)
    found = LabelerFigures.objects.get(project=project, labeler=who).figures["consistency"]
    assert (found["estimate"], found["count"]) == (0.75, 1)


def write(project: Project, who: User, text: str) -> None:
    seat = factories.lease(project, who)
    submit_annotation(
        labeler=who, lease_id=seat.lease_id, answer={"text": text}, key=f"key {seat.lease_id}"
    )


@pytest.mark.usefixtures("always")
def test_exports_leave_repeats_out_unless_asked_and_then_mark_them(
    project: Project, labeler: User
) -> None:
    factories.vote(project, labeler, "b")
    plain = Order.of(project, "jsonl", "votes", {})
    assert [row["answer"]["choice"] for row in plain.rows()] == ["a"] * 5
    assert plain.count() == 5 and "repeat" not in plain.columns
    asked = Order.of(project, "jsonl", "votes", {"repeats": True})
    rows = sorted((row["repeat"], row["answer"]["choice"]) for row in asked.rows())
    assert rows == [(False, "a")] * 5 + [(True, "b")]
    assert asked.count() == 6 and "repeat" in asked.columns
    assert Order.of(project, "jsonl", "votes", asked.as_filters()) == asked
    for format, content in (("jsonl", "consensus"), ("label_studio", "votes")):
        with pytest.raises(Invalid):
            Order.of(project, format, content, {"repeats": True})
