"""Proposals: who is shown what before they answer, and what is kept of it."""

from __future__ import annotations

import random
from typing import Any

import pytest

from annotations.actions import proposals
from annotations.actions.export_rows import LiveTasks, rows_of
from annotations.actions.export_selection import Selection
from annotations.actions.gold import make_gold
from annotations.actions.keep_proposals import Said, keep_proposals
from annotations.actions.lease import lease_tasks
from annotations.actions.model_share import Opinion, keep_opinions
from annotations.actions.submit import revise_annotation, submit_annotation
from annotations.models import (
    Annotation,
    GivenAnswer,
    Project,
    Proposal,
    Seat,
    ShownProposal,
    Task,
)
from labelhub.accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db


def asked(**options: Any) -> tuple[Project, User]:
    """A project whose model says 4 to everything, with one labeler."""
    options = {"items": 6, "labelers": 1, "min_votes": 1, "prelabels": "model"} | options
    options.setdefault("prelabels_hidden", 0.0)
    project = factories.project(**options)
    propose(project)
    return project, factories.labelers_of(project)[0]


def propose(project: Project, label: str = "4", version: int = 1) -> int:
    tasks = Task.objects.filter(project=project, arm=Task.Arm.ACTIVE)
    said = [Said(pk, {"choice": label}, 0.8) for pk in tasks.values_list("pk", flat=True)]
    return keep_proposals(project=project, version=version, said=iter(said))


def leases(project: Project, labeler: User, count: int = 6, *, resume: bool = False) -> list[Seat]:
    return lease_tasks(project=project, labeler=labeler, count=count, resume=resume).leases


def answer(seat: Seat, labeler: User, label: str, *, took: bool | None) -> Annotation:
    return submit_annotation(
        labeler=labeler,
        lease_id=seat.lease_id,
        answer={"choice": label},
        key=f"answer {seat.lease_id}",
        took_proposal=took,
    ).annotation


def test_off_is_the_default_and_shows_nothing() -> None:
    project, labeler = asked(prelabels="off")
    assert Project._meta.get_field("prelabels").default == "off"
    assert [seat.shown for seat in leases(project, labeler)] == [None] * 6
    assert not ShownProposal.objects.exists()


def test_a_lease_brings_the_proposal_with_its_version_and_submits_nothing() -> None:
    project, labeler = asked()
    seats = leases(project, labeler)
    assert {(seat.shown.answer["choice"], seat.shown.version) for seat in seats if seat.shown} == {
        ("4", 1)
    }
    assert not Annotation.objects.exists()
    assert ShownProposal.objects.filter(annotation=None, hidden=False).count() == 6


def test_the_draw_hides_its_share_the_same_way_whenever_it_is_asked() -> None:
    project, _ = asked(prelabels_hidden=0.3)
    draws = [proposals.is_hidden(project, task, 7) for task in range(4_000)]
    assert draws == [proposals.is_hidden(project, task, 7) for task in range(4_000)]
    assert 0.27 < sum(draws) / len(draws) < 0.33
    others = [proposals.is_hidden(project, task, 8) for task in range(4_000)]
    assert draws != others


def test_what_is_hidden_is_kept_as_hidden_and_cannot_have_been_taken() -> None:
    project, labeler = asked(prelabels_hidden=1.0)
    (seat, *_) = leases(project, labeler)
    answer(seat, labeler, "4", took=True)
    shown = ShownProposal.objects.get(annotation__isnull=False)
    assert (shown.hidden, shown.taken, shown.same) == (True, False, True)


def test_uniformly_drawn_items_never_have_a_proposal() -> None:
    project, labeler = asked(random_share=0.5, items=40)
    # Not even where somebody wrote one, or one came with the import.
    for task in Task.objects.filter(project=project, arm=Task.Arm.RANDOM):
        Proposal.objects.create(project=project, task=task, version=1, answer={"choice": "4"})
    seats = leases(project, labeler, 20)
    arms = {(seat.task.arm, seat.shown is not None) for seat in seats}
    assert arms == {("random", False), ("active", True)}


