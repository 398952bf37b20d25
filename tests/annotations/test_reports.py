"""The report: what it counts, estimates and forecasts, and what it never looks at."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.actions.adjudicate import adjudicate_task
from annotations.actions.project import change_schema
from annotations.actions.submit import revise_annotation
from annotations.actions.trust import refit_consensus
from annotations.consensus.agreement import krippendorff_interval
from annotations.consensus.base import VoteTable
from annotations.models import Annotation, Item, Membership, Project, Seat, Task
from annotations.reports import pace, report_of
from annotations.reports.agreement import agreement_of, agreement_with_others
from annotations.reports.pace import forecast
from annotations.reports.progress import label_distribution, progress_of, queue_of
from annotations.reports.sample import Sample, SampledTask, sample_votes
from tests import factories

pytestmark = pytest.mark.django_db


def answer(project: Project, *ballots: str) -> None:
    """Give the first tasks these votes, one letter or digit per labeler."""
    labelers = factories.labelers_of(project)
    tasks = Task.objects.filter(project=project).order_by("pk")
    for task, ballot in zip(tasks, ballots, strict=False):
        for labeler, label in zip(labelers, ballot, strict=False):
            hold(task, labeler)
            seat = Seat.objects.get(task=task, labeler=labeler)
            factories.vote(project, labeler, label, seat=seat)


def hold(task: Task, labeler: Any) -> None:
    seat = Seat.objects.filter(task=task, state=Seat.State.FREE).order_by("no").first()
    assert seat is not None
    Seat.objects.filter(pk=seat.pk).update(
        state=Seat.State.HELD,
        labeler=labeler,
        last_labeler_id=labeler.pk,
        until=timezone.now() + timedelta(minutes=5),
    )


@pytest.fixture
def strict(project: Project) -> Project:
    """Three votes for each of ten items; nothing settles before."""
    Project.objects.filter(pk=project.pk).update(min_votes=3, max_votes=3)
    project.refresh_from_db()
    for task in Task.objects.filter(project=project):
        Seat.objects.create(project=project, task=task, no=3, lane=Seat.Lane.PARALLEL)
    return project


def sample_of(*ballots: str) -> Sample:
    tasks = [
        SampledTask(number, "settled", tuple(enumerate(ballot)))
        for number, ballot in enumerate(ballots)
    ]
    return Sample(tasks, len(tasks))


# --- progress and labels ---------------------------------------------------------------------


def test_progress_counts_tasks_and_votes(strict: Project) -> None:
    answer(strict, "777", "123", "77", "7")
    assert progress_of(strict) == {
        "tasks": 10,
        "open": 8,
        "aside": 0,
        "settled": 1,
        "disputed": 1,
        "votes": 9,
    }


def test_labels_are_counted_once_settled_in_the_schemas_order(strict: Project) -> None:
    answer(strict, "777", "777", "111", "123", "88")
    counts = {row["label"]: row["count"] for row in label_distribution(strict)}
    assert list(counts) == factories.DIGITS
    assert {label: count for label, count in counts.items() if count} == {"7": 2, "1": 1}


def test_a_retired_label_is_shown_only_while_items_have_it(strict: Project) -> None:
    answer(strict, "777")
    labels = [{"name": name, "retired": name in "78"} for name in factories.DIGITS]
    change_schema(project=strict, document={"labels": labels}, by=strict.created_by)
    shown = [row["label"] for row in label_distribution(Project.objects.get(pk=strict.pk))]
    assert "7" in shown
    assert "8" not in shown


def test_the_queue_tells_what_is_free_and_held(project: Project) -> None:
    ann, ben, _ = factories.labelers_of(project)
    factories.lease(project, ann)
    late = factories.lease(project, ben)
    queue = queue_of(project)
    assert (queue["free"], queue["held"]) == (8, 2)
    assert 590 <= (queue["next_free_in_seconds"] or 0) <= 600
    Seat.objects.filter(pk=late.pk).update(until=timezone.now() - timedelta(seconds=1))
    assert (queue_of(project)["free"], queue_of(project)["held"]) == (9, 1)


# --- agreement -------------------------------------------------------------------------------


def test_alpha_is_krippendorffs_over_all_votes(strict: Project) -> None:
    ballots = ["777", "112", "23", "888", "4", "556"]
    answer(strict, *ballots)
    votes = [
        (item, labeler, label)
        for item, ballot in enumerate(ballots)
        for labeler, label in enumerate(ballot)
    ]
    table, *_ = VoteTable.encode(*zip(*votes, strict=True))
    figures = report_of(strict)["agreement"]
    assert figures["alpha"] == pytest.approx(krippendorff_interval(table).estimate)
    assert figures["alpha_low"] <= figures["alpha"] <= figures["alpha_high"]
    assert figures["percent"] == pytest.approx(100 * 8 / 13)
    assert (figures["tasks"], figures["sampled"]) == (5, False)


@pytest.mark.parametrize("ballots", [[], ["7"], ["7", "1"]])
def test_without_a_second_opinion_nothing_is_said(ballots: list[str]) -> None:
    figures = agreement_of(sample_of(*ballots))
    assert figures["alpha"] is figures["alpha_low"] is figures["percent"] is None


def test_each_labeler_is_compared_with_the_others_alone() -> None:
    # Labeler 0 agrees with the majority of the others once of two times; alone they would agree
    # with themselves.
    shares = agreement_with_others(sample_of("777", "122"))
    assert shares[0] == (0.5, 2)
    assert shares[1] == (pytest.approx((1 + 0.5) / 2), 2)  # "12" is a tie of two, "2" is one


def test_a_lone_vote_is_compared_with_nothing() -> None:
    assert agreement_with_others(sample_of("7")) == {}


def test_a_large_project_is_sampled_whatever_the_order_of_its_items(project: Project) -> None:
    factories.add_items(project.dataset, 590)
    factories.open_tasks(project=project)
    tasks = list(Task.objects.filter(project=project).order_by("pk"))
    for place, task in enumerate(tasks):
        task.confidence, task.ballot = 1.0, [[1, 1, str(place % 10)]]
    Task.objects.bulk_update(tasks, ["confidence", "ballot"])
    sample = sample_votes(project, cap=60)
    assert (sample.answered, sample.complete) == (600, False)
    assert 30 < len(sample.tasks) < 90
    # Labels repeat with every tenth item: each tenth task would show one of them alone.
    shown = {category for task in sample.tasks for _, category in task.ballot}
    assert len(shown) > 7
    assert sample_votes(project, cap=60) == sample


# --- labelers --------------------------------------------------------------------------------


def test_labelers_are_listed_with_votes_agreement_and_time(strict: Project) -> None:
    answer(strict, "777", "111", "22")
    ann, ben, eve = factories.labelers_of(strict)
    for position, annotation in enumerate(Annotation.objects.filter(labeler=ann).order_by("pk")):
        Annotation.objects.filter(pk=annotation.pk).update(duration_ms=[900, 5000, 1000][position])
    rows = report_of(strict)["labelers"]
    assert [(row["id"], row["votes"]) for row in rows] == [(ann.pk, 3), (ben.pk, 3), (eve.pk, 2)]
    assert rows[0]["median_ms"] == 1000
    assert rows[1]["median_ms"] is None
    assert [row["agreement"] for row in rows] == [1.0, 1.0, 1.0]
    assert rows[0]["name"] == ann.username


def test_a_revised_answer_is_one_vote(strict: Project) -> None:
    answer(strict, "777")
    ann = factories.labelers_of(strict)[0]
    mine = Annotation.objects.get(labeler=ann)
    revise_annotation(
        annotation_id=mine.pk, labeler=ann, answer={"choice": "1"}, version=1, key="k"
    )
    report = report_of(strict)
    assert report["progress"]["votes"] == 3
    assert [row["votes"] for row in report["labelers"]] == [1, 1, 1]
    assert sum(hour["votes"] for hour in report["pace"]["by_hour"]) == 3


def test_answers_to_gold_are_no_votes_but_the_labeler_is_not_told(strict: Project) -> None:
    answer(strict, "777", "777")
    first = factories.labelers_of(strict)[0]
    under_cover = Annotation.objects.filter(labeler=first).latest("pk")
    Annotation.objects.filter(pk=under_cover.pk).update(gold_right=True)
    Task.objects.filter(pk=under_cover.task_id).update(votes=2)
    votes = {row["id"]: row["votes"] for row in report_of(strict)["labelers"]}
    assert sorted(votes.values()) == [1, 2, 2] and votes[first.pk] == 1
    assert report_of(strict, for_labeler=first.pk)["labelers"][0]["votes"] == 2


def test_skill_comes_from_the_fit_with_its_interval(strict: Project) -> None:
    answer(strict, "771", "112", "223", "334", "445", "556", "667")
    assert report_of(strict)["labelers"][0]["skill"] is None
    refit_consensus(project=strict)
    good, _, bad = report_of(Project.objects.get(pk=strict.pk))["labelers"]
    assert good["skill_low"] < good["skill"] < good["skill_high"]
    assert bad["skill"] < good["skill"]


# --- pace and forecast -----------------------------------------------------------------------


def backdate(project: Project, *minutes: float, now: datetime | None = None) -> None:
    """Set the ages of the votes, oldest vote first."""
    now = now or timezone.now()
    rows = Annotation.objects.filter(project=project).order_by("pk")
    for annotation, age in zip(rows, minutes, strict=True):
        at = now - timedelta(minutes=age)
        Annotation.objects.filter(pk=annotation.pk).update(created_at=at)


def test_votes_are_counted_by_hour(strict: Project) -> None:
    answer(strict, "777", "11")
    assert len(report_of(strict)["pace"]["by_hour"]) == 24
    now = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)  # where the hour ends, those of others shift
    backdate(strict, 60 * 25, 60 * 3, 60 * 3, 1e-3, 0, now=now)
    by_hour = pace.votes_by_hour(strict, now)
    assert [hour["votes"] for hour in by_hour] == [0] * 20 + [2, 0, 0, 2]
    assert by_hour[-1]["at"] == datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ((30, 20, 10), 6.0),  # three in the half hour since the first
        ((600, 50, 10), 2.0),  # two within the last hour
        ((600, 500, 400), 3 / 24),  # nobody lately: the day's mean
        ((9000, 8000, 7000), 0.0),
        ((0.1, 0.05, 0.01), 180.0),  # no rate is taken from less than a minute
    ],
)
def test_the_pace_is_that_of_the_last_hour(
    strict: Project, ages: tuple[float, ...], expected: float
) -> None:
    answer(strict, "777")
    backdate(strict, *ages)
    assert report_of(strict)["pace"]["votes_per_hour"] == pytest.approx(expected, rel=0.02)


def test_only_so_many_votes_are_counted_by_hour(strict: Project, monkeypatch: Any) -> None:
    monkeypatch.setattr(pace, "COUNTED", 4)
    answer(strict, "777", "111")
    now = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)
    backdate(strict, 300, 300, 180, 120, 60, 1e-3, now=now)
    by_hour = pace.votes_by_hour(strict, now)
    assert len(by_hour) == 3  # the hour that was counted in part is left out
    assert sum(hour["votes"] for hour in by_hour) == 3


def test_the_forecast_follows_the_overlap_rule(strict: Project) -> None:
    answer(strict, "777", "111", "22", "3")
    backdate(strict, *[60] * 1, *[30] * 8)
    figures = report_of(strict)["forecast"]
    # Three votes per item: one and two are missing on the begun ones, three on six others.
    assert (figures["votes_left"], figures["votes_per_item"]) == (21, 3.0)
    assert figures["hours_left"] == pytest.approx(21 / 8, rel=0.1)
    assert figures["finish_at"] > timezone.now() + timedelta(hours=2)
    assert figures["reason"] is None


def test_observed_votes_per_item_count_within_the_rule() -> None:
    project = Project(min_votes=2, max_votes=5)
    progress = {"open": 12, "aside": 2, "settled": 2, "disputed": 0, "tasks": 14, "votes": 7}
    sample = Sample(
        [
            SampledTask(1, "settled", ((1, "a"),) * 3),
            SampledTask(2, "settled", ((1, "a"),) * 4),
            SampledTask(3, "open", ((1, "a"),) * 4),
        ],
        3,
    )
    figures = forecast(project, progress, sample, per_hour=10.0, now=timezone.now())
    assert figures["votes_per_item"] == 3.5
    assert figures["votes_left"] == round(9 * 3.5 + 1)
    assert math.isclose(figures["hours_left"], 3.25)


def test_without_a_pace_there_is_a_reason_and_no_date(project: Project) -> None:
    figures = report_of(project)["forecast"]
    assert figures["votes_left"] == 20
    assert figures["hours_left"] is figures["finish_at"] is None
    assert "pace" in figures["reason"]


def test_a_finished_project_needs_nothing(strict: Project) -> None:
    for task in Task.objects.filter(project=strict):
        adjudicate_task(task=task, reviewer=strict.created_by, answer={"choice": "1"})
    figures = report_of(strict)["forecast"]
    assert (figures["votes_left"], figures["hours_left"], figures["finish_at"]) == (0, 0.0, None)


# --- who sees what, and at what price --------------------------------------------------------


def path_of(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/report/"


@pytest.mark.parametrize("role", ["manager", "reviewer"])
def test_managers_and_reviewers_see_all(
    strict: Project, make_client: Callable[..., Any], role: str
) -> None:
    answer(strict, "771", "112")
    reader = factories.member(strict, role=role)
    report = make_client(reader).get(path_of(strict)).json()
    assert len(report["labelers"]) == 3
    assert report["agreement"]["alpha"] is not None
    assert report["learning_curve"] == {"active": [], "random": []}
    assert report["model"] is None
    assert report["forecast"]["votes_left"] > 0


def test_a_labeler_sees_progress_and_their_own_row_alone(
    strict: Project, make_client: Callable[..., Any]
) -> None:
    answer(strict, "771", "112")
    me = factories.labelers_of(strict)[1]
    report = make_client(me).get(path_of(strict)).json()
    assert report["progress"]["votes"] == 6
    assert [row["id"] for row in report["labelers"]] == [me.pk]
    assert report["agreement"]["alpha"] is report["model"] is report["forecast"] is None
    assert report["label_distribution"] == report["pace"]["by_hour"] == []


def test_a_labeler_without_votes_has_an_empty_row(
    strict: Project, make_client: Callable[..., Any]
) -> None:
    me = factories.member(strict, role=Membership.Role.LABELER)
    rows = make_client(me).get(path_of(strict)).json()["labelers"]
    assert [(row["id"], row["votes"], row["agreement"]) for row in rows] == [(me.pk, 0, None)]


def test_strangers_get_no_report(project: Project, make_client: Callable[..., Any]) -> None:
    assert make_client(factories.user()).get(path_of(project)).status_code == 404
    assert make_client().get(path_of(project)).status_code == 401


def test_the_report_costs_the_same_queries_for_any_size(
    strict: Project, make_client: Callable[..., Any]
) -> None:
    client = make_client(strict.created_by)
    answer(strict, "7")
    client.get("/api/v1/session/")  # notes the token's first use

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path_of(strict)).status_code == 200
        return len(captured)

    few = queries()
    factories.add_items(strict.dataset, 30)
    factories.open_tasks(project=strict)
    factories.member(strict)
    answer(strict, "", "123", "111", *["12"] * 20)
    assert queries() == few <= 18


def test_the_report_never_looks_at_the_hidden_truth(strict: Project) -> None:
    answer(strict, "771", "112")
    for item in Item.objects.filter(dataset=strict.dataset):
        factories.know(item, "9")
    with CaptureQueriesContext(connection) as captured:
        report_of(strict)
    assert captured.captured_queries
    assert not [q for q in captured.captured_queries if "knownlabel" in q["sql"]]
