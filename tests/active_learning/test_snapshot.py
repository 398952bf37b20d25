"""Settled labels -> snapshot: what is in it, what never is, and when it is the same one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import active_learning
from active_learning.actions.pin import pin_task
from active_learning.actions.snapshot import NotEnoughLabels, freeze_snapshot, snapshot_folder
from active_learning.learning.datasets.snapshot import Item, read_snapshot
from active_learning.models import Snapshot
from annotations.models import Project, Task
from tests.active_learning.conftest import MakeProject, open_tasks_of, settle


def items_of(snapshot: Snapshot, role: str) -> list[Item]:
    return list(read_snapshot(snapshot_folder(snapshot.sha256)).part(role))


def ids_of(project: Project, **of_tasks: str) -> set[int]:
    return set(project.tasks.filter(**of_tasks).values_list("item_id", flat=True))


def test_the_same_labels_give_the_same_snapshot(digits: MakeProject) -> None:
    project = digits(40, active=20)
    first = freeze_snapshot(project=project, arm="active")
    assert freeze_snapshot(project=project, arm="active") == first
    assert Snapshot.objects.count() == 1


def test_one_more_label_gives_another_snapshot_and_leaves_the_first_alone(
    digits: MakeProject,
) -> None:
    project = digits(40, active=20)
    first = freeze_snapshot(project=project, arm="active")
    settle(open_tasks_of(project, "active", 1))
    second = freeze_snapshot(project=project, arm="active")
    assert (len(items_of(first, "train")), len(items_of(second, "train"))) == (20, 21)


def test_uniformly_drawn_items_are_held_out_and_never_trained_on(digits: MakeProject) -> None:
    project = digits(100, active=30, random=12)
    snapshot = freeze_snapshot(project=project, arm="active")
    random = ids_of(project, arm="random")
    assert {item.id for item in items_of(snapshot, "holdout")} <= random
    assert len(items_of(snapshot, "holdout")) == 12
    learned_from = items_of(snapshot, "train") + items_of(snapshot, "validation")
    assert not random & {item.id for item in learned_from + items_of(snapshot, "pool")}


def test_the_control_learns_from_uniformly_drawn_items_alone(digits: MakeProject) -> None:
    project = digits(100, active=30, random=12)
    snapshot = freeze_snapshot(project=project, arm="random")
    trained_on = {item.id for item in items_of(snapshot, "train")}
    assert trained_on == ids_of(project, arm="random", status="settled")
    assert not items_of(snapshot, "validation") and not items_of(snapshot, "holdout")


def test_a_target_is_the_consensus_distribution_weighted_by_confidence(
    digits: MakeProject,
) -> None:
    project = digits(30, active=10)
    task = project.tasks.filter(status="settled").first()
    distribution = {"4": 0.6, "9": 0.39999, "1": 0.00001}
    Task.objects.filter(pk=task.pk).update(label="4", distribution=distribution, confidence=0.6)
    snapshot = freeze_snapshot(project=project, arm="active")
    (item,) = [item for item in items_of(snapshot, "train") if item.id == task.item_id]
    assert item.target == {"4": 0.6, "9": 0.4} and item.weight == 0.6


def test_groups_are_never_torn_between_training_and_validation(digits: MakeProject) -> None:
    project = digits(120, active=100, groups=[f"writer {n}" for n in range(12)])
    snapshot = freeze_snapshot(project=project, arm="active")
    train = {item.group for item in items_of(snapshot, "train")}
    validation = {item.group for item in items_of(snapshot, "validation")}
    assert validation and not train & validation


def test_an_item_stays_in_validation_while_labels_come_in(digits: MakeProject) -> None:
    project = digits(150, active=80)
    before = items_of(freeze_snapshot(project=project, arm="active"), "validation")
    settle(open_tasks_of(project, "active", 40))
    after = items_of(freeze_snapshot(project=project, arm="active"), "validation")
    assert before and {item.id for item in before} < {item.id for item in after}


def test_few_large_groups_still_give_a_validation_slice(digits: MakeProject) -> None:
    project = digits(120, active=100, groups=["ann", "ben", "cy", "di", "eve"])
    snapshot = freeze_snapshot(project=project, arm="active")
    assert len({item.group for item in items_of(snapshot, "validation")}) == 1


def test_few_labels_are_all_trained_on(digits: MakeProject) -> None:
    snapshot = freeze_snapshot(project=digits(60, active=40), arm="active")
    assert len(items_of(snapshot, "train")) == 40


def test_labels_of_one_class_are_refused_with_the_reason(digits: MakeProject) -> None:
    project = digits(30)
    settle(open_tasks_of(project, "active", 20), label="3")
    with pytest.raises(NotEnoughLabels, match="20 labels of 1 class"):
        freeze_snapshot(project=project, arm="active")


def test_known_labels_are_not_asked_for(digits: MakeProject) -> None:
    project = digits(60, active=30)
    with CaptureQueriesContext(connection) as queries:
        freeze_snapshot(project=project, arm="active")
    assert len(queries) and not any("knownlabel" in query["sql"] for query in queries)


def test_nothing_that_learns_names_known_labels_or_who_reads_them() -> None:
    """The simulator may know the truth; nothing else of active learning may, or know it."""
    folder = Path(active_learning.__file__).parent
    learns = [path for path in folder.rglob("*.py") if "simulat" not in str(path)]
    told = re.compile(r"(?<!un)known_?label|simulat(ion|e) import", re.IGNORECASE)
    assert len(learns) > 30
    assert [path.name for path in learns if told.search(path.read_text("utf-8"))] == []


def test_a_snapshot_folder_does_not_depend_on_where_the_data_lies(digits: MakeProject) -> None:
    snapshot = freeze_snapshot(project=digits(30, active=20), arm="active")
    assert all(not item.file.is_absolute() for item in items_of(snapshot, "train"))


def test_an_item_that_too_few_labelers_saw_is_neither_measured_by_nor_trained_on(
    digits: MakeProject,
) -> None:
    project = digits(100, active=30, random=12)
    thin = project.tasks.filter(arm="random", status="settled").first()
    Task.objects.filter(pk=thin.pk).update(votes=2)
    snapshot = freeze_snapshot(project=project, arm="active")
    assert len(items_of(snapshot, "holdout")) == 11
    assert thin.item_id not in {item.id for item in items_of(snapshot, "train")}


def test_a_pinned_item_is_not_trained_on_and_not_in_the_holdout(digits: MakeProject) -> None:
    project = digits(60, active=30)
    task = project.tasks.filter(status="settled").first()
    pin_task(task=task, by=project.created_by, note="the boss's own hand")
    snapshot = freeze_snapshot(project=project, arm="active")
    assert [item.id for item in items_of(snapshot, "critical")] == [task.item_id]
    assert len(items_of(snapshot, "train")) == 29


def test_whole_groups_are_held_out_where_there_are_many(digits: MakeProject) -> None:
    project = digits(150, random=10, groups=[f"writer {n}" for n in range(30)])
    held_out = set(project.tasks.filter(arm="random").values_list("item__group", flat=True))
    others = set(project.tasks.filter(arm="active").values_list("item__group", flat=True))
    assert project.split_by_group and held_out and not held_out & others


def test_what_people_dispute_is_part_of_the_holdout(digits: MakeProject) -> None:
    project = digits(60, active=20, random=4)
    for arm in ("random", "active"):
        one = project.tasks.filter(arm=arm, status="settled")[0]
        other = "1" if one.label != "1" else "2"
        doubt = {one.label: 0.5, other: 0.3}
        project.tasks.filter(pk=one.pk).update(
            status="disputed", confidence=0.5, distribution=doubt
        )
    snapshot = freeze_snapshot(project=project, arm="active")
    assert len(items_of(snapshot, "holdout")) == 4 and len(items_of(snapshot, "train")) == 19
    assert min(item.weight for item in items_of(snapshot, "holdout")) == 0.5
