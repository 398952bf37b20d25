"""Quality and forecast over HTTP: what is measured, and what a rule would cost before it is set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotations.actions.adjudicate import adjudicate_task
from annotations.actions.audit import redraw_audit
from annotations.actions.gold import make_gold
from annotations.actions.model_share import Opinion, keep_opinions
from annotations.actions.project import create_project, open_tasks
from annotations.actions.submit import submit_annotation
from annotations.actions.trust import refit_consensus
from annotations.jobs import run_redraw_audit
from annotations.models import Project, Seat, Task
from labelhub.jobs.claim import Claim
from labelhub.jobs.models import Job
from tests import factories
from tests.annotations.test_reports import answer

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]


@pytest.fixture
def crowd() -> Project:
    """Forty items of which thirty have three votes; of every fifth item two of three err."""
    project = factories.project(
        items=40, labels=["a", "b", "c"], labelers=3, min_votes=3, max_votes=3
    )
    ballots = [("abc"[n % 3], "abc"[(n + (n % 5 == 0)) % 3]) for n in range(30)]
    answer(project, *(f"{good}{poor}{poor}" for good, poor in ballots))
    refit_consensus(project=project, replan=True)
    project.refresh_from_db()
    return project


def decide(project: Project, count: int) -> None:
    reviewer = factories.user()
    for place, task in enumerate(Task.objects.filter(project=project).order_by("pk")[:count]):
        adjudicate_task(task=task, reviewer=reviewer, answer={"choice": "abc"[place % 3]})
    refit_consensus(project=project)
    project.refresh_from_db()


def get(project: Project, client: Any, rest: str) -> dict[str, Any]:
    reply = client.get(f"/api/v1/projects/{project.pk}/{rest}")
    assert reply.status_code == 200, reply.content
    found: dict[str, Any] = reply.json()
    return found


@pytest.fixture
def client(crowd: Project, make_client: Client) -> Any:
    return make_client(crowd.created_by)


def test_what_is_known_or_set_aside_waits_for_no_votes(crowd: Project, client: Any) -> None:
    before = get(crowd, client, "forecast/")
    known, aside, *_ = Task.objects.filter(project=crowd, votes=0).order_by("pk")
    make_gold(task=known, by=crowd.created_by, answer={"choice": "a"})
    Task.objects.filter(pk=aside.pk).update(aside=True)
    after = get(crowd, client, "forecast/")
    assert after["votes_per_item"] == before["votes_per_item"] == 3.0
    assert before["votes_left"] - after["votes_left"] == 2 * 3


# --- quality -----------------------------------------------------------------------------------


def test_calibration_is_measured_on_known_answers_with_counts_and_intervals(
    crowd: Project, client: Any
) -> None:
    assert get(crowd, client, "quality/")["calibration"]["items"] == 0
    decide(crowd, 25)
    found = get(crowd, client, "quality/")["calibration"]
    assert found["items"] == 25 == sum(bar["items"] for bar in found["bins"])
    # Of the 25 decided items the votes are wrong on five, and no vote can know that.
    right = sum(bar["accuracy"] * bar["items"] for bar in found["bins"])
    assert right == pytest.approx(20)
    assert found["temperature"] > 1.0 and found["error_after"] < found["error_before"]
    for bar in found["bins"]:
        assert bar["accuracy_low"] <= bar["accuracy"] <= bar["accuracy_high"]


def test_before_the_first_fit_there_is_no_calibration(make_client: Client) -> None:
    project = factories.project(items=2)
    found = get(project, make_client(project.created_by), "quality/")
    assert found["calibration"] is None and found["audit"]["error"] is None


def test_the_audit_counts_labels_that_the_missing_votes_changed(
    crowd: Project, client: Any
) -> None:
    marks = [("a", "a"), ("a", "a"), ("a", "b"), ("b", "b")]
    tasks = Task.objects.filter(project=crowd, votes=3).order_by("pk")[:4]
    for task, (stopped, now) in zip(tasks, marks, strict=True):
        mark = {"label": stopped, "votes": 2, "confidence": 0.9}
        Task.objects.filter(pk=task.pk).update(audit=mark, label=now, status="settled")
    audit = get(crowd, client, "quality/")["audit"]
    assert (audit["drawn"], audit["ended"], audit["wrong"]) == (4, 4, 1)
    assert audit["error"] == 0.25 and audit["low"] < 0.25 < audit["high"]
    assert audit["claimed"] == pytest.approx(0.1) and audit["votes_saved"] == 1.0


def test_an_audited_item_that_waits_for_votes_does_not_count_yet(
    crowd: Project, client: Any
) -> None:
    mark = {"label": "a", "votes": 2, "confidence": 0.9}
    task = Task.objects.filter(project=crowd, votes=3).first()
    Task.objects.filter(pk=task.pk).update(audit=mark, label="b", status="open")
    audit = get(crowd, client, "quality/")["audit"]
    assert (audit["stopped"], audit["ended"], audit["error"]) == (1, 0, None)


# --- the audited share -------------------------------------------------------------------------


def test_a_larger_audited_share_reopens_settled_items_for_all_their_votes(
    make_client: Client,
) -> None:
    project = factories.project(
        items=8, labels=["a", "b"], labelers=4, min_votes=2, max_votes=4, confidence=0.6
    )
    answer(project, *["aa"] * 8)
    assert set(Task.objects.values_list("status", flat=True)) == {"settled"}
    client = make_client(project.created_by)
    address = f"/api/v1/projects/{project.pk}/"
    shown = client.patch(address, {"audit_share": 1.0}, format="json").json()
    assert shown["audit_share"] == 1.0
    job = Job.objects.get(kind="redraw_audit")
    assert run_redraw_audit(Claim(job.pk, job.kind, job.payload, fence=0)) == {"changed": 8}
    tasks = Task.objects.filter(project=project)
    assert {task.status for task in tasks} == {"open"}
    assert {task.audit["label"] for task in tasks} == {"a"}
    assert {task.audit["votes"] for task in tasks} == {2}
    assert Seat.objects.filter(project=project, state=Seat.State.FREE).count() >= 8


def test_a_smaller_share_lets_go_of_what_has_not_every_vote(make_client: Client) -> None:
    project = factories.project(items=30, audit_share=0.5)
    first = set(Task.objects.filter(audit__isnull=False).values_list("pk", flat=True))
    Project.objects.filter(pk=project.pk).update(audit_share=0.2)
    project.refresh_from_db()
    redraw_audit(project=project)
    second = set(Task.objects.filter(audit__isnull=False).values_list("pk", flat=True))
    assert second < first and redraw_audit(project=project) == 0
    Project.objects.filter(pk=project.pk).update(audit_share=0.5)
    project.refresh_from_db()
    redraw_audit(project=project)
    assert set(Task.objects.filter(audit__isnull=False).values_list("pk", flat=True)) == first


# --- forecast ----------------------------------------------------------------------------------


def test_a_rule_that_stops_early_is_forecast_to_take_fewer_votes(
    crowd: Project, client: Any
) -> None:
    eager = get(crowd, client, "forecast/?confidence=0.6&min_votes=1&max_votes=3")
    strict = get(crowd, client, "forecast/?confidence=0.999&min_votes=3&max_votes=3")
    assert eager["votes_per_item"] < strict["votes_per_item"] == 3.0
    assert eager["votes_left"] < strict["votes_left"] == 30
    assert eager["saved"] > strict["saved"] == 0.0
    assert strict["note"] == "Every item gets 3 votes under this rule, so there is nothing to save."
    assert eager["hours_left"] > 0 and eager["finish_at"] and eager["replayed"] == 30


def test_without_a_rule_the_one_in_force_is_forecast_and_nothing_changes(
    crowd: Project, client: Any
) -> None:
    before = list(Task.objects.order_by("pk").values_list("label", "status", "confidence"))
    found = get(crowd, client, "forecast/")
    assert (found["min_votes"], found["max_votes"], found["confidence"]) == (3, 3, 0.95)
    assert list(Task.objects.order_by("pk").values_list("label", "status", "confidence")) == before


def test_weak_votes_are_said_to_save_nothing(make_client: Client) -> None:
    project = factories.project(items=40, labels=["a", "b"], labelers=3, min_votes=2, max_votes=3)
    answer(project, *["ab", "ba"] * 15)
    refit_consensus(project=project)
    found = get(
        project, make_client(project.created_by),
        "forecast/?confidence=0.999&min_votes=2&max_votes=3",
    )  # fmt: skip
    assert found["note"].startswith("With 3 weak votes per item there is nothing to save")


def test_before_the_first_vote_the_forecast_is_the_methods_own(make_client: Client) -> None:
    project = factories.project(items=50, labels=["a", "b"])
    found = get(project, make_client(project.created_by), "forecast/")
    assert 2 <= found["votes_per_item"] <= 5 and found["replayed"] == 0
    assert found["votes_left"] == round(50 * found["votes_per_item"])
    assert found["hours_left"] is None and "pace is unknown" in found["reason"]


def test_a_higher_cap_asks_disputed_items_again(make_client: Client) -> None:
    project = factories.project(items=8, labels=["a", "b"], labelers=2, min_votes=2, max_votes=2)
    answer(project, *["aa", "bb", "ab", "ba"] * 2)
    client = make_client(project.created_by)
    assert get(project, client, "forecast/")["votes_left"] == 0
    assert get(project, client, "forecast/?max_votes=6")["votes_left"] >= 4


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("confidence=nan", "confidence"),
        ("confidence=0.4", "confidence"),
        ("min_votes=4&max_votes=2", "min_votes"),
        ("max_votes=1000000", "max_votes"),
        ("tau=0.9", None),
    ],
)
def test_a_rule_that_cannot_be_is_refused(
    crowd: Project, client: Any, query: str, field: str | None
) -> None:
    reply = client.get(f"/api/v1/projects/{crowd.pk}/forecast/?{query}")
    assert reply.status_code in (400, 422)
    assert field is None or field in reply.json()["fields"]


def test_a_model_with_a_say_saves_votes_in_the_forecast_too(crowd: Project, client: Any) -> None:
    rule = "forecast/?confidence=0.6&min_votes=2&max_votes=3"
    alone = get(crowd, client, rule)
    voted = Task.objects.filter(project=crowd, votes__gt=0, arm=Task.Arm.ACTIVE).order_by("pk")
    keep_opinions(
        project=crowd, opinions=[Opinion(task.pk, 1, 0.9, {task.label: 0.97}) for task in voted]
    )
    Project.objects.filter(pk=crowd.pk).update(model_in_consensus=True)
    assert get(crowd, client, rule)["votes_per_item"] < alone["votes_per_item"]
    Project.objects.filter(pk=crowd.pk).update(model_in_consensus=False)
    assert get(crowd, client, rule)["votes_per_item"] == alone["votes_per_item"]


def test_texts_are_forecast_from_their_own_prefixes(make_client: Client) -> None:
    owner = factories.user()
    project = create_project(
        by=owner, dataset=factories.dataset(items=12, owner=owner), name="lines",
        question="What does it say?", task_type="transcription", schema={}, random_share=0.0,
        audit_share=0.0, min_votes=3, max_votes=3,
    )  # fmt: skip
    open_tasks(project=project)
    texts = [["one", "one", "one"], ["two", "too", "two"]] * 6
    for reader in range(3):
        labeler = factories.member(project)
        for place, task in enumerate(Task.objects.filter(project=project).order_by("pk")):
            seat = Seat.objects.filter(task=task, state="free").order_by("no").first()
            Seat.objects.filter(pk=seat.pk).update(
                state="held", labeler=labeler, last_labeler_id=labeler.pk, token=1
            )
            seat.refresh_from_db()
            submit_annotation(
                labeler=labeler, lease_id=seat.lease_id, answer={"text": texts[place][reader]},
                key=f"{reader}-{place}",
            )  # fmt: skip
    client = make_client(owner)
    found = get(project, client, "forecast/?min_votes=2&max_votes=3&confidence=1")
    assert found["votes_per_item"] == pytest.approx(2.5)
    assert get(project, client, "forecast/?min_votes=3&max_votes=3")["votes_per_item"] == 3.0


def test_the_forecast_takes_the_same_queries_for_every_rule(crowd: Project, client: Any) -> None:
    def queries(rest: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            get(crowd, client, rest)
        return len(caught)

    queries("forecast/")
    few = queries("forecast/?min_votes=1&max_votes=1&confidence=0.5")
    assert queries("forecast/?min_votes=1&max_votes=9&confidence=0.99") == few
