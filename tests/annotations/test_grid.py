"""Many items confirmed at once: votes of their own, in seats of their own, that weigh less."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from active_learning.models import ModelVersion, Score, Snapshot, TrainingRun
from annotations.actions.bulk_weights import weight_of
from annotations.actions.gold import make_gold
from annotations.actions.grid import confirm_many, tiles_for
from annotations.actions.project import open_tasks
from annotations.actions.submit import IdempotencyConflict, revise_annotation
from annotations.actions.trust import refit_consensus
from annotations.actions.votes_as_of import pin_votes, votes_as_of
from annotations.consensus.bulk import LEAST, WEIGHT, bulk_weight
from annotations.models import Annotation, Project, Seat, Task
from labelhub.accounts.models import User
from labelhub.errors import DomainError
from tests import factories
from tests.annotations.test_concurrency import in_threads

pytestmark = pytest.mark.django_db
MakeClient = Callable[..., Any]


def confirm(project: Project, who: User, tasks: list[int], **more: Any) -> Any:
    more = {"label": "7", "key": "first"} | more
    return confirm_many(project=project, labeler=who, tasks=tasks, **more)


def tasks_of(project: Project) -> list[int]:
    return list(Task.objects.filter(project=project).order_by("pk").values_list("pk", flat=True))


def test_each_item_gets_a_vote_of_its_own(project: Project) -> None:
    (who, *_) = factories.labelers_of(project)
    done = confirm(project, who, tasks_of(project))
    assert (done.kept, done.repeated, done.left) == (10, 0, {})
    votes = Annotation.objects.filter(labeler=who)
    assert [(vote.source, vote.answer) for vote in votes] == [("bulk", {"choice": "7"})] * 10
    assert set(Task.objects.values_list("votes", "label")) == {(1, "7")}
    assert Seat.objects.filter(state="done", labeler=who).count() == 10


def test_the_same_key_keeps_nothing_twice(project: Project) -> None:
    (who, *_) = factories.labelers_of(project)
    tasks = tasks_of(project)
    confirm(project, who, tasks[:4])
    done = confirm(project, who, tasks)
    assert (done.kept, done.repeated) == (6, 4)
    again = confirm(project, who, tasks, key="second")
    assert (again.kept, len(again.left)) == (0, 10)
    assert Annotation.objects.count() == 10


def test_a_key_stands_for_one_label(project: Project) -> None:
    (who, *_) = factories.labelers_of(project)
    confirm(project, who, tasks_of(project)[:4])
    with pytest.raises(IdempotencyConflict):
        confirm(project, who, tasks_of(project), label="1")
    assert set(Task.objects.values_list("votes", "label")) == {(1, "7"), (0, "")}


def test_nothing_is_collected_beyond_the_overlap(transactional_db: None) -> None:
    project = factories.project(items=12, labelers=5, min_votes=2, max_votes=2)
    tasks, start = tasks_of(project), threading.Barrier(5)

    def press(who: User) -> int:
        start.wait()
        return sum(
            int(confirm(project, who, tasks, key=f"{who.pk} {turn}").kept) for turn in range(3)
        )

    kept = in_threads(press, factories.labelers_of(project), workers=5)
    assert sum(kept) == Annotation.objects.count() == 24
    assert set(Task.objects.values_list("votes", "status")) == {(2, "settled")}


def test_items_that_others_hold_or_that_are_full_are_left(project: Project) -> None:
    first, second, third = factories.labelers_of(project)
    Project.objects.update(min_votes=1, max_votes=1)
    Seat.objects.filter(no=2).delete()
    held = factories.lease(project, first)
    done = confirm(project, second, tasks_of(project))
    assert (done.kept, list(done.left)) == (9, [held.task_id])
    assert not tiles_for(project, third).exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"label": "seven"}, "answer_invalid"),
        ({"key": ""}, "bad_key"),
        ({"key": "x" * 61}, "bad_key"),
        ({"tasks": list(range(1, 202))}, "too_many_items"),
    ],
)
def test_what_cannot_be_confirmed_is_refused(
    project: Project, change: dict[str, Any], code: str
) -> None:
    (who, *_) = factories.labelers_of(project)
    wanted = {"tasks": tasks_of(project)} | change
    with pytest.raises(DomainError) as refused:
        confirm(project, who, **wanted)
    assert refused.value.code == code
    assert not Annotation.objects.exists()


def test_tasks_of_another_project_are_left(project: Project) -> None:
    (who, *_) = factories.labelers_of(project)
    foreign = tasks_of(factories.project(items=2))
    assert list(confirm(project, who, foreign).left) == foreign
    assert not Annotation.objects.exists()


@pytest.mark.parametrize("state", ["paused", "finished"])
def test_a_project_that_rests_takes_none(project: Project, state: str) -> None:
    Project.objects.update(state=state)
    project.refresh_from_db()
    (who, *_) = factories.labelers_of(project)
    with pytest.raises(DomainError):
        confirm(project, who, tasks_of(project))


def test_uniformly_drawn_items_are_looked_at_one_by_one(project: Project) -> None:
    (who, *_) = factories.labelers_of(project)
    uniform, *others = tasks_of(project)
    Task.objects.filter(pk=uniform).update(arm=Task.Arm.RANDOM)
    assert uniform not in tiles_for(project, who).values_list("pk", flat=True)
    done = confirm(project, who, [uniform, *others])
    assert (done.kept, list(done.left)) == (9, [uniform])


def test_gold_whose_label_has_moved_away_judges_nobody(project: Project) -> None:
    (who, *_) = factories.labelers_of(project)
    task = Task.objects.get(pk=tasks_of(project)[0])
    make_gold(task=task, by=factories.user(), answer={"choice": "7"})
    assert task.pk in tiles_for(project, who).values_list("pk", flat=True)
    Task.objects.filter(pk=task.pk).update(label="1")
    assert list(confirm(project, who, [task.pk]).left) == [task.pk]
    assert not Annotation.objects.exists()


# ------------------------------------------------------------------------------ weight


def test_a_bulk_vote_weighs_less_than_a_single_look(project: Project) -> None:
    first, second, _ = factories.labelers_of(project)
    seat = factories.lease(project, first)
    factories.vote(project, first, "7", seat=seat)
    other = next(task for task in tasks_of(project) if task != seat.task_id)
    confirm(project, second, [other])
    single, bulk = Task.objects.get(pk=seat.task_id), Task.objects.get(pk=other)
    assert bulk.ballot[0][3] == WEIGHT and len(single.ballot[0]) == 3
    assert bulk.confidence is not None and single.confidence is not None
    assert 0.1 < bulk.confidence < single.confidence


def test_a_revised_bulk_vote_counts_in_full(project: Project) -> None:
    (who, *_) = factories.labelers_of(project)
    confirm(project, who, tasks_of(project)[:1])
    vote = Annotation.objects.get()
    revise_annotation(
        annotation_id=vote.pk, labeler=who, answer={"choice": "4"}, version=1, key="again"
    )
    (entry,) = Task.objects.get(pk=vote.task_id).ballot
    assert entry[2:] == ["4"]


def test_gold_among_the_tiles_proves_a_labelers_bulk_votes(project: Project) -> None:
    (who, *_) = factories.labelers_of(project)
    factories.add_items(project.dataset, LEAST)
    open_tasks(project=project)
    tasks = tasks_of(project)
    assert project.created_by is not None
    for task in Task.objects.filter(pk__in=tasks[:LEAST]):
        make_gold(task=task, by=project.created_by, answer={"choice": "7"})
    assert confirm(project, who, tasks[LEAST:]).kept == 10
    assert weight_of(project.pk, who.pk) == WEIGHT
    assert confirm(project, who, tasks[:LEAST], key="gold").kept == LEAST
    judged = Annotation.objects.filter(gold_right=True)
    assert judged.count() == LEAST
    assert weight_of(project.pk, who.pk) == 1.0
    refit_consensus(project=project)
    assert all(len(task.ballot[0]) == 3 for task in Task.objects.filter(votes=1))
    refit_consensus(project=project)


def test_a_consensus_run_weighs_bulk_votes_as_the_project_does(project: Project) -> None:
    first, second, _ = factories.labelers_of(project)
    confirm(project, first, tasks_of(project)[:3])
    factories.vote(project, second, "7", seat=factories.lease(project, second))
    votes = votes_as_of(project, pin_votes(project))
    assert votes.table.weights is not None
    assert sorted(votes.table.weights) == [WEIGHT] * 3 + [1.0]
    assert sorted(votes.settling.vote_weights()) == [WEIGHT] * 3 + [1.0]


@pytest.mark.parametrize(
    ("right", "count", "weight"),
    [(0, 0, WEIGHT), (9, 9, WEIGHT), (10, 10, 1.0), (6, 10, WEIGHT), (95, 100, 1.0)],
)
def test_few_or_wrong_known_answers_prove_nothing(right: int, count: int, weight: float) -> None:
    assert bulk_weight(right, count) == weight


# ------------------------------------------------------------------------------ over HTTP


@pytest.fixture
def proposed(project: Project) -> Project:
    """The first six items look like a 7 to a model, the next three like a 1."""
    snapshot = Snapshot.objects.create(
        project=project, sha256="5" * 64, items=3, labelled=2, votes=6, classes=["1", "7"]
    )
    run = TrainingRun.objects.create(project=project, snapshot=snapshot, recipe="hog_logreg")
    version = ModelVersion.objects.create(project=project, run=run, number=1, sha256="6" * 64)
    for number, task in enumerate(tasks_of(project)[:9]):
        Score.objects.create(
            task_id=task,
            version=version,
            predicted="7" if number < 6 else "1",
            probability=0.9,
            value=0.1,
        )
    return project


def test_a_labeler_confirms_what_a_model_proposes(
    proposed: Project, make_client: MakeClient, django_assert_max_num_queries: Any
) -> None:
    labeler = make_client(factories.labelers_of(proposed)[0])
    url = f"/api/v1/projects/{proposed.pk}/grid/"
    groups = labeler.get(f"{url}groups/").json()["groups"]
    assert groups == [{"label": "7", "count": 6}, {"label": "1", "count": 3}]
    with django_assert_max_num_queries(6):
        page = labeler.get(url, {"label": "7", "limit": 4}).json()
    assert len(page["results"]) == 4 and page["next"]
    assert set(page["results"][0]) == {"task", "thumb_url", "filename", "width", "height"}
    body = {"key": "k", "label": "7", "tasks": [tile["task"] for tile in page["results"][1:]]}
    assert labeler.post(f"{url}confirm/", body, format="json").json() == {
        "kept": 3, "repeated": 0, "left": []
    }  # fmt: skip
    assert labeler.get(f"{url}groups/").json()["groups"][0] == {"label": "1", "count": 3}


def test_labelers_are_not_shown_what_others_say(proposed: Project, make_client: MakeClient) -> None:
    first, second, _ = factories.labelers_of(proposed)
    factories.vote(proposed, first, "4", seat=factories.lease(proposed, first))
    url = f"/api/v1/projects/{proposed.pk}/grid/groups/"
    refused = make_client(second).get(url, {"by": "consensus"})
    assert refused.status_code == 403
    manager = make_client(proposed.created_by)
    assert manager.get(url, {"by": "consensus"}).json()["groups"] == [{"label": "4", "count": 1}]


def test_other_kinds_of_questions_have_no_grid(make_client: MakeClient) -> None:
    project = factories.project(items=0, labels=["same", "different"], task_type="pair")
    url = f"/api/v1/projects/{project.pk}/grid/groups/"
    refused = make_client(project.created_by).get(url)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_grid")
