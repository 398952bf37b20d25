"""Scores and order: what is predicted, in which order tasks are then leased, and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from active_learning.actions import keep_scores, rank, score
from active_learning.actions.keep_scores import keep_rows
from active_learning.actions.order import projects_to_order
from active_learning.actions.publish import (
    artifact_folder,
    promote_version,
    score_soon,
    serve_version,
    serving_version,
)
from active_learning.actions.rank import (
    Scores,
    priorities_of,
    rank_tasks,
    sentence,
    strategy_of,
)
from active_learning.actions.score import score_items
from active_learning.actions.write_order import writing_order
from active_learning.models import ModelVersion, Score
from annotations.actions.project import open_tasks
from annotations.models import Project, Seat, Task
from labelhub import storage
from labelhub.jobs.claim import ClaimLost
from labelhub.jobs.models import Job
from tests import factories
from tests.active_learning.conftest import MakeProject, Work, trained


def scores_for(ids: list[int], values: list[float]) -> Scores:
    probabilities = np.tile([0.5, 0.4, 0.1], (len(ids), 1))
    return Scores(np.asarray(ids), np.asarray(values), probabilities, ("4", "9", "1"), "margin")


def order_of(project: Project, arm: str = "active") -> list[int]:
    return list(
        project.tasks.filter(arm=arm).order_by("-priority", "pk").values_list("pk", flat=True)
    )


def test_every_open_task_gets_a_prediction_that_names_its_version(digits: MakeProject) -> None:
    project = digits(80, active=25)
    version = trained(project)
    scored = score_items(project=project)
    assert scored is not None and scored.scored == 55
    assert Score.objects.filter(version=version, task__status="open").count() == 55
    row = Score.objects.select_related("task__item__known_label").first()
    assert row.predicted in "0123456789" and 0.1 <= row.probability <= 1


def test_predictions_are_mostly_right(digits: MakeProject) -> None:
    project = digits(150, active=70)
    trained(project)
    score_items(project=project)
    rows = Score.objects.values_list("predicted", "task__item__known_label__value")
    assert sum(predicted == truth for predicted, truth in rows) > 0.75 * len(rows)


def test_the_least_certain_task_is_leased_first(digits: MakeProject) -> None:
    project = digits(80, active=25, labelers=1)
    trained(project)
    score_items(project=project)
    seat = factories.lease(project, factories.labelers_of(project)[0])
    assert seat.task.score.value == max(Score.objects.values_list("value", flat=True))


def test_scoring_again_replaces_the_scores(digits: MakeProject) -> None:
    project = digits(60, active=25)
    trained(project)
    score_items(project=project)
    Score.objects.update(predicted="?", probability=0)
    score_items(project=project)
    assert Score.objects.count() == 35 and not Score.objects.filter(predicted="?").exists()


def test_uniformly_drawn_tasks_keep_their_order(digits: MakeProject) -> None:
    project = digits(100, active=25, random=5)
    trained(project)
    random, active = order_of(project, "random"), order_of(project, "active")
    score_items(project=project)
    assert order_of(project, "random") == random and order_of(project, "active") != active


def test_an_unreadable_picture_is_left_out_alone(digits: MakeProject) -> None:
    project = digits(60, active=25)
    torn = factories.add_items(project.dataset, 1)
    storage.originals().path(torn[0].sha256).parent.mkdir(parents=True, exist_ok=True)
    storage.originals().path(torn[0].sha256).write_bytes(b"no picture")
    open_tasks(project=project)
    trained(project)
    scored = score_items(project=project)
    assert (scored.scored, scored.skipped) == (35, 1)


def test_tasks_that_are_added_later_wait_for_scores(digits: MakeProject) -> None:
    project = digits(60, active=25)
    trained(project)
    score_items(project=project)
    assert projects_to_order() == []
    factories.add_items(project.dataset, 2)
    open_tasks(project=project)
    assert projects_to_order() == [project.pk]
    score_soon(project.pk)
    assert projects_to_order() == []


@pytest.mark.django_db(transaction=True)
def test_going_back_to_an_older_version_has_the_queue_ordered_by_it(
    digits: MakeProject, work: Work
) -> None:
    project = digits(60, active=25)
    old = trained(project, serving=False)
    trained(project)
    promote_version(version=old, by=factories.admin())
    assert serving_version(project) == old
    # What it says of the labels enters the consensus, which is then fitted anew.
    assert work() == ["score_items", "refit_consensus"]
    assert set(Score.objects.values_list("version", flat=True)) == {old.pk}


def test_a_version_without_files_cannot_be_promoted_and_the_present_one_stays(
    digits: MakeProject,
) -> None:
    project = digits(60, active=25)
    lost, present = trained(project, serving=False), trained(project)
    lost.sha256 = "0" * 64
    with pytest.raises(Exception, match="missing"):
        promote_version(version=lost, by=factories.admin())
    assert serving_version(project) == present and not Job.objects.exists()


def test_ranking_moves_tasks_and_their_free_seats_together(digits: MakeProject) -> None:
    project = digits(6)
    ids = order_of(project)
    version = ModelVersion(project=project, number=7)
    scores = scores_for(ids, [0.1, 0.9, 0.5, 0.3, 0.2, 0.7])
    rank_tasks(project=project, version=version, scores=scores)
    assert order_of(project) == [ids[1], ids[5], ids[2], ids[3], ids[4], ids[0]]
    for seat in Seat.objects.exclude(lane=Seat.Lane.PARALLEL).select_related("task"):
        assert seat.priority == seat.task.priority


def test_equal_scores_are_served_by_rising_id() -> None:
    scores = scores_for([30, 10, 20, 40], [0.5, 0.5, 0.5, 0.9])
    assert priorities_of(scores).tolist() == [0.25, 0.75, 0.5, 1.0]


def test_what_was_or_will_be_in_front_is_written_first() -> None:
    new, old = np.array([0.3, 0.1, 0.9, 0.2, 0.1]), np.array([0.2, 0.8, 0.1, 0.1, 0.3])
    ids = np.array([30, 10, 20, 40, 50])
    assert writing_order(ids, new, old, head=2).tolist() == [2, 1, 0, 3, 4]
    assert sorted(writing_order(ids, new, old).tolist()) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("p", "q", "words"),
    [
        (0.52, 0.41, "The model hesitates between 4 (52 %) and 9 (41 %)."),
        (0.7, 0.2, "The model leans to 4 (70 %), then 9 (20 %)."),
        (0.97, 0.02, "The model is fairly sure that this is 4 (97 %)."),
    ],
)
def test_the_reason_is_told_in_words(p: float, q: float, words: str) -> None:
    assert sentence("4", p, "9", q) == words


def test_the_two_likeliest_classes_are_found_in_order() -> None:
    rows = np.array([[0.1, 0.2, 0.7], [0.4, 0.4, 0.2], [0.0, 1.0, 0.0]])
    scores = Scores(np.arange(3), np.zeros(3), rows, ("a", "b", "c"), "margin")
    columns, shares = scores.best_two()
    assert columns[:2].tolist() == [[2, 1], [0, 1]] and columns[2, 0] == 1
    assert shares[0].tolist() == [0.7, 0.2]


def test_a_strategy_that_is_not_known_any_more_falls_back(digits: MakeProject) -> None:
    project = digits(3, strategy="astrology")
    assert strategy_of(project) == "margin"


def test_uniform_order_says_so_and_is_the_same_each_time(digits: MakeProject) -> None:
    project = digits(60, active=25, strategy="uniform")
    trained(project)
    score_items(project=project)
    first = order_of(project)
    score_items(project=project)
    assert order_of(project) == first
    assert "random order" in project.tasks.filter(status="open").first().reason["text"]


@pytest.mark.django_db(transaction=True)
def test_a_scoring_that_fails_is_not_asked_for_again_at_once(
    digits: MakeProject, work: Work
) -> None:
    project = digits(60, active=25)
    version = trained(project)
    artifact = artifact_folder(version.sha256) / "weights.safetensors"
    sound = artifact.read_bytes()
    artifact.write_bytes(b"torn")
    score_soon(project.pk)
    work()
    artifact.write_bytes(sound)
    assert "weights.safetensors" in Job.objects.get().error["detail"]
    assert projects_to_order() == []
    Job.objects.update(finished_at=timezone.now() - timedelta(hours=1))
    assert projects_to_order() == [project.pk]


def test_another_strategy_has_the_queue_ordered_anew(digits: MakeProject) -> None:
    project = digits(60, active=25)
    trained(project)
    score_items(project=project)
    project.strategy = "entropy"
    project.save(update_fields=["strategy"])
    assert projects_to_order() == [project.pk]
    score_items(project=project)
    assert projects_to_order() == []


@pytest.mark.parametrize("strategy", ["entropy", "phased", "k_centre", "bald"])
def test_every_kind_of_strategy_orders_the_open_tasks_alone(
    digits: MakeProject, strategy: str
) -> None:
    """Some look at what is labelled too; one needs a network and gives way to the default."""
    project = digits(60, active=25, strategy=strategy)
    trained(project)
    scored = score_items(project=project)
    assert scored is not None and scored.scored == 35
    assert sorted(project.tasks.filter(status="open").values_list("priority", flat=True)) == [
        pytest.approx(1 - place / 35) for place in reversed(range(35))
    ]


def test_features_are_kept_for_the_next_scoring(digits: MakeProject) -> None:
    project = digits(60, active=25)
    trained(project)
    score_items(project=project)
    folder = settings.FEATURES_DIR / str(project.dataset_id)
    sizes = {path: path.stat().st_size for path in folder.iterdir()}
    score_items(project=project)
    assert {path: path.stat().st_size for path in folder.iterdir()} == sizes != {}


def test_what_stays_far_back_is_not_written_again_and_the_head_always_is(
    digits: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rank, "HEAD", 10)
    project = digits(90, active=40, strategy="margin")
    trained(project)
    first = score_items(project=project)
    assert first is not None and first.moved == 50
    order = list(project.tasks.filter(status="open").order_by("-priority", "pk"))
    again = score_items(project=project)
    assert again is not None and again.moved == 10  # nothing has changed: the head alone
    assert list(project.tasks.filter(status="open").order_by("-priority", "pk")) == order
    Task.objects.filter(pk=order[-1].pk).update(priority=0.99)
    third = score_items(project=project)
    assert third is not None and third.moved >= 10
    assert list(project.tasks.filter(status="open").order_by("-priority", "pk"))[-1] == order[-1]


class Seen:
    """What pages show of a project, asked while its scores are written."""

    def __init__(self, project: Project, client: Any) -> None:
        self.project, self.client = project, client
        self.tasks: list[set[tuple[int, str]]] = []
        self.groups: list[int] = []
        self.found: list[int] = []

    def look(self) -> None:
        address = f"/api/v1/projects/{self.project.pk}"
        rows = self.client.get(f"{address}/tasks/", {"limit": 200}).json()["results"]
        shown = [row["score"] for row in rows if row["score"]]
        self.tasks.append({(one["version"], one["predicted"]) for one in shown})
        groups = self.client.get(f"{address}/grid/groups/").json()["groups"]
        self.groups.append(sum(group["count"] for group in groups if group["label"] == "old"))
        old = self.client.get(f"{address}/tasks/", {"predicted": "old"}).json()["results"]
        self.found.append(len(old))

    def by_uncertainty(self, sign: str, limit: int) -> list[tuple[int, float | None]]:
        """All tasks over pages, with what the model is said to be sure of."""
        url: str | None = (
            f"/api/v1/projects/{self.project.pk}/tasks/?ordering={sign}uncertainty&limit={limit}"
        )
        rows: list[dict[str, Any]] = []
        while url:
            answer = self.client.get(url).json()
            rows, url = rows + answer["results"], answer["next"]
        return [(row["id"], (row["score"] or {}).get("probability")) for row in rows]


@pytest.fixture
def written_slowly(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Return a function that has scores written ten at a time, with something done in between."""

    def between(do: Callable[[], None]) -> None:
        class Claimed:
            def check(self) -> None:
                do()

        def keep(**options: Any) -> None:
            keep_rows(**options | {"claim": Claimed()})

        monkeypatch.setattr(keep_scores, "CHUNK", 10)
        monkeypatch.setattr(score, "keep_rows", keep)

    return between


