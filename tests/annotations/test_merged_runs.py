"""Consensus runs where answers are merged: every type, compared, put in force and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from annotations.actions.adjudicate import adjudicate_task
from annotations.actions.consensus_run import request_run
from annotations.actions.gold import make_gold
from annotations.actions.merged_run import fit_merged_run
from annotations.actions.merged_votes import known_answers, voted_tasks
from annotations.actions.project import create_project, open_tasks
from annotations.actions.promote_run import promote_run, roll_back_run
from annotations.actions.run_rows import labels_of
from annotations.actions.submit import submit_annotation
from annotations.actions.trust import refit_consensus
from annotations.actions.votes_as_of import Pin
from annotations.consensus.merge_known import HeldOut, OnKnown
from annotations.consensus.merge_settings import MERGE_METHODS, Settings
from annotations.models import Annotation, ConsensusRun, Project, Task
from labelhub.errors import Invalid
from tests import factories
from tests.annotations.test_consensus_runs import rewrite
from tests.contracts.test_task_types import ANSWERS, SCHEMAS

pytestmark = pytest.mark.django_db
JsonObject = dict[str, Any]


def box(x: float, width: float = 40) -> JsonObject:
    return {"label": "face", "x": x, "y": 10, "width": width, "height": 40}


def asked(task_type: str, schema: JsonObject, *ballots: list[JsonObject]) -> Project:
    """A project of one type with one task per ballot, all of them answered."""
    owner = factories.user()
    project = create_project(
        by=owner,
        dataset=factories.dataset(items=len(ballots), owner=owner),
        name=task_type,
        question="What?",
        task_type=task_type,
        schema=schema,
        min_votes=len(ballots[0]),
        max_votes=len(ballots[0]),
    )
    open_tasks(project=project)
    project.dataset.items.update(width=400, height=300)
    order = list(Task.objects.filter(project=project).order_by("pk").values_list("pk", flat=True))
    for place in range(len(ballots[0])):
        labeler = factories.member(project)
        for n in range(len(ballots)):
            seat = factories.lease(project, labeler)
            submit_annotation(
                labeler=labeler,
                lease_id=seat.lease_id,
                answer=ballots[order.index(seat.task_id)][place],
                key=f"{place}.{n}",
            )
    refit_consensus(project=project, replan=True)
    project.refresh_from_db()
    return project


@pytest.fixture
def boxes() -> Project:
    """One labeler of three draws each box far too wide: a mean follows, a median does not."""
    ballots = [[{"boxes": [box(n, width)]} for width in (40, 40, 70)] for n in range(4)]
    return asked("boxes", {"labels": [{"name": "face"}]}, *ballots)


@pytest.fixture
def lines() -> Project:
    """Three readers who slip at different places, so that no reading is right but their vote."""
    words = ["abcdef", "ghijkl", "mnopqr", "stuvwx"]
    ballots = [[{"text": word[:n] + "?" + word[n + 1 :]} for n in (0, 2, 4)] for word in words]
    return asked("transcription", {}, *ballots)


def run_on(project: Project, method: str, **params: float) -> ConsensusRun:
    run = request_run(project=project, by=project.created_by, method=method, params=params)
    assert run.finished_at, run.job.error
    return run


def answers(project: Project) -> list[Any]:
    return list(
        Task.objects.filter(project=project).order_by("pk").values_list("answer", flat=True)
    )


@pytest.mark.parametrize(
    ("task_type", "method"),
    [(name, method) for name, methods in MERGE_METHODS.items() for method in methods],
)
def test_every_method_of_every_type_runs_and_can_be_put_in_force(
    task_type: str, method: str
) -> None:
    given = ANSWERS[task_type]
    project = asked(task_type, SCHEMAS[task_type], [given[0], given[0], given[1]])
    votes = Annotation.objects.filter(project=project).count()
    run = run_on(project, method)
    promote_run(run=run, by=project.created_by)
    rewrite(project)
    project.refresh_from_db()
    assert (project.consensus_method, project.fit.method) == (method, method)
    assert run.figures["answered"] == 1 and run.figures["known"]["run"]["items"] == 0
    assert Annotation.objects.filter(project=project).count() == votes


def test_a_run_changes_nothing_and_says_what_it_would(boxes: Project) -> None:
    before = answers(boxes)
    run = run_on(boxes, "box_mean")
    assert answers(boxes) == before
    assert run.figures["changed"] == run.changes.count() == 4
    change = run.changes.order_by("pk").first()
    assert change.answer_before["boxes"][0]["width"] == 40
    assert change.answer_after["boxes"][0]["width"] == pytest.approx(50)
    assert change.distance == pytest.approx(0.2) and change.before == change.after == "face"


def test_what_nobody_sees_is_no_change(boxes: Project) -> None:
    run = run_on(boxes, "box_clusters", least_overlap=0.41)
    assert (run.figures["changed"], run.figures["answered"]) == (0, 4)


def test_later_votes_are_merged_with_what_was_promoted_until_it_is_taken_back(
    boxes: Project,
) -> None:
    before = answers(boxes)
    run = run_on(boxes, "box_mean", quorum=0.9)
    promote_run(run=run, by=boxes.created_by)
    rewrite(boxes)
    boxes.refresh_from_db()
    widths = [answer["boxes"][0]["width"] for answer in answers(boxes)]
    assert widths == pytest.approx([50] * 4)
    Project.objects.filter(pk=boxes.pk).update(max_votes=4, min_votes=4)
    refit_consensus(project=boxes, replan=True)
    boxes.refresh_from_db()
    labeler = factories.member(boxes)
    seat = factories.lease(boxes, labeler)
    submit_annotation(labeler=labeler, lease_id=seat.lease_id, answer={"boxes": []}, key="late")
    late = Task.objects.get(pk=seat.task_id)
    assert late.answer == {"boxes": []} and late.method == "box_mean"  # 3 of 4 are below 0.9
    roll_back_run(run=run, by=boxes.created_by)
    rewrite(boxes)
    boxes.refresh_from_db()
    assert (boxes.consensus_method, boxes.consensus_params) == ("auto", {})
    assert boxes.fit.method == "box_clusters" and answers(boxes) == before


def test_the_error_on_known_answers_is_of_fits_that_were_not_told(lines: Project) -> None:
    reviewer = factories.user()
    for task, word in zip(
        Task.objects.filter(project=lines).order_by("pk"),
        ["abcdef", "ghijkl", "mnopqr", "stuvwx"],
        strict=True,
    ):
        adjudicate_task(task=task, reviewer=reviewer, answer={"text": word})
    run = run_on(lines, "text_medoid")
    now, then = run.figures["known"]["now"], run.figures["known"]["run"]
    assert (now["items"], now["accuracy"], now["error"]) == (4, 1.0, 0.0)
    assert (then["items"], then["accuracy"]) == (4, 0.0)
    assert then["error"] == pytest.approx(1 / 6)
    assert run.figures["changed"] == 0  # what a reviewer decided stands whatever the method


def test_a_run_can_be_repeated_after_more_votes(lines: Project) -> None:
    run = run_on(lines, "text_character_vote", character_strength=2)
    late = Task.objects.filter(project=lines).first()
    adjudicate_task(task=late, reviewer=factories.user(), answer={"text": "none"})
    project = Project.objects.select_related("schema").get(pk=lines.pk)
    pin = Pin.from_json(run.last_annotation, run.inputs)
    again, _ = fit_merged_run(run, project, pin, voted_tasks(project, pin), known_answers(pin))
    assert again.merger.to_json() == run.fit.state


def test_votes_of_a_member_left_out_take_no_part(boxes: Project) -> None:
    wide = boxes.memberships.filter(role="labeler").order_by("pk").last()
    type(wide).objects.filter(pk=wide.pk).update(counted=False)
    run = run_on(boxes, "box_mean")
    assert run.votes == 8 and run.figures["changed"] == 0


@pytest.mark.parametrize(
    ("method", "params", "field"),
    [
        ("majority", {}, "method"),
        ("text_medoid", {}, "method"),
        ("box_mean", {"quorum": 2}, "params"),
        ("box_mean", {"clip": 1}, "params"),
        ("auto", {"quorum": 0.5}, "params"),
    ],
)
def test_what_does_not_fit_the_type_is_refused(
    boxes: Project, method: str, params: Any, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        request_run(project=boxes, by=boxes.created_by, method=method, params=params)
    assert field in refused.value.fields


def test_the_greatest_changes_come_first_over_rest(
    boxes: Project, make_client: Callable[..., Any]
) -> None:
    run = run_on(boxes, "box_mean")
    run.changes.filter(pk=run.changes.last().pk).update(distance=0.9)
    client = make_client(boxes.created_by)
    address = f"/api/v1/consensus-runs/{run.pk}/changes/?ordering=-distance&limit=2"
    page = client.get(address).json()
    assert [row["distance"] for row in page["results"]] == [0.9, pytest.approx(0.2)]
    assert page["results"][0]["answer_after"]["boxes"] and page["next"]
    labeler = make_client(boxes.memberships.filter(role="labeler").first().user)
    assert labeler.get(address).status_code == 403


def test_each_kind_of_question_says_what_can_be_set_of_its_methods(
    make_client: Callable[..., Any],
) -> None:
    kinds = make_client(factories.user()).get("/api/v1/task-types/").json()
    found = {kind["name"]: kind for kind in kinds}
    assert set(found["boxes"]["parameters"]) == set(found["boxes"]["methods"]) - {"auto"}
    mean = found["boxes"]["parameters"]["box_mean"]
    assert {entry["name"]: entry["default"] for entry in mean} == {
        "least_overlap": 0.4, "quorum": 0.5,
    }  # fmt: skip
    coin = {entry["name"]: entry for entry in found["choice"]["parameters"]["one_coin"]}
    assert (coin["shrink"]["default"], coin["prior_power"]["high"]) == (4.0, 1.0)


def know_boxes(project: Project, right: int) -> None:
    """Decide every task: the first `right` of them as most have drawn it, the others elsewhere."""
    for n, task in enumerate(Task.objects.filter(project=project).order_by("pk")):
        decided = {"boxes": [box(n if n < right else 200)]}
        adjudicate_task(task=task, reviewer=factories.user(), answer=decided)


def test_confidence_in_merged_answers_is_held_against_known_ones(
    make_client: Callable[..., Any],
) -> None:
    ballots = [[{"boxes": [box(n)]}] * 3 for n in range(16)]
    project = asked("boxes", {"labels": [{"name": "face"}]}, *ballots)
    sure = Task.objects.filter(project=project).first().confidence
    client = make_client(project.created_by)
    address = f"/api/v1/projects/{project.pk}/quality/"
    assert client.get(address).json()["calibration"]["items"] == 0
    know_boxes(project, right=10)
    refit_consensus(project=project, replan=True)
    found = client.get(address).json()["calibration"]
    (bar,) = found["bins"]
    assert (found["items"], bar["accuracy"], bar["items"]) == (16, 10 / 16, 16)
    assert found["temperature"] > 3 and found["error_after"] < found["error_before"]
    assert bar["accuracy_low"] < 10 / 16 < bar["accuracy_high"]
    late = factories.add_items(project.dataset, 1)
    project.dataset.items.update(width=400, height=300)
    open_tasks(project=project)
    for place, labeler in enumerate(factories.labelers_of(project)[:3]):
        seat = factories.lease(Project.objects.get(pk=project.pk), labeler)
        submit_annotation(
            labeler=labeler, lease_id=seat.lease_id, answer=ballots[0][0], key=f"late{place}"
        )
    assert Task.objects.get(item=late[0]).confidence < sure - 0.1


def test_known_answers_are_judged_again_only_when_they_have_changed(
    boxes: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []
    judge = HeldOut.judge

    def counted(self: HeldOut, settings: Settings) -> OnKnown:
        judged.append(settings.method)
        return judge(self, settings)

    monkeypatch.setattr(HeldOut, "judge", counted)
    for _ in range(2):
        refit_consensus(project=boxes)
    assert judged == []  # the fit of the fixture found that nothing is known, and still holds
    know_boxes(boxes, right=4)
    for _ in range(2):
        refit_consensus(project=boxes)
    assert judged == ["box_clusters"]


def test_auto_goes_over_to_a_method_that_is_surely_nearer_to_the_known_answers() -> None:
    ballots = [[{"boxes": [box(n, width)]} for width in (36, 36, 48)] for n in range(32)]
    project = asked("boxes", {"labels": [{"name": "face"}]}, *ballots)
    know_boxes(project, right=32)  # 40 wide: the mean, and no median, is right
    refit_consensus(project=project, replan=True)
    project.refresh_from_db()
    assert (project.consensus_method, project.fit.method) == ("auto", "box_mean")
    assert "nearer to 32 known answers" in project.fit.calibration["reason"]
    run = run_on(project, "auto")
    assert run.chosen == "box_mean" and run.figures["current_method"] == "box_mean"
    know = run.figures["known"]["run"]
    assert (know["accuracy"], know["items"]) == (1.0, 32) and know["error"] < 0.01


def test_a_gold_item_stands_in_a_run_whatever_its_votes_say(lines: Project) -> None:
    known = Task.objects.filter(project=lines).order_by("pk")[0]
    make_gold(task=known, by=lines.created_by, answer={"text": "unlike any"})
    run = run_on(lines, "readings")
    found = {task: (label, sure, status) for task, label, sure, status in labels_of(run)}
    assert found[known.pk] == ("unlike any", 1.0, "settled")
    assert not run.changes.filter(task=known).exists()
