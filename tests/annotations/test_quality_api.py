"""Gold and pauses over HTTP: made, listed, retired; paused, appealed, answered, resumed."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotations.actions.gold import make_gold
from annotations.actions.lease import lease_tasks
from annotations.models import GoldItem, Membership, Project, Seat, Task
from labelhub.accounts.models import AuditEvent, User
from tests import factories

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]


@pytest.fixture
def manager() -> User:
    return factories.user()


@pytest.fixture
def project(manager: User) -> Project:
    return factories.project(
        items=30, labelers=3, manager=manager, min_votes=2, max_votes=2, labels=["a", "b"]
    )


def tasks(project: Project, count: int) -> list[Task]:
    return list(Task.objects.filter(project=project).order_by("pk")[:count])


def gold(project: Project, manager: User, count: int) -> None:
    for task in tasks(project, count):
        make_gold(task=task, by=manager, answer={"choice": "a"})
    project.refresh_from_db()


def answer_gold(project: Project, labeler: User, *labels: str) -> None:
    """Answer gold items, which come with each lease while the dice are fixed."""
    for label in labels:
        (seat,) = lease_tasks(project=project, labeler=labeler).leases
        assert Seat.objects.get(pk=seat.pk).is_gold
        factories.vote(project, labeler, label, seat=seat)


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "random", lambda: 0.0)


def address(project: Project, rest: str = "gold/") -> str:
    return f"/api/v1/projects/{project.pk}/{rest}"


# --- gold --------------------------------------------------------------------------------------


def test_one_item_becomes_gold_by_a_typed_answer(
    project: Project, manager: User, make_client: Client
) -> None:
    client, (task,) = make_client(manager), tasks(project, 1)
    body = {"source": "typed", "tasks": [task.pk], "answer": {"choice": "b"}}
    reply = client.post(address(project), body, format="json")
    assert (reply.status_code, reply.json()) == (201, {"made": 1, "refused": []})
    (row,) = client.get(address(project)).json()["results"]
    assert (row["task"], row["label"], row["source"], row["stands"]) == (
        task.pk, "b", "typed", True
    )  # fmt: skip
    assert (row["answers"], row["accuracy"], row["low"]) == (0, None, None)


def test_chosen_items_become_gold_and_the_others_say_why_not(
    project: Project, manager: User, make_client: Client
) -> None:
    client, (known, foreign, without, twice) = make_client(manager), tasks(project, 4)
    factories.know(known.item, "a")
    factories.know(foreign.item, "zebra")
    factories.know(twice.item, "b")
    make_gold(task=twice, by=manager, answer={"choice": "b"})
    chosen = [known.pk, foreign.pk, without.pk, twice.pk, 987_654]
    reply = client.post(address(project), {"source": "known", "tasks": chosen}, format="json")
    assert reply.json()["made"] == 1
    assert {row["task"]: row["detail"] for row in reply.json()["refused"]} == {
        foreign.pk: "The label that came with it is none of this project's.",
        without.pk: "No label came with it.",
        twice.pk: "It is a gold item already.",
        987_654: "This project has no such item.",
    }


def test_gold_is_drawn_of_what_is_known_and_of_what_is_settled(
    project: Project, manager: User, make_client: Client
) -> None:
    client = make_client(manager)
    for item in project.dataset.items.order_by("pk")[:5]:
        factories.know(item, "a")
    for labeler in factories.labelers_of(project)[:2]:
        for _ in range(8):
            factories.vote(project, labeler, "b")
    before = client.get(address(project, "gold/overview/") + "?least_confidence=0.5").json()
    assert (before["known_left"], before["in_use"]) == (5, 0) and before["settled_left"] > 0
    client.post(address(project), {"source": "known", "limit": 3}, format="json")
    settled = {"source": "settled", "limit": 2, "least_confidence": 0.5}
    made = client.post(address(project), settled, format="json").json()["made"]
    after = client.get(address(project, "gold/overview/") + "?least_confidence=0.5").json()
    assert after["by_source"] == {"known": 3, "settled": made, "typed": 0}
    assert after["known_left"] <= 2 and after["in_use"] == 3 + made


def test_labels_that_came_along_are_the_dataset_owners_alone(
    project: Project, manager: User, make_client: Client
) -> None:
    factories.know(project.dataset.items.first(), "a")
    other = factories.member(project, role=Membership.Role.MANAGER)
    client = make_client(other)
    reply = client.post(address(project), {"source": "known"}, format="json")
    assert (reply.status_code, reply.json()["code"]) == (403, "not_allowed")
    assert client.get(address(project, "gold/overview/")).json()["known_left"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"source": "typed"}, "answer"),
        ({"source": "typed", "tasks": [1, 2], "answer": {"choice": "a"}}, "answer"),
        ({"source": "settled", "answer": {"choice": "a"}}, "answer"),
        ({"source": "guessed"}, "source"),
        ({"source": "settled", "limit": 0}, "limit"),
        ({"source": "settled", "least_confidence": "nan"}, "least_confidence"),
        ({"source": "settled", "tasks": []}, "tasks"),
        ({"source": "settled", "tasks": [-1]}, "tasks"),
    ],
)
def test_gold_that_cannot_be_made_is_refused_by_name(
    project: Project, manager: User, make_client: Client, body: Any, field: str
) -> None:
    reply = make_client(manager).post(address(project), body, format="json")
    assert reply.status_code in (400, 422) and field in reply.json()["fields"]
    assert not GoldItem.objects.exists()


def test_gold_of_another_project_is_not_made(
    project: Project, manager: User, make_client: Client
) -> None:
    foreign = tasks(factories.project(items=1), 1)[0]
    body = {"source": "typed", "tasks": [foreign.pk], "answer": {"choice": "a"}}
    assert make_client(manager).post(address(project), body, format="json").status_code == 404


def test_a_gold_item_is_retired_once(project: Project, manager: User, make_client: Client) -> None:
    gold(project, manager, 1)
    client, row = make_client(manager), GoldItem.objects.get()
    assert client.delete(f"/api/v1/gold/{row.pk}/").status_code == 204
    assert client.delete(f"/api/v1/gold/{row.pk}/").status_code == 404
    assert client.get(address(project)).json()["results"] == []
    (old,) = client.get(address(project) + "?active=false").json()["results"]
    assert old["active"] is False


@pytest.mark.usefixtures("always")
def test_labelers_are_listed_with_their_share_right_and_its_interval(
    project: Project, manager: User, make_client: Client
) -> None:
    gold(project, manager, 6)
    (good, poor, _) = factories.labelers_of(project)
    answer_gold(project, good, "a", "a", "a", "a")
    answer_gold(project, poor, "a", "b")
    rows = make_client(manager).get(address(project, "gold/labelers/")).json()["results"]
    found = {row["member"]["user"]: row for row in rows}
    assert (found[good.pk]["right"], found[good.pk]["answers"]) == (4, 4)
    assert found[poor.pk]["accuracy"] == 0.5
    assert found[poor.pk]["low"] < 0.5 < found[poor.pk]["high"]
    overview = make_client(manager).get(address(project, "gold/overview/")).json()
    assert (overview["right"], overview["answers"]) == (5, 6)


@pytest.mark.usefixtures("always")
def test_gold_and_labelers_are_listed_in_a_fixed_number_of_queries(
    project: Project, manager: User, make_client: Client
) -> None:
    gold(project, manager, 6)
    for labeler in factories.labelers_of(project):
        answer_gold(project, labeler, "a", "b")
    client = make_client(manager)

    def queries(rest: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address(project, rest)).status_code == 200
        return len(caught)

    queries("gold/")
    assert queries("gold/?limit=1") == queries("gold/")
    assert queries("gold/labelers/?limit=1") == queries("gold/labelers/")


def test_labelers_learn_nothing_of_how_they_are_tested(
    project: Project, manager: User, make_client: Client
) -> None:
    Project.objects.filter(pk=project.pk).update(gold_floor=0.8)
    gold(project, manager, 3)
    client = make_client(factories.labelers_of(project)[0])
    shown = client.get(address(project, "")).json()
    secret = ("gold_floor", "gold_least", "gold_often", "gold_seldom", "audit_share")
    secret += ("prelabels_hidden",)
    assert {name: shown[name] for name in secret} == dict.fromkeys(secret)
    for rest in ("gold/", "gold/overview/", "gold/labelers/", "tasks/", "members/"):
        assert client.get(address(project, rest)).status_code == 403
    lease = client.post(address(project, "lease/"), {"count": 5}, format="json")
    assert "gold" not in lease.content.decode()


def test_the_rate_and_the_floor_are_settings(
    project: Project, manager: User, make_client: Client
) -> None:
    client = make_client(manager)
    wanted = {"gold_often": 0.5, "gold_seldom": 0.1, "gold_floor": 0.7, "gold_least": 5}
    shown = client.patch(address(project, ""), wanted, format="json").json()
    assert {name: shown[name] for name in wanted} == wanted
    refused = client.patch(address(project, ""), {"gold_seldom": 0.5, "gold_often": 0.1},
                           format="json")  # fmt: skip
    assert refused.status_code == 422 and "gold_seldom" in refused.json()["fields"]


def test_a_rate_of_nothing_gives_no_gold(project: Project, manager: User) -> None:
    gold(project, manager, 6)
    Project.objects.filter(pk=project.pk).update(gold_often=0.0, gold_seldom=0.0)
    project.refresh_from_db()
    (labeler, *_) = factories.labelers_of(project)
    seats = lease_tasks(project=project, labeler=labeler, count=20).leases
    assert len(seats) == 20 and all(seat.mask is None for seat in seats)


# --- pauses ------------------------------------------------------------------------------------


def test_a_pause_goes_from_reason_to_appeal_to_reply_to_its_end(
    project: Project, manager: User, make_client: Client
) -> None:
    (labeler, *_) = factories.labelers_of(project)
    theirs, boss = make_client(labeler), make_client(manager)
    member = f"/api/v1/members/{Membership.objects.get(project=project, user=labeler).pk}/"
    assert theirs.get(address(project, "standing/")).json() == {"pause": None}
    boss.post(member + "pause/", {"reason": "Too fast."}, format="json")
    offer = theirs.post(address(project, "lease/"), {}, format="json").json()
    assert offer["paused"] and "Too fast." in offer["message"]
    message = {"message": "The scans were blurred."}
    theirs.post(address(project, "appeal/"), message, format="json")
    (seen,) = [row["pause"] for row in boss.get(address(project, "members/")).json()["results"]
               if row["pause"]]  # fmt: skip
    assert seen["appeal"] == "The scans were blurred." and seen["appealed_at"]
    boss.post(member + "reply/", {"message": "Look again, please."}, format="json")
    standing = theirs.get(address(project, "standing/")).json()["pause"]
    assert (standing["reason"], standing["reply"]) == ("Too fast.", "Look again, please.")
    assert boss.post(member + "resume/").json()["pause"] is None
    assert theirs.get(address(project, "standing/")).json() == {"pause": None}
    assert theirs.post(address(project, "lease/"), {}, format="json").json()["tasks"]
    actions = AuditEvent.objects.filter(action__startswith="member.").order_by("pk")
    assert [event.action.split(".")[1] for event in actions] == [
        "paused", "appealed", "appeal_refused", "resumed",
    ]  # fmt: skip


def test_a_new_appeal_takes_the_reply_away(
    project: Project, manager: User, make_client: Client
) -> None:
    (labeler, *_) = factories.labelers_of(project)
    theirs, boss = make_client(labeler), make_client(manager)
    member = f"/api/v1/members/{Membership.objects.get(project=project, user=labeler).pk}/"
    boss.post(member + "pause/", {"reason": "Too fast."}, format="json")
    for message in ("Why?", "Again: why?"):
        theirs.post(address(project, "appeal/"), {"message": message}, format="json")
        assert boss.post(member + "reply/", {"message": "No."}, format="json").status_code == 200
    theirs.post(address(project, "appeal/"), {"message": "Please."}, format="json")
    pause = theirs.get(address(project, "standing/")).json()["pause"]
    assert (pause["appeal"], pause["reply"], pause["replied_at"]) == ("Please.", "", None)


def test_an_appeal_is_for_managers_to_read(
    project: Project, manager: User, make_client: Client
) -> None:
    (labeler, *_) = factories.labelers_of(project)
    member = f"/api/v1/members/{Membership.objects.get(project=project, user=labeler).pk}/"
    make_client(manager).post(member + "pause/", {"reason": "Too fast."}, format="json")
    make_client(labeler).post(address(project, "appeal/"), {"message": "I was ill."}, format="json")
    reviewer = make_client(factories.member(project, role="reviewer"))
    for rest in ("members/", "gold/labelers/"):
        shown = reviewer.get(address(project, rest)).content.decode()
        assert "Too fast." in shown and "I was ill." not in shown


def test_votes_are_left_out_and_taken_in_again(
    project: Project, manager: User, make_client: Client
) -> None:
    (labeler, *_) = factories.labelers_of(project)
    factories.vote(project, labeler, "a")
    boss = make_client(manager)
    member = f"/api/v1/members/{Membership.objects.get(project=project, user=labeler).pk}/"
    left = boss.put(member + "counted/", {"counted": False}, format="json").json()
    assert left["counted"] is False and left["pause"]["reason"]
    assert boss.put(member + "counted/", {"counted": True}, format="json").json()["counted"]


@pytest.mark.parametrize("body", [{}, {"message": ""}, {"message": "x" * 2001}, {"message": [1]}])
def test_an_appeal_needs_words(
    project: Project, manager: User, make_client: Client, body: Any
) -> None:
    client = make_client(factories.labelers_of(project)[0])
    reply = client.post(address(project, "appeal/"), body, format="json")
    assert reply.status_code in (400, 422) and "message" in reply.json()["fields"]