def arrive_after(project: Project) -> None:
    """All open tasks are said to show `old` by version 1; then version 2 begins to serve."""
    trained(project)
    score_items(project=project)
    Score.objects.update(predicted="old", probability=0.5)
    serve_next(project)


def serve_next(project: Project) -> None:
    with transaction.atomic():
        serve_version(trained(project, serving=False))


def test_pages_show_one_version_until_all_of_the_next_is_there(
    digits: MakeProject, make_client: Callable[..., Any], written_slowly: Any
) -> None:
    project = digits(60, active=25)
    arrive_after(project)
    seen = Seen(project, make_client(project.created_by))
    written_slowly(seen.look)
    score_items(project=project)
    assert len(seen.tasks) >= 4
    assert all(tasks == {(1, "old")} for tasks in seen.tasks)
    assert set(seen.groups) == set(seen.found) == {35}
    seen.look()
    assert {version for version, _ in seen.tasks[-1]} == {2} and seen.found[-1] == 0
    assert seen.groups[-1] == 0


def test_a_writing_that_died_is_gone_on_with_and_shows_nothing_half_done(
    digits: MakeProject, make_client: Callable[..., Any], written_slowly: Any
) -> None:
    project = digits(60, active=25)
    arrive_after(project)
    seen = Seen(project, make_client(project.created_by))

    def die() -> None:
        seen.look()
        if len(seen.tasks) == 3:
            raise ClaimLost("another worker has the job")

    written_slowly(die)
    with pytest.raises(ClaimLost):
        score_items(project=project)
    assert set(Score.objects.values_list("version__number", flat=True)) == {1, 2}
    serve_next(project)  # a third version is there before the second one was shown
    written_slowly(seen.look)
    score_items(project=project)
    assert all(tasks == {(1, "old")} for tasks in seen.tasks)
    seen.look()
    assert {version for version, _ in seen.tasks[-1]} == {3}


