"""Labelers: their figures follow the votes, are kept by a job, and show each reader their share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.actions.adjudicate import adjudicate_task
from annotations.actions.gold import make_gold
from annotations.actions.labeler_figures import check_figures, compute_figures, is_due
from annotations.actions.pairs import add_pairs
from annotations.actions.question import RULES
from annotations.actions.trust import refit_consensus
from annotations.intake.pairs import PairList, PairRow
from annotations.models import Annotation, LabelerFigures, LabelersReport, Membership, Project, Task
from labelhub.jobs.models import Job
from tests import factories
from tests.contracts.test_task_types import ANSWERS, SCHEMAS

pytestmark = pytest.mark.django_db
ITEMS = 40
MakeClient = Callable[..., Any]


@pytest.fixture
def crowd() -> Project:
    """Three labelers on forty items: two who know, and one who always says 1."""
    project = factories.project(
        items=ITEMS, labels=["1", "2", "3"], labelers=3, min_votes=3, max_votes=3
    )
    vote_on_all(project, lambda who, n: "1" if who == 2 else str(n % 3 + 1))
    refit_consensus(project=project)
    project.refresh_from_db()
    return project


def vote_on_all(project: Project, label: Callable[[int, int], str]) -> None:
    """Let every labeler answer every item: `label(place of the labeler, number of the task)`."""
    numbers = {
        pk: number
        for number, pk in enumerate(
            Task.objects.filter(project=project).order_by("pk").values_list("pk", flat=True)
        )
    }
    people = factories.labelers_of(project)
    for _ in numbers:
        for place, person in enumerate(people):
            seat = factories.lease(project, person)
            factories.vote(project, person, label(place, numbers[seat.task_id]), seat=seat)


def rows_of(project: Project) -> list[LabelerFigures]:
    return list(LabelerFigures.objects.filter(project=project).order_by("labeler"))


def url(project: Project, rest: str = "") -> str:
    return f"/api/v1/projects/{project.pk}/labelers/{rest}"


# --- what is computed ------------------------------------------------------------------------


def test_figures_are_those_of_the_votes(crowd: Project) -> None:
    report = compute_figures(project=crowd)
    good, other, first = (row.figures for row in rows_of(crowd))
    assert [row["votes"] for row in (good, other, first)] == [ITEMS] * 3
    assert first["worth"] == pytest.approx(0.0, abs=0.05)
    assert good["worth"] > 0.5
    assert good["skill"]["low"] < good["skill"]["estimate"] < good["skill"]["high"]
    assert ["2", "1", sum(n % 3 == 1 for n in range(ITEMS))] in first["confusion"]
    pair = next(p for p in report.figures["pairs"] if p["kappa"]["estimate"] == 1.0)
    people = factories.labelers_of(crowd)
    assert {pair["first"], pair["second"]} == {people[0].pk, people[1].pk}
    assert (report.votes, report.figures["labelers"]) == (3 * ITEMS, 3)


def test_computing_again_replaces_what_was_kept(crowd: Project) -> None:
    compute_figures(project=crowd)
    compute_figures(project=crowd)
    assert len(rows_of(crowd)) == 3
    assert LabelersReport.objects.count() == 1


def test_a_project_without_votes_has_no_figures(project: Project) -> None:
    report = compute_figures(project=project)
    assert rows_of(project) == []
    assert report.figures["alpha"]["estimate"] is None


def test_votes_that_are_left_out_decide_nothing_but_are_compared(crowd: Project) -> None:
    people = factories.labelers_of(crowd)
    Membership.objects.filter(project=crowd, user__in=people[1:]).update(counted=False)
    compute_figures(project=crowd)
    only, other, first = rows_of(crowd)
    assert only.figures["compared"] == 0  # nobody else's votes count
    assert other.agreement == 1.0
    assert first.figures["compared"] == ITEMS


def test_what_a_reviewer_decided_is_the_truth_of_the_confusion_matrix(crowd: Project) -> None:
    task = Task.objects.filter(project=crowd).order_by("pk")[0]  # everybody said 1
    reviewer = factories.member(crowd, role=Membership.Role.REVIEWER)
    adjudicate_task(task=task, reviewer=reviewer, answer={"choice": "3"})
    compute_figures(project=crowd)
    assert ["3", "1", 1] in rows_of(crowd)[0].figures["confusion"]


def test_answers_to_gold_items_are_told_apart_from_votes(crowd: Project) -> None:
    task = Task.objects.filter(project=crowd).order_by("pk")[0]
    make_gold(task=task, by=crowd.created_by, answer={"choice": "1"})
    labeler = factories.labelers_of(crowd)[0]
    Annotation.objects.filter(task=task, labeler=labeler).update(gold_right=False)
    compute_figures(project=crowd)
    figures = rows_of(crowd)[0].figures
    assert (figures["gold"]["count"], figures["gold"]["estimate"]) == (1, 0.0)
    assert figures["votes"] == ITEMS - 1


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_kind_of_question_has_figures_by_its_own_distance(name: str) -> None:
    by = factories.user()
    dataset = factories.dataset(owner=by)
    factories.add_items(dataset, 25 if name == "pair" else 24)
    dataset.items.update(width=200, height=100)
    project = factories.create_project(
        by=by, dataset=dataset, name=name, question="?", task_type=name, schema=SCHEMAS[name],
        random_share=0.0, audit_share=0.0, min_votes=4, max_votes=4,
    )  # fmt: skip
    factories.open_tasks(project=project)
    if name == "pair":
        files = list(dataset.items.order_by("pk").values_list("filename", flat=True))
        rows = [PairRow(line, *both) for line, both in enumerate(pairwise(files), 1)]
        add_pairs(project=project, by=by, pairs=PairList(rows))
    people = [factories.member(project) for _ in range(4)]
    first, second = ANSWERS[name][:2]
    if name == "keypoints":
        second = {"instances": []}  # the sample's are too near to each other to be wrong
    for _ in range(24):
        for place, person in enumerate(people):
            seat = factories.lease(project, person)
            odd = seat.task_id % 2 == 0
            answer = first if odd or place == 3 else second
            factories.submit_annotation(
                labeler=person, lease_id=seat.lease_id, answer=answer, key=f"{name}{seat.pk}"
            )
    refit_consensus(project=project)
    project.refresh_from_db()
    report = compute_figures(project=project)
    figures = [row.figures for row in rows_of(project)]
    assert [row["compared"] for row in figures] == [24] * 4
    assert figures[0]["agreement"]["estimate"] > figures[3]["agreement"]["estimate"]
    assert figures[0]["right"]["estimate"] > figures[3]["right"]["estimate"]
    assert figures[0]["worth"] > figures[3]["worth"]
    assert -1.0 <= report.figures["alpha"]["estimate"] <= 1.0
    assert len(report.figures["pairs"]) == 6


# --- when ------------------------------------------------------------------------------------


def test_new_votes_put_the_figures_in_line_once_and_not_too_often(crowd: Project) -> None:
    check_figures()
    check_figures()
    assert Job.objects.filter(kind="labeler_figures", project_id=crowd.pk).count() == 1
    report = compute_figures(project=crowd)
    newest = Annotation.objects.filter(project=crowd).latest("pk").pk
    assert not is_due(report.project, newest)
    assert not is_due(report.project, newest + 1)  # computed a moment ago
    report.made_at = timezone.now() - timedelta(minutes=2)
    assert is_due(report.project, newest + 1)
    report.cpu_seconds = 10.0  # then they rest for longer
    assert not is_due(report.project, newest + 1)


# --- over HTTP -------------------------------------------------------------------------------


def test_those_whose_answers_are_worth_least_come_first(
    crowd: Project, make_client: MakeClient
) -> None:
    client = make_client(crowd.created_by)
    assert client.get(url(crowd)).json()["results"] == []
    asked = client.post(url(crowd, "together/"))
    assert (asked.status_code, asked.json()["state"]) == (202, "done"), "few votes need no worker"
    rows = client.get(url(crowd)).json()["results"]
    assert rows[0]["id"] == factories.labelers_of(crowd)[2].pk
    by_votes = client.get(url(crowd), {"ordering": "-votes", "limit": 2}).json()
    assert len(by_votes["results"]) == 2
    assert len(client.get(by_votes["next"]).json()["results"]) == 1
    assert client.get(url(crowd), {"ordering": "figures"}).status_code == 400


def test_all_together_says_how_old_it_is(crowd: Project, make_client: MakeClient) -> None:
    client = make_client(crowd.created_by)
    before = client.get(url(crowd, "together/")).json()
    assert (before["made_at"], before["current"], before["pairs"]) == (None, False, [])
    compute_figures(project=crowd)
    after = client.get(url(crowd, "together/")).json()
    assert (after["current"], after["complete"], len(after["pairs"])) == (True, True, 3)
    assert after["alpha"]["low"] <= after["alpha"]["estimate"] <= after["alpha"]["high"]
    person = factories.labelers_of(crowd)[0]
    Annotation.objects.filter(project=crowd, labeler=person).first()
    LabelersReport.objects.update(last_annotation=0)
    assert client.get(url(crowd, "together/")).json()["current"] is False


def test_one_labeler_is_shown_with_bias_weeks_and_pairs(
    crowd: Project, make_client: MakeClient
) -> None:
    compute_figures(project=crowd)
    labeler = factories.labelers_of(crowd)[0]
    client = make_client(factories.member(crowd, role=Membership.Role.REVIEWER))
    document = client.get(url(crowd, f"{labeler.pk}/")).json()
    assert document["labels"] == ["1", "2", "3"]
    assert sum(cell[2] for cell in document["confusion"]) == ITEMS
    assert [pair["common"] for pair in document["pairs"]] == [ITEMS, ITEMS]
    assert document["weeks"][-1]["votes"] > 0
    stranger = factories.user()
    assert client.get(url(crowd, f"{stranger.pk}/")).status_code == 404


def test_a_list_of_any_length_takes_the_same_queries(
    crowd: Project, make_client: MakeClient
) -> None:
    compute_figures(project=crowd)
    client = make_client(crowd.created_by)
    client.get(url(crowd))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url(crowd)).status_code == 200
        return len(captured)

    few = queries()
    figures = rows_of(crowd)[0].figures
    people = [factories.member(crowd) for _ in range(20)]
    LabelerFigures.objects.bulk_create(
        LabelerFigures(project=crowd, labeler=who, figures=figures) for who in people
    )
    assert queries() == few <= 6


def test_labelers_see_their_own_figures_where_the_project_allows_it(
    crowd: Project, make_client: MakeClient
) -> None:
    compute_figures(project=crowd)
    me = factories.labelers_of(crowd)[0]
    client, own = make_client(me), f"/api/v1/projects/{crowd.pk}/my-figures/"
    refused = client.get(own)
    assert (refused.status_code, refused.json()["code"]) == (403, "figures_hidden")
    report = client.get(f"/api/v1/projects/{crowd.pk}/report/").json()
    assert report["labelers"][0]["agreement"] is report["labelers"][0]["skill"] is None
    manager = make_client(crowd.created_by)
    changed = manager.patch(f"/api/v1/projects/{crowd.pk}/", {"labelers_see_figures": True})
    assert changed.json()["labelers_see_figures"] is True
    mine = client.get(own).json()
    assert (mine["id"], mine["votes"], mine["compared"]) == (me.pk, ITEMS, ITEMS)
    assert not {"gold", "worth", "copies", "pairs", "counted"} & mine.keys()
    report = client.get(f"/api/v1/projects/{crowd.pk}/report/").json()
    assert report["labelers"][0]["agreement"] is not None


def test_few_compared_answers_tell_a_labeler_nothing_of_single_items(
    make_client: MakeClient,
) -> None:
    project = factories.project(
        items=5, labels=["1", "2"], labelers=2, min_votes=2, labelers_see_figures=True
    )
    vote_on_all(project, lambda who, n: str(who + 1))
    compute_figures(project=project)
    me = factories.labelers_of(project)[0]
    mine = make_client(me).get(f"/api/v1/projects/{project.pk}/my-figures/").json()
    assert mine["votes"] == 5
    assert mine["agreement"] is mine["confusion"] is mine["skill"] is None
    assert all(week["agreement"]["estimate"] is None for week in mine["weeks"])
