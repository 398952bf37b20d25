"""Formats that need the whole import to be read: what was exported comes back, as asked for."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from annotations.actions.export import Order, write_labels
from annotations.actions.given_answers import PLAIN, ImportOptions
from annotations.actions.pairs import add_pairs
from annotations.actions.upload import upload_items
from annotations.exporters import EXPORTERS, ITEM_EXPORTERS
from annotations.exporters.masks import mask
from annotations.intake.pairs import read_pairs
from annotations.intake.sources import from_path
from annotations.models import Annotation, Dataset, GivenAnswer, GoldItem, KnownLabel, Project, Task
from annotations.task_types import ALL_TASK_TYPES
from tests import factories, labeled
from tests.contracts.test_round_trips import COLUMNS, picture, row

pytestmark = pytest.mark.django_db


def imported(path: Path, options: ImportOptions = PLAIN) -> Dataset:
    dataset = factories.dataset()
    report = upload_items(dataset=dataset, members=from_path(path), options=options)
    assert not report.counts["refused"] and not report.counts["rows_refused"], report.as_json()
    return dataset


def known(dataset: Dataset) -> dict[str, Any]:
    """What is known of each picture, by the end of its path."""
    rows = KnownLabel.objects.filter(item__dataset=dataset).select_related("item")
    return {"/".join(row.item.path.split("/")[-2:]): row.answer or row.value for row in rows}


def test_class_folders_come_back_with_their_table(tmp_path: Path) -> None:
    path = tmp_path / "folders.zip"
    with path.open("wb") as file:
        ITEM_EXPORTERS["folders"].write(labeled.items("choice"), labeled.question("choice"), file)
    dataset = imported(path)
    assert sorted(KnownLabel.objects.values_list("value", flat=True)) == ["cat & dog", "größe/7"]
    assert dict(dataset.items.values_list("filename", "split")) == {
        "pic.0.png": "train", "pic.1.png": "test",
    }  # fmt: skip
    assert set(dataset.items.values_list("group", flat=True)) == {"writer 1"}


@pytest.mark.parametrize("task_type", sorted(set(labeled.ANSWERS) - {"pair"}))
def test_rows_of_parquet_come_back(tmp_path: Path, task_type: str) -> None:
    pytest.importorskip("pyarrow")
    items = labeled.items(task_type)
    for item in items:
        (tmp_path / item.path).parent.mkdir(parents=True)
        (tmp_path / item.path).write_bytes(picture(item))
    with (tmp_path / "rows.parquet").open("wb") as file:
        EXPORTERS["parquet"].write([row(item) for item in items], COLUMNS, file)
    dataset = imported(tmp_path)
    assert known(dataset) == {item.path: item.answer for item in items}


@pytest.mark.parametrize("role", ["known", "vote", "proposal"])
def test_masks_come_back_as_outlines_that_draw_them(tmp_path: Path, role: str) -> None:
    path = tmp_path / "masks.zip"
    items = labeled.items("polygons")
    with path.open("wb") as file:
        ITEM_EXPORTERS["masks"].write(items, labeled.question("polygons"), file)
    dataset = imported(path, ImportOptions("masks", role, "the masks"))
    assert dataset.items.count() == len(items)  # the masks themselves are none
    rows: Any = KnownLabel.objects if role == "known" else GivenAnswer.objects.filter(role=role)
    found = {each.item.filename: each.answer for each in rows.all()}
    numbers = {name: n for n, name in enumerate(labeled.question("polygons").labels, start=1)}
    for item in items:
        answer = found[Path(item.path).name]
        schema = labeled.question("polygons").schema
        checked = ALL_TASK_TYPES["polygons"].check_answer(answer, schema, (item.width, item.height))
        again = labeled.LabeledItem(1, "x.png", item.width, item.height, answer=checked)
        first, second = (
            np.asarray(Image.open(io.BytesIO(mask(each, numbers)))) for each in (item, again)
        )
        assert np.mean(first != second) < 0.01
        assert len(answer["polygons"]) == len(item.answer["polygons"] if item.answer else [])


# --------------------------------------------------------------------------------------- pairs


@pytest.fixture
def answered() -> Project:
    """Four pairs of three people's pictures, with their answers."""
    project = factories.project(items=0, schema={}, task_type="pair")
    for name, count in (("Ada_Lovelace", 2), ("Bo", 2), ("Cy", 1)):
        for number in range(1, count + 1):
            item = factories.add_items(project.dataset, 1, group=name)[0]
            item.filename = f"{name}_{number:04}.jpg"
            item.save()
    pairs = [
        ("Ada_Lovelace_0001", "Ada_Lovelace_0002"),
        ("Bo_0001", "Bo_0002"),
        ("Ada_Lovelace_0001", "Bo_0001"),
        ("Bo_0002", "Cy_0001"),
    ]
    text = "first,second\n" + "".join(f"{one}.jpg,{other}.jpg\n" for one, other in pairs)
    assert add_pairs(project=project, by=owner(project), pairs=read_pairs(text.encode())).made == 4
    for task in Task.objects.filter(project=project).select_related("item", "other_item"):
        assert task.other_item is not None
        same = "same" if task.item.group == task.other_item.group else "different"
        Task.objects.filter(pk=task.pk).update(
            status="settled", label=same, answer={"choice": same}, confidence=0.9
        )
    return project