def test_a_lease_keeps_its_proposal_though_the_model_says_something_else_by_now() -> None:
    project, labeler = asked()
    leases(project, labeler)
    propose(project, "9", version=2)
    again = leases(project, labeler, resume=True)
    assert {seat.shown.answer["choice"] for seat in again if seat.shown} == {"4"}


def test_a_new_version_leaves_nothing_of_the_old_one() -> None:
    project, _ = asked()
    one = Task.objects.filter(project=project).first()
    assert one is not None
    keep_proposals(project=project, version=2, said=iter([Said(one.pk, {"choice": "9"}, 0.5)]))
    assert list(Proposal.objects.values_list("task", "version")) == [(one.pk, 2)]


@pytest.mark.parametrize(
    ("label", "took", "kept"), [("4", True, (True, True)), ("7", True, (True, False)),
                                ("4", False, (False, True)), ("7", False, (False, False))],
)  # fmt: skip
def test_what_became_of_a_proposal_is_kept(label: str, took: bool, kept: tuple[bool, bool]) -> None:
    project, labeler = asked()
    (seat, *_) = leases(project, labeler)
    annotation = answer(seat, labeler, label, took=took)
    shown = ShownProposal.objects.get(annotation=annotation)
    assert (shown.taken, shown.same) == kept
    assert (shown.version, shown.confidence, shown.answer) == (1, 0.8, {"choice": "4"})


def test_a_repeated_request_and_a_revision_leave_it_as_it_was() -> None:
    project, labeler = asked()
    (seat, *_) = leases(project, labeler)
    first = answer(seat, labeler, "4", took=True)
    answer(seat, labeler, "4", took=True)
    revise_annotation(
        annotation_id=first.pk, labeler=labeler, answer={"choice": "7"}, version=1, key="again"
    )
    shown = ShownProposal.objects.get(task=seat.task_id)
    assert (shown.annotation_id, shown.taken, shown.same) == (first.pk, True, True)
    source = LiveTasks(project, Selection())
    (row,) = [row for row in rows_of(source, "choice", "votes") if row["task"] == seat.task_id]
    assert (row["label"], row["proposal"], row["proposal_taken"]) == ("7", "shown", True)


def test_exports_say_which_votes_were_given_with_a_proposal_in_view() -> None:
    project, labeler = asked(labelers=2, min_votes=2)
    (seat,) = leases(project, labeler, 1)
    answer(seat, labeler, "4", took=True)
    Project.objects.filter(pk=project.pk).update(prelabels="off")
    project.refresh_from_db()
    other = factories.labelers_of(project)[1]
    answer(factories.lease(project, other), other, "4", took=None)
    rows = list(rows_of(LiveTasks(project, Selection()), "choice", "votes"))
    assert [(row["proposal"], row["proposal_by"], row["proposal_taken"]) for row in rows] == [
        ("shown", "model version 1", True),
        ("", "", None),
    ]


def test_an_answer_to_a_proposal_is_known_even_if_proposals_are_off_by_then() -> None:
    project, labeler = asked()
    (seat, *_) = leases(project, labeler)
    Project.objects.filter(pk=project.pk).update(prelabels="off")
    answer(seat, labeler, "4", took=False)
    assert ShownProposal.objects.filter(annotation__isnull=False).count() == 1


def test_the_model_has_no_vote_where_somebody_saw_its_proposal() -> None:
    project, labeler = asked(max_votes=5)
    seats = leases(project, labeler)
    said = [Opinion(seat.task_id, 1, 0.9, {"4": 0.9, "9": 0.1}) for seat in seats]
    assert keep_opinions(project=project, opinions=said) == 6
    answer(seats[0], labeler, "4", took=True)
    assert Task.objects.get(pk=seats[0].task_id).prior is None
    assert Task.objects.get(pk=seats[1].task_id).prior is not None
    # Nor is it given one again.
    keep_opinions(project=project, opinions=said)
    assert Task.objects.get(pk=seats[0].task_id).prior is None


def test_the_model_keeps_its_vote_where_the_draw_hid_the_proposal() -> None:
    project, labeler = asked(max_votes=5, prelabels_hidden=1.0)
    (seat, *_) = leases(project, labeler)
    said = [Opinion(seat.task_id, 1, 0.9, {"4": 0.9, "9": 0.1})]
    keep_opinions(project=project, opinions=said)
    answer(seat, labeler, "4", took=None)
    assert Task.objects.get(pk=seat.task_id).prior is not None


