"""The commands that import: a path into a dataset, and the samples of the libraries."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotations.models import Dataset, GivenAnswer, Item, KnownLabel, Project, Task
from tests import factories
from tests.pictures import png, zipped

pytestmark = pytest.mark.django_db


def _run(*words: object) -> str:
    out = io.StringIO()
    call_command(*(str(word) for word in words), stdout=out)
    return out.getvalue()


def test_a_folder_becomes_a_new_dataset_of_the_first_administrator(tmp_path: Path) -> None:
    owner = factories.admin()
    (tmp_path / "a.png").write_bytes(png(1))
    (tmp_path / "bad.txt").write_bytes(b"text")
    told = _run("import_items", "scans", tmp_path)
    dataset = Dataset.objects.get(name="scans")
    assert (dataset.created_by, dataset.item_count) == (owner, 1)
    assert "bad.txt: This is not a picture" in told
    assert "1 taken" in told and "1 refused" in told


def test_a_zip_is_imported_twice_and_added_once(tmp_path: Path) -> None:
    path = tmp_path / "set.zip"
    path.write_bytes(zipped({"a.png": png(1), "labels.csv": b"filename,label\na.png,7\n"}))
    _run("import_items", "set", path)
    report = json.loads(_run("import_items", "set", path, "--json"))
    assert (report["taken"], report["duplicate"], report["labels"]) == (0, 1, 0)
    assert Item.objects.filter(dataset__name="set").count() == 1


COCO = (
    b'{"images": [{"id": 1, "file_name": "a.png", "width": 40, "height": 30}],'
    b' "categories": [{"id": 1, "name": "cat"}],'
    b' "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 9, 9]}]}'
)


@pytest.fixture
def labeled(tmp_path: Path) -> Path:
    (tmp_path / "a.png").write_bytes(png(1))
    (tmp_path / "coco.json").write_bytes(COCO)
    return tmp_path


def test_a_dry_run_says_what_would_come_and_writes_nothing(labeled: Path) -> None:
    told = _run("import_items", "new", labeled, "--dry-run")
    assert "new (new): 1 taken" in told and "1 known labels" in told
    assert not Dataset.objects.exists()


def test_labels_become_votes_of_a_source_or_proposals(labeled: Path) -> None:
    with pytest.raises(CommandError, match="--source"):
        _run("import_items", "votes", labeled, "--role", "vote")
    _run("import_items", "votes", labeled, "--role", "vote", "--source", "team 3")
    _run("import_items", "votes", labeled, "--role", "proposal", "--format", "coco")
    rows = GivenAnswer.objects.values_list("role", "source", "task_type")
    assert sorted(rows) == [("proposal", "coco", "boxes"), ("vote", "team 3", "boxes")]
    assert not KnownLabel.objects.exists()


def test_a_format_that_is_asked_for_is_read_alone(labeled: Path) -> None:
    told = _run("import_items", "voc", labeled, "--format", "voc")
    assert "1 taken" in told and "0 known labels" in told and "coco.json" in told


def test_a_dataset_is_found_by_its_number(tmp_path: Path) -> None:
    dataset = factories.dataset()
    (tmp_path / "a.png").write_bytes(png(1))
    _run("import_items", dataset.pk, tmp_path / "a.png")
    assert dataset.items.count() == 1


def test_what_cannot_be_found_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"There is no .*nothing"):
        _run("import_items", "set", tmp_path / "nothing")
    with pytest.raises(CommandError, match="no dataset 987654"):
        _run("import_items", "987654", tmp_path)
    with pytest.raises(CommandError, match="no user 'nobody'"):
        _run("import_items", "set", tmp_path, "--owner", "nobody")
    for _ in range(2):
        Dataset.objects.create(name="twins")
    with pytest.raises(CommandError, match="Several datasets"):
        _run("import_items", "twins", tmp_path)


def test_samples_come_with_hidden_labels_and_a_project_on_the_pool() -> None:
    pytest.importorskip("skimage")
    factories.admin()
    _run("load_samples", "faces")
    dataset = Dataset.objects.get(name="Face or not")
    project = Project.objects.get(dataset=dataset)
    assert dataset.item_count == KnownLabel.objects.filter(item__dataset=dataset).count() == 200
    assert dataset.items.filter(split="test").count() == 40
    assert project.schema is not None and project.schema.label_names == ["face", "not face"]
    assert Task.objects.filter(project=project).count() == 160


def test_loading_samples_again_adds_nothing() -> None:
    pytest.importorskip("skimage")
    factories.admin()
    for _ in range(2):
        _run("load_samples", "faces")
    assert Item.objects.filter(dataset__name="Face or not").count() == 200
    assert Project.objects.filter(name="Face or not").count() == 1


def test_the_names_of_samples_do_not_tell_their_labels() -> None:
    pytest.importorskip("skimage")
    _run("load_samples", "faces", "--no-projects")
    faces = KnownLabel.objects.filter(item__dataset__name="Face or not", value="face")
    numbers = sorted(int(label.item.filename[8:11]) for label in faces.select_related("item"))
    assert numbers != list(range(100)) and min(numbers) < 50 < 150 < max(numbers)


def test_a_refused_part_without_a_line_is_told_by_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(1))
    xml = "<dataset><images><image file='a.png'/><image file='gone.png'/></images></dataset>"
    (tmp_path / "faces.xml").write_text(xml)
    told = _run("import_items", "faces", tmp_path)
    assert "faces.xml image 2, gone.png: " in told and "line 0" not in told