def owner(project: Project) -> Any:
    assert project.created_by is not None
    return project.created_by


def said(project: Project) -> dict[frozenset[str], str]:
    """The label of each pair of file names."""
    file = io.BytesIO()
    order = Order.of(project, "lfw_pairs", "consensus", {"status": "all"})
    write_labels(order=order, file=file)
    with zipfile.ZipFile(file) as archive:
        lines = [line.split("\t") for line in archive.read("pairs.txt").decode().splitlines()[1:]]
    ends = (
        [(p[0], p[1]), (p[0], p[2])] if len(p) == 3 else [(p[0], p[1]), (p[2], p[3])] for p in lines
    )
    return {
        frozenset(f"{name}_{int(number):04}" for name, number in pair): label
        for pair, label in zip(
            ends, ("same" if len(p) == 3 else "different" for p in lines), strict=True
        )
    }


@pytest.mark.parametrize("become", ["gold", "votes"])
def test_lfw_pairs_come_back_in_a_project_of_the_same_pictures(
    answered: Project, become: str
) -> None:
    file = io.BytesIO()
    write_labels(order=Order.of(answered, "lfw_pairs", "consensus", {}), file=file)
    with zipfile.ZipFile(file) as archive:
        pairs = read_pairs(archive.read("pairs.txt"))
    other = factories.project(
        on=answered.dataset, schema={}, task_type="pair", min_votes=1, max_votes=2
    )
    how: dict[str, Any] = {"gold": True} if become == "gold" else {"votes_of": "LFW"}
    report = add_pairs(project=other, by=owner(other), pairs=pairs, **how)
    assert (report.made, report.gold + report.votes, report.refused) == (4, 4, {})
    wanted = said(answered)
    assert len(wanted) == 4
    if become == "gold":
        assert GoldItem.objects.filter(task__project=other).count() == 4
        assert said(other) == wanted
    else:
        votes = Annotation.objects.filter(project=other).select_related(
            "task__item", "task__other_item"
        )
        names = {
            frozenset(
                Path(i.filename).stem for i in (v.task.item, v.task.other_item) if i
            ): v.answer["choice"]
            for v in votes
        }
        assert names == wanted
        assert {vote.labeler.display_name for vote in votes} == {"LFW"}
    # A second time nothing is added.
    again = add_pairs(project=other, by=owner(other), pairs=pairs, **how)
    assert (again.made, again.gold, again.votes) == (0, 0, 0)
