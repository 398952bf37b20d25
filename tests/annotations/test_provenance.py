"""Provenance: who said what, what it counted, what decided, and what changed since."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotations.actions.adjudicate import adjudicate_task, reopen_task
from annotations.actions.export import Order, preview_export
from annotations.actions.submit import revise_annotation
from annotations.actions.trust import refit_consensus
from annotations.consensus.version import code_version
from annotations.models import LabelChange, Membership, Project, Task
from annotations.reports.provenance import provenance_of
from tests import factories
from tests.annotations.test_reports import answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def voted() -> Project:
    """Ten items with three votes each: the third labeler errs on every second one."""
    project = factories.project(items=10, labelers=3, min_votes=3, max_votes=3)
    answer(project, *(f"{n}{n}{(n + n % 2) % 10}" for n in range(10)))
    refit_consensus(project=project, replan=True)
    project.refresh_from_db()
    return project


def task_of(project: Project, place: int = 1) -> Task:
    rows = Task.objects.select_related("project__schema").filter(project=project)
    return rows.order_by("pk")[place]


def provenance(task: Task) -> dict[str, Any]:
    return provenance_of(task, name=lambda labeler_id, name: name)


def test_the_parts_of_the_votes_sum_to_the_odds_of_the_label(voted: Project) -> None:
    task = task_of(voted)
    found = provenance(task)
    parts = [vote["log_odds"] for vote in found["votes"]]
    shares = task.distribution
    odds = math.log(shares[found["odds"]["label"]] / shares[found["odds"]["against"]])
    assert found["odds"]["total"] == pytest.approx(found["odds"]["prior"] + sum(parts))
    assert found["odds"]["total"] == pytest.approx(odds, abs=0.01)
    assert parts[0] > 0 > parts[2]


def test_it_names_method_parameters_and_code(voted: Project) -> None:
    fit = provenance(task_of(voted))["fit"]
    assert (fit["method"], fit["code_version"], fit["votes"]) == ("dawid_skene", code_version(), 30)
    assert fit["params"]["smoothing"] == 2.0 and fit["temperature"] == 1.0


def test_a_revision_supersedes_a_vote_and_stays_in_the_history(voted: Project) -> None:
    task = task_of(voted)
    first = task.annotations.order_by("pk")[0]
    revise_annotation(
        annotation_id=first.pk, labeler=first.labeler, answer={"choice": "5"}, version=1, key="r"
    )
    found = provenance(task_of(voted))
    assert [vote["label"] for vote in found["votes"]] == ["1", "2", "5"]
    events = [event for event in found["history"] if event["given"]]
    causes = [(event["cause"], event["given"]) for event in events]
    assert causes == [("vote", "1"), ("vote", "1"), ("vote", "2"), ("revision", "5")]


def test_decisions_and_reopenings_are_kept_with_their_author(voted: Project) -> None:
    reviewer = factories.user(display_name="Rita")
    adjudicate_task(task=task_of(voted), reviewer=reviewer, answer={"choice": "7"}, note="a hook")
    decided = provenance(task_of(voted))
    assert (decided["decided_by"], decided["decision"]["note"]) == ("reviewer", "a hook")
    reopen_task(task=task_of(voted), reviewer=reviewer)
    history = provenance(task_of(voted))["history"][-2:]
    assert [(row["cause"], row["who"], row["after"]) for row in history] == [
        ("adjudication", "Rita", "7"),
        ("reopened", "Rita", "1"),
    ]
    assert provenance(task_of(voted))["decision"] is None


def test_a_refit_that_changes_a_label_is_kept_and_one_that_does_not_is_not() -> None:
    project = factories.project(items=30, labelers=3, min_votes=3, max_votes=3)
    answer(project, *(f"{n % 10}{n % 10}{(n + 1) % 10}" for n in range(20)))
    # Until labelers are told apart, two of three carry the label: the third is outvoted.
    task = task_of(project)
    Task.objects.filter(pk=task.pk).update(label="8")
    refit_consensus(project=project, replan=True)
    (change,) = LabelChange.objects.filter(task=task)
    assert (change.cause, change.label_before, change.label_after) == ("refit", "8", "1")
    refit_consensus(project=project, replan=True)
    assert LabelChange.objects.filter(task=task).count() == 1


def test_only_managers_see_names(voted: Project, make_client: Callable[..., Any]) -> None:
    reviewer = factories.member(voted, role=Membership.Role.REVIEWER)
    address = f"/api/v1/tasks/{task_of(voted).pk}/provenance/"
    theirs = make_client(reviewer).get(address).json()
    named = make_client(voted.created_by).get(address).json()
    assert all(vote["labeler"].startswith("labeler-") for vote in theirs["votes"])
    assert all(not vote["labeler"].startswith("labeler-") for vote in named["votes"])


def test_its_queries_do_not_grow_with_votes_or_changes(
    voted: Project, make_client: Callable[..., Any]
) -> None:
    client, reviewer = make_client(voted.created_by), factories.user()

    def queries(task: Task) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/api/v1/tasks/{task.pk}/provenance/").status_code == 200
        return len(caught)

    queries(task_of(voted, 0))  # fits and memberships are kept from now on
    plain = queries(task_of(voted, 1))
    for label in "345":
        adjudicate_task(task=task_of(voted, 2), reviewer=reviewer, answer={"choice": label})
        reopen_task(task=task_of(voted, 2), reviewer=reviewer)
    assert queries(task_of(voted, 2)) == plain


def test_an_export_tells_the_origin_of_labels_where_it_is_asked_to(voted: Project) -> None:
    plain = Order.of(voted, "jsonl", "consensus", {})
    assert "provenance" not in preview_export(plain).sample[0]
    order = Order.of(voted, "jsonl", "consensus", {"provenance": True, "status": "all"})
    assert order.as_filters() == {"status": "all", "provenance": True}
    (origin, *_) = [row["provenance"] for row in preview_export(order).sample]
    assert origin["code_version"] == code_version()
    assert all(vote["labeler"].startswith("labeler-") for vote in origin["votes"])
    assert sum(vote["log_odds"] for vote in origin["votes"]) > 0