def test_gold_items_have_proposals_as_all_others_do() -> None:
    project, labeler = asked(items=12, gold_often=0.5, gold_seldom=0.5)
    for task in Task.objects.filter(project=project)[:4]:
        make_gold(task=task, by=project.created_by, answer={"choice": "9"})
    project.refresh_from_db()
    random.seed(4)
    seats = [seat for _ in range(8) for seat in leases(project, labeler, 1)]
    gold = [seat for seat in seats if seat.mask is not None]
    assert gold
    assert all(seat.shown is not None for seat in seats)


def test_an_imported_proposal_is_shown_with_its_source() -> None:
    project, labeler = asked(prelabels="imported")
    item = Task.objects.filter(project=project).order_by("-priority")[0].item
    GivenAnswer.objects.create(
        item=item, role="proposal", source="detector 3", task_type="choice",
        answer={"choice": "2"}, confidence=0.6,
    )  # fmt: skip
    shown = {seat.task.item_id: seat.shown for seat in leases(project, labeler)}
    given = shown.pop(item.pk)
    assert given is not None and set(shown.values()) == {None}
    assert (given.source, given.version, given.answer) == ("detector 3", None, {"choice": "2"})
    assert given.by == "detector 3"


def test_the_models_word_comes_before_an_imported_one_and_boxes_are_shown_too() -> None:
    schema = {"labels": [{"name": "face"}]}
    project = factories.project(
        items=1, labelers=1, schema=schema, task_type="boxes", prelabels="any", prelabels_hidden=0.0
    )
    task = Task.objects.get(project=project)
    box = {"label": "face", "x": 2, "y": 3, "width": 10, "height": 8}
    GivenAnswer.objects.create(
        item=task.item, role="proposal", source="detector", task_type="boxes",
        answer={"boxes": [box | {"attributes": {"unknown": "yes"}}]},
    )  # fmt: skip
    (seat,) = leases(project, factories.labelers_of(project)[0])
    assert seat.shown is not None
    (drawn,) = seat.shown.answer["boxes"]
    assert (drawn["label"], drawn["x"], drawn["width"]) == ("face", 2, 10)


@pytest.mark.parametrize("said", [{"choice": "retired"}, {"choice": ""}, {"text": "4"}, {}])
def test_what_is_no_legal_answer_is_no_proposal(said: dict[str, Any]) -> None:
    project, labeler = asked()
    Proposal.objects.update(answer=said)
    assert {seat.shown for seat in leases(project, labeler)} == {None}
    assert not ShownProposal.objects.exists()


@pytest.mark.parametrize("before", ["off", "model"])
def test_whoever_is_asked_again_is_shown_as_much_and_the_first_record_stands(before: str) -> None:
    project, labeler = asked(prelabels=before)
    (seat, *_) = leases(project, labeler)
    answer(seat, labeler, "4", took=None)
    records = list(ShownProposal.objects.order_by("pk").values())
    project.prelabels = Project.Prelabels.MODEL
    seat.pk += 1_000
    proposals.show_proposals(project=project, labeler_id=labeler.pk, seats=[seat])
    assert seat.shown is not None and seat.shown.answer == {"choice": "4"}
    assert list(ShownProposal.objects.order_by("pk").values()) == records


def test_pairs_have_no_proposals() -> None:
    project = Project(task_type="pair", prelabels="any")
    proposals.show_proposals(project=project, labeler_id=1, seats=[Seat(task=Task())])
    assert not ShownProposal.objects.exists()


def test_proposals_cost_a_lease_two_queries_however_many_it_brings(
    django_assert_num_queries: Any,
) -> None:
    project, labeler = asked(items=40)
    seats = leases(project, labeler, 20)
    ShownProposal.objects.all().delete()
    with django_assert_num_queries(2):
        proposals.show_proposals(project=project, labeler_id=labeler.pk, seats=seats)
    with django_assert_num_queries(1):
        proposals.show_proposals(project=project, labeler_id=labeler.pk, seats=seats)
