"""Agreement on the pages: by one measure from the first vote on, and honest about newer votes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotations.actions.labeler_figures import check_figures, compute_figures
from annotations.models import Annotation, LabelersReport, Project
from annotations.reports.agreement import agreement_in
from annotations.reports.labelers import labeler_rows
from annotations.reports.labelers_page import all_together
from annotations.reports.pace import recent_answers
from annotations.reports.sample import sample_votes
from labelhub.jobs.models import Job
from tests import factories
from tests.contracts.test_task_types import ANSWERS, SCHEMAS

pytestmark = pytest.mark.django_db
ITEMS = 4


def ask(task_type: str) -> Project:
    """A question about four items that three people answer each."""
    by = factories.user()
    dataset = factories.dataset(owner=by)
    factories.add_items(dataset, ITEMS)
    dataset.items.update(width=200, height=100)
    project = factories.create_project(
        by=by, dataset=dataset, name=task_type, question="?", task_type=task_type,
        schema=SCHEMAS[task_type], random_share=0.0, audit_share=0.0, min_votes=3, max_votes=3,
    )  # fmt: skip
    factories.open_tasks(project=project)
    return project


def answer_all(project: Project, answer: dict[str, Any]) -> None:
    """Let one more labeler give every item this answer."""
    person = factories.member(project)
    for _ in range(ITEMS):
        seat = factories.lease(project, person)
        factories.submit_annotation(
            labeler=person, lease_id=seat.lease_id, answer=answer, key=f"{person.pk}-{seat.pk}"
        )


def test_texts_agree_by_their_distance_from_the_first_votes_on() -> None:
    project = ask("transcription")
    answer_all(project, {"text": "abcdefghix"})
    answer_all(project, {"text": "abcdefghiy"})
    early = agreement_in(project)
    assert (early["by"], early["tasks"]) == ("distance", ITEMS)
    assert early["percent"] == pytest.approx(90.0), "one letter of ten differs"
    rows = labeler_rows(project, sample_votes(project), recent_answers(project), votes=2 * ITEMS)
    assert [row["agreement"] for row in rows] == [None, None], "none of them is called wrong"
    compute_figures(project=project)
    assert agreement_in(project) == early
    answer_all(project, {"text": "abcdefghix"})
    late = agreement_in(project)
    assert late["percent"] == pytest.approx(100 * (0.9 + 1.0 + 0.9) / 3)
    assert late["since"] == 0


def test_shapes_tell_how_many_answers_their_agreement_lacks() -> None:
    project = ask("boxes")
    first, second = ANSWERS["boxes"][:2]
    answer_all(project, first)
    answer_all(project, second)
    assert agreement_in(project)["alpha"] is None
    compute_figures(project=project)
    before = agreement_in(project)
    assert (before["by"], before["tasks"], before["since"]) == ("distance", ITEMS, 0)
    answer_all(project, first)
    assert agreement_in(project) == before | {"since": ITEMS}


def test_figures_are_put_in_line_for_votes_alone_and_of_finished_projects_too() -> None:
    project = ask("transcription")
    answer_all(project, {"text": "a"})
    compute_figures(project=project)
    LabelersReport.objects.update(made_at=timezone.now() - timedelta(hours=1))
    Project.objects.update(state=Project.State.FINISHED)
    newest = Annotation.objects.order_by("-pk").values_list("pk", flat=True)
    LabelersReport.objects.update(last_annotation=newest[1])
    Annotation.objects.filter(pk=newest[0]).update(gold_right=True)  # in no figure but gold's
    check_figures()
    assert all_together(project)["current"]
    assert not Job.objects.filter(kind="labeler_figures").exists()
    Annotation.objects.filter(pk=newest[0]).update(gold_right=None)
    check_figures()
    assert not all_together(project)["current"]
    assert Job.objects.filter(kind="labeler_figures").count() == 1
