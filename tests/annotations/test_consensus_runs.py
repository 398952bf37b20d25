"""Consensus runs: another method beside the one in force, compared, promoted and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotations.actions.adjudicate import adjudicate_task
from annotations.actions.class_run import fit_run
from annotations.actions.consensus_run import request_run
from annotations.actions.gold import make_gold
from annotations.actions.project import change_project
from annotations.actions.promote_run import promote_run, roll_back_run
from annotations.actions.run_rows import labels_of
from annotations.actions.trust import refit_consensus
from annotations.actions.votes_as_of import Pin, votes_as_of
from annotations.jobs import run_refit_consensus
from annotations.models import (
    Adjudication,
    Annotation,
    BulkDecision,
    ConsensusFit,
    ConsensusRun,
    LabelChange,
    Project,
    RunChange,
    Seat,
    Task,
)
from labelhub.accounts.models import AuditEvent
from labelhub.errors import Conflict, Invalid
from labelhub.jobs.claim import Claim
from labelhub.jobs.models import Job
from tests import factories
from tests.annotations.test_reports import answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd() -> Project:
    """Sixty items by one good labeler and two who err alike on every third item."""
    project = factories.project(
        items=60, labels=["a", "b", "c"], labelers=3, min_votes=3, max_votes=3
    )
    ballots = [("abc"[n % 3], "abc"[(n + (n % 5 == 0)) % 3]) for n in range(60)]
    answer(project, *(f"{good}{poor}{poor}" for good, poor in ballots))
    refit_consensus(project=project, replan=True)
    project.refresh_from_db()
    return project


def run_on(project: Project, method: str = "majority", **params: float) -> ConsensusRun:
    run = request_run(project=project, by=project.created_by, method=method, params=params)
    assert run.finished_at, run.job.error
    return run


def labels(project: Project) -> dict[int, str]:
    return dict(Task.objects.filter(project=project).values_list("pk", "label"))


def rewrite(project: Project) -> None:
    """Do what the worker would: run the refit that a promotion put in line."""
    job = Job.objects.filter(kind="refit_consensus", project_id=project.pk).latest("pk")
    run_refit_consensus(Claim(job.pk, job.kind, job.payload, fence=0))


def settle_by_majority_wrongly(project: Project) -> None:
    """Make the labels in force differ from what the votes say on the first five tasks."""
    first = Task.objects.filter(project=project).order_by("pk")[:5]
    Task.objects.filter(pk__in=[task.pk for task in first]).update(label="c")


def test_a_run_changes_nothing_of_the_project(crowd: Project) -> None:
    before, votes = labels(crowd), Annotation.objects.count()
    run_on(crowd)
    crowd.refresh_from_db()
    assert labels(crowd) == before and Annotation.objects.count() == votes
    assert crowd.consensus_method == "auto" and crowd.promoted_run is None


def test_it_lists_each_task_whose_label_would_change(crowd: Project) -> None:
    settle_by_majority_wrongly(crowd)
    run = run_on(crowd)
    now, given = labels(crowd), {task: label for task, label, *_ in labels_of(run)}
    differ = {task for task in now if now[task] != given[task]}
    assert set(run.changes.values_list("task_id", flat=True)) == differ != set()
    assert run.figures["changed"] == len(differ)
    assert sum(pair["count"] for pair in run.figures["from_to"]) == len(differ)


def test_it_counts_what_the_rule_would_settle(crowd: Project) -> None:
    figures = run_on(crowd).figures
    assert figures["answered"] == 60
    assert sum(figures["statuses"]["run"].values()) == 60
    assert figures["statuses"]["now"]["settled"] == Task.objects.filter(status="settled").count()


def test_votes_that_all_agree_at_the_cap_are_settled_as_the_rule_settles_them() -> None:
    project = factories.project(
        items=6, labels=["a", "b"], labelers=2, min_votes=2, max_votes=2, confidence=1.0
    )
    answer(project, "aa", "bb", "ab", "aa", "bb", "aa")
    refit_consensus(project=project, replan=True)
    statuses = run_on(project).figures["statuses"]
    assert statuses["run"] == statuses["now"] == {"open": 0, "settled": 5, "disputed": 1}


def test_accuracy_is_taken_from_known_answers_that_the_fit_was_not_told(crowd: Project) -> None:
    nothing = run_on(crowd).figures["known"]["run"]
    assert nothing["items"] == 0 and nothing["accuracy"] is None
    reviewer = factories.user()
    for place, task in enumerate(Task.objects.filter(project=crowd).order_by("pk")[:20]):
        adjudicate_task(task=task, reviewer=reviewer, answer={"choice": "abc"[place % 3]})
    known = run_on(crowd).figures["known"]["run"]
    # Two of three err together on every fifth item, and no majority can know that.
    assert known["items"] == 20 and known["accuracy"] == pytest.approx(0.8)
    assert known["low"] < 0.8 < known["high"]


def test_a_run_can_be_repeated_bit_for_bit_after_more_votes(crowd: Project) -> None:
    run = run_on(crowd, "dawid_skene")
    first = run.fit.state
    late = factories.member(crowd)
    change_project(project=crowd, by=crowd.created_by, max_votes=4, min_votes=4)
    refit_consensus(project=crowd, replan=True)
    factories.vote(crowd, late, "c")
    adjudicate_task(
        task=Task.objects.filter(project=crowd).last(),
        reviewer=factories.user(),
        answer={"choice": "a"},
    )
    project = Project.objects.select_related("schema").get(pk=crowd.pk)
    cast = votes_as_of(project, Pin.from_json(run.last_annotation, run.inputs))
    fit, *_ = fit_run(run, cast)
    assert fit.to_json() == first


def test_a_gold_item_stands_in_a_run_whatever_its_votes_say(crowd: Project) -> None:
    known = Task.objects.filter(project=crowd).order_by("pk")[1]  # all its votes say "b"
    make_gold(task=known, by=crowd.created_by, answer={"choice": "c"})
    run = run_on(crowd)
    found = {task: (label, sure, status) for task, label, sure, status in labels_of(run)}
    assert found[known.pk] == ("c", 1.0, "settled")
    assert not run.changes.filter(task=known).exists()


def test_what_was_accepted_with_many_stands_in_a_run_and_proves_nothing(crowd: Project) -> None:
    task = Task.objects.filter(project=crowd).order_by("pk")[1]
    Task.objects.filter(pk=task.pk).update(label="c", adjudicated=True, status="settled")
    reviewer = factories.user()
    act = BulkDecision.objects.create(
        project=crowd, reviewer=reviewer, key="a", at_least=0.9, accepted=1
    )
    Adjudication.objects.create(
        task=task, reviewer=reviewer, answer={"choice": "c"}, category="c", bulk=act
    )
    run = run_on(crowd)
    assert {pk: label for pk, label, *_ in labels_of(run)}[task.pk] == "c"
    assert not run.changes.filter(task=task).exists()
    assert run.figures["known"]["run"]["items"] == 0


def test_answers_to_gold_under_cover_are_no_votes_of_a_run(crowd: Project) -> None:
    task = Task.objects.filter(project=crowd).earliest("pk")
    make_gold(task=task, by=crowd.created_by, answer={"choice": "a"})
    tested = factories.member(crowd)
    seat = Seat.objects.filter(task=task).earliest("pk")
    given = {"answer": {"choice": "b"}, "key": "g", "gold_right": False}
    Annotation.objects.create(
        project=crowd, task=task, seat=seat, labeler=tested, schema=crowd.schema, **given
    )
    run = run_on(crowd)
    assert run.votes == run.fit.votes == 3 * 60
    refit_consensus(project=crowd)
    crowd.refresh_from_db()
    assert crowd.fit.votes == run.votes


def test_promotion_rewrites_the_labels_and_rolling_back_restores_them(crowd: Project) -> None:
    before = labels(crowd)
    Task.objects.filter(project=crowd).update(label="c", adjudicated=False)
    run = run_on(crowd, "one_coin", shrink=8)
    promote_run(run=run, by=crowd.created_by)
    rewrite(crowd)
    crowd.refresh_from_db()
    assert (crowd.consensus_method, crowd.consensus_params) == ("one_coin", {"shrink": 8.0})
    assert crowd.fit.params["shrink"] == 8.0
    assert labels(crowd) == {task: label for task, label, *_ in labels_of(run)}
    roll_back_run(run=run, by=crowd.created_by)
    rewrite(crowd)
    crowd.refresh_from_db()
    assert (crowd.consensus_method, crowd.consensus_params) == ("auto", {})
    assert labels(crowd) == before and crowd.promoted_run is None


def test_who_promoted_and_rolled_back_is_on_record(crowd: Project) -> None:
    settle_by_majority_wrongly(crowd)
    run = run_on(crowd)
    promote_run(run=run, by=crowd.created_by)
    rewrite(crowd)
    roll_back_run(run=run, by=crowd.created_by)
    causes = LabelChange.objects.filter(project=crowd, cause="promotion")
    assert {change.by for change in causes} == {crowd.created_by} and causes.count() >= 3
    actions = AuditEvent.objects.filter(action__startswith="consensus_run.").order_by("pk")
    assert [event.action.split(".")[1] for event in actions] == [
        "requested",
        "promoted",
        "rolled_back",
    ]


def test_promotions_are_undone_one_after_the_other(crowd: Project) -> None:
    first, second = run_on(crowd, "majority"), run_on(crowd, "one_coin")
    for run in (first, second):
        promote_run(run=run, by=crowd.created_by)
    with pytest.raises(Conflict):
        roll_back_run(run=first, by=crowd.created_by)
    roll_back_run(run=second, by=crowd.created_by)
    crowd.refresh_from_db()
    assert (crowd.promoted_run, crowd.consensus_method) == (first, "majority")
    roll_back_run(run=first, by=crowd.created_by)
    crowd.refresh_from_db()
    assert (crowd.promoted_run, crowd.consensus_method) == (None, "auto")


def test_another_method_in_the_settings_ends_a_promotion(crowd: Project) -> None:
    promote_run(run=run_on(crowd, "one_coin", shrink=8), by=crowd.created_by)
    crowd.refresh_from_db()
    change_project(project=crowd, by=crowd.created_by, consensus_method="majority")
    crowd.refresh_from_db()
    assert crowd.consensus_params == {} and crowd.promoted_run is None


def test_auto_says_what_it_chose_and_why(crowd: Project) -> None:
    run = run_on(crowd, "auto")
    assert run.chosen == "dawid_skene" and "known answers" in run.why


@pytest.mark.parametrize(
    ("method", "params"),
    [("best", {}), ("auto", {"shrink": 1}), ("one_coin", {"x": 1}), ("one_coin", {"shrink": -1})],
)
def test_what_cannot_be_run_is_refused(crowd: Project, method: str, params: Any) -> None:
    with pytest.raises(Invalid) as refused:
        request_run(project=crowd, by=crowd.created_by, method=method, params=params)
    assert refused.value.fields


def test_a_run_without_votes_fails_with_a_reason() -> None:
    project = factories.project(items=2)
    run = request_run(project=project, by=project.created_by, method="majority")
    assert run.finished_at is None and run.job.error["code"] == "no_votes"
    with pytest.raises(Conflict):
        promote_run(run=run, by=project.created_by)


def test_the_fit_of_a_run_outlives_the_sweep_of_old_ones(crowd: Project) -> None:
    run = run_on(crowd)
    for _ in range(25):
        refit_consensus(project=crowd)
    assert ConsensusFit.objects.filter(pk=run.fit_id).exists()


def test_changes_are_paged_and_picked_in_a_fixed_number_of_queries(
    crowd: Project, make_client: Callable[..., Any]
) -> None:
    settle_by_majority_wrongly(crowd)
    run = run_on(crowd)
    client = make_client(crowd.created_by)
    address = f"/api/v1/consensus-runs/{run.pk}/changes/"

    def queries(query: str) -> tuple[int, list[Any]]:
        with CaptureQueriesContext(connection) as caught:
            rows = client.get(address + query).json()["results"]
        return len(caught), rows

    queries("")
    (one, first), (many, _) = queries("?limit=1"), queries("")
    assert one == many and len(first) == 1
    picked = queries(f"?before=c&after={first[0]['after']}")[1]
    assert picked and {row["after"] for row in picked} == {first[0]["after"]}
    assert RunChange.objects.filter(run=run).count() >= len(picked)
