"""Programs and schemas that others wrote accept what is exported."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree
from PIL import Image

from annotations.exporters import EXPORTERS, ITEM_EXPORTERS
from annotations.exporters.base import Columns
from tests import labeled


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def unpacked(folder: Path, name: str, task_type: str, **options: Any) -> Path:
    file = io.BytesIO()
    items = labeled.items(task_type, **options)
    ITEM_EXPORTERS[name].write(items, labeled.question(task_type), file)
    zipfile.ZipFile(file).extractall(folder)
    return folder


def test_pycocotools_reads_boxes(folder: Path) -> None:
    from pycocotools.coco import COCO

    coco = COCO(str(unpacked(folder, "coco", "boxes") / "annotations.json"))
    assert len(coco.getImgIds()) == 2
    (image,) = coco.getImgIds(catIds=coco.getCatIds(["größe/7"]))
    found = coco.loadAnns(coco.getAnnIds(imgIds=[image]))
    assert [entry["bbox"] for entry in found] == [[1.5, 2, 10.25, 20], [0, 0, 40, 30]]
    assert found[0]["attributes"] == {"blur": "much", "occluded": True}


def test_pycocotools_draws_outlines_as_masks(folder: Path) -> None:
    from pycocotools.coco import COCO

    coco = COCO(str(unpacked(folder, "coco", "polygons") / "annotations.json"))
    (entry,) = coco.loadAnns(coco.getAnnIds())
    assert coco.annToMask(entry).sum() == pytest.approx(entry["area"], rel=0.1)


def test_pycocotools_scores_keypoints_against_themselves(folder: Path) -> None:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    truth = COCO(str(unpacked(folder, "coco", "keypoints") / "annotations.json"))
    document = json.loads((folder / "annotations.json").read_text())
    assert document["categories"][0]["skeleton"] == [[1, 3]]
    assert [entry["num_keypoints"] for entry in document["annotations"]] == [2, 3]
    names = ("image_id", "category_id", "keypoints", "score")
    guesses = truth.loadRes([{k: entry[k] for k in names} for entry in document["annotations"]])
    scoring = COCOeval(truth, guesses, "keypoints")
    scoring.params.kpt_oks_sigmas = scoring.params.kpt_oks_sigmas[:3]
    scoring.evaluate()
    found = [match for match in scoring.evalImgs if match and match["dtIds"]]
    assert found and all(match["dtMatches"].all() for match in found)


@pytest.mark.parametrize("name", ["page_xml", "page_regions", "alto"])
@pytest.mark.parametrize("votes", [False, True])
def test_the_official_schemas_accept_pages(
    folder: Path, shared_data: Path, name: str, votes: bool
) -> None:
    file = {"alto": "alto-4-4.offline.xsd"}.get(name, "page-2019-07-15.xsd")
    schema = etree.XMLSchema(etree.parse(shared_data / "domain" / "schemas" / file))
    (task_type,) = ITEM_EXPORTERS[name].task_types
    pages = sorted(unpacked(folder, name, task_type, votes=votes).rglob("*.xml"))
    assert len(pages) == len(labeled.ANSWERS[task_type])
    for page in pages:
        schema.assertValid(etree.parse(page))


def test_yaml_reads_the_description_of_yolo_data(folder: Path) -> None:
    path = unpacked(folder, "yolo", "keypoints")
    data = yaml.safe_load((path / "data.yaml").read_text())
    assert data["names"] == {0: "cat & dog", 1: "größe/7", 2: "old"}
    assert (data["kpt_shape"], data["flip_idx"]) == ([3, 3], [1, 0, 2])
    assert (data["train"], data["val"]) == ("images/train", "images/test")
    line = (path / "labels" / "train" / "dir 0" / "pic.0.txt").read_text().splitlines()[0]
    assert len(line.split()) == 1 + 4 + 3 * 3


def test_pyarrow_reads_typed_columns() -> None:
    import pyarrow.parquet

    columns: Columns = {"task": "whole", "label": "text", "sure": "number", "ok": "flag"}
    file = io.BytesIO()
    rows = [{"task": 1, "label": "7", "sure": 0.5, "ok": True}, {"task": 2}]
    EXPORTERS["parquet"].write(rows, columns, file)
    table = pyarrow.parquet.read_table(io.BytesIO(file.getvalue()))
    assert [str(field.type) for field in table.schema] == ["int64", "string", "double", "bool"]
    assert table.to_pylist()[1] == {"task": 2, "label": None, "sure": None, "ok": None}


def test_masks_hold_the_class_of_each_pixel(folder: Path) -> None:
    path = unpacked(folder, "masks", "polygons")
    mask = Image.open(path / "masks" / "dir 0" / "pic.0.png")
    assert (mask.mode, mask.size) == ("P", (labeled.WIDTH, labeled.HEIGHT))
    number = int(mask.getpixel((10, 8)))  # type: ignore[arg-type]
    assert json.loads((path / "classes.json").read_text())[str(number)] == "größe/7"
    assert mask.getpixel((30, 25)) == 0


def test_the_files_are_those_that_the_formats_describe(folder: Path) -> None:
    path = unpacked(folder, "pts", "keypoints")
    lines = (path / "dir 0" / "pic.0.pts").read_text().splitlines()
    assert lines == ["version: 1", "n_points: 3", "{", "31.5 21.25", "11 21", "0 0", "}"]
    path = unpacked(folder, "wider_face", "boxes")
    lines = (path / "wider_face.txt").read_text().splitlines()
    assert lines[:3] == ["dir 0/pic.0.png", "2", "2 2 10 20 2 0 0 0 0 0 "]
    assert lines[4:] == ["dir 1/pic.1.png", "0", "0 0 0 0 0 0 0 0 0 0 "]
    path = unpacked(folder, "kraken", "transcription")
    assert (path / "dir 2" / "pic.2.gt.txt").read_text() == "line one line two\n"
    assert not (path / "dir 1" / "pic.1.gt.txt").exists()
