"""Scores and order: what is predicted, in which order tasks are then leased, and why."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.conf import settings
from django.utils import timezone

from active_learning.actions.order import projects_to_order
from active_learning.actions.publish import (
    artifact_folder,
    promote_version,
    score_soon,
    serving_version,
)
from active_learning.actions.rank import (
    Scores,
    priorities_of,
    rank_tasks,
    sentence,
    strategy_of,
    writing_order,
)
from active_learning.actions.score import score_items
from active_learning.models import ModelVersion, Score
from annotations.actions.project import open_tasks
from annotations.models import Project, Seat
from labelhub import storage
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
    score = Score.objects.select_related("task__item__known_label").first()
    assert score.predicted in "0123456789" and 0.1 <= score.probability <= 1


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
    assert work() == ["score_items"]
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
    for seat in Seat.objects.select_related("task"):
        assert seat.priority == seat.task.priority


def test_equal_scores_are_served_by_rising_id() -> None:
    scores = scores_for([30, 10, 20, 40], [0.5, 0.5, 0.5, 0.9])
    assert priorities_of(scores).tolist() == [0.25, 0.75, 0.5, 1.0]


def test_what_was_or_will_be_in_front_is_written_first() -> None:
    new, old = np.array([0.3, 0.1, 0.9, 0.2, 0.1]), np.array([0.2, 0.8, 0.1, 0.1, 0.3])
    assert writing_order(new, old, head=2).tolist() == [2, 1, 0, 3, 4]
    assert sorted(writing_order(new, old).tolist()) == [0, 1, 2, 3, 4]


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