def test_the_first_predictions_are_shown_all_at_once(
    digits: MakeProject, make_client: Callable[..., Any], written_slowly: Any
) -> None:
    project = digits(60, active=25)
    trained(project)
    seen = Seen(project, make_client(project.created_by))
    written_slowly(seen.look)
    score_items(project=project)
    assert len(seen.tasks) >= 4 and not any(seen.tasks)
    seen.look()
    assert {version for version, _ in seen.tasks[-1]} == {1}


def test_the_order_by_uncertainty_stays_until_all_of_the_next_version_is_there(
    digits: MakeProject, make_client: Callable[..., Any], written_slowly: Any
) -> None:
    project = digits(60, active=25)
    arrive_after(project)
    rows = list(Score.objects.order_by("task"))
    for place, row in enumerate(rows):
        row.probability = place * 8 % 35 // 2 / 20  # pairs of them are equal
    Score.objects.bulk_update(rows, ["probability"])
    rows[0].delete()  # the next version will be the first to say something of it
    seen = Seen(project, make_client(project.created_by))
    orders: list[list[Any]] = []

    def look() -> None:
        orders.append([seen.by_uncertainty("", 7), seen.by_uncertainty("-", 11)])

    look()
    written_slowly(look)
    score_items(project=project)
    assert len(orders) >= 4 and all(one == orders[0] for one in orders)
    surest, least_sure = orders[0]
    said = [chance for _, chance in least_sure[:34]]
    assert said == sorted(said) and len(set(said)) > 10
    assert [pk for pk, _ in surest[:34]] == [pk for pk, _ in least_sure[:34]][::-1]
    assert {pk for pk, _ in surest} == set(project.tasks.values_list("pk", flat=True))
    look()
    assert orders[-1] != orders[0]
    now = Score.objects.order_by("probability", "task").values_list("task", flat=True)
    assert [pk for pk, _ in orders[-1][1][:35]] == list(now)
