"""Every format that goes out and in: what was exported comes back as the same labels."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from annotations.exporters import EXPORTERS, ITEM_EXPORTERS
from annotations.exporters.base import Columns
from annotations.exporters.items import BOTH, LabeledItem
from annotations.intake.formats import FORMATS
from tests import labeled
from tests.trees import answers, told, tree, tree_of_zip

# Formats that only a whole import reads: `test_round_trips_through_imports` has them.
WHOLE = ("folders", "masks", "lfw_pairs", "parquet")
# Formats that are read under another name, or only where they are asked for.
READ_AS = {"page_regions": "page_xml", "folders": "", "lfw_pairs": "", "parquet": "jsonl"}
ASKED_FOR = {"text": "text"}
# What a format can say of coordinates: how many pixels they may differ.
ROUNDED = {"voc": 1.0, "wider_face": 1.0, "page_xml": 1.0, "page_regions": 1.0}
EXACT = 1e-6  # shares and percents are divided and multiplied again
# Facts that a format has no place for, as its note says; they are compared without.
WITHOUT = {
    "yolo": ("attributes",),
    "wider_face": ("attributes", "label"),
    "pts": ("label", "visibility"),
}
PAIRS = [
    (name, task_type)
    for name, exporter in ITEM_EXPORTERS.items()
    if name not in WHOLE
    for task_type in exporter.task_types
]


def exported(name: str, task_type: str, **options: Any) -> zipfile.ZipFile:
    file = io.BytesIO()
    items = labeled.items(task_type, **options)
    ITEM_EXPORTERS[name].write(items, labeled.question(task_type), file)
    return zipfile.ZipFile(file)


@pytest.mark.parametrize("name", sorted({*EXPORTERS, *ITEM_EXPORTERS}))
def test_every_export_format_is_read(name: str) -> None:
    assert READ_AS.get(name, name) in {*FORMATS, ""}


@pytest.mark.parametrize(("name", "task_type"), PAIRS)
def test_labels_come_back(name: str, task_type: str) -> None:
    archive = exported(name, task_type)
    records, problems = told(tree_of_zip(archive), ASKED_FOR.get(name, ""))
    lost = [problem for problem in problems if problem.name not in ("points.txt", "config.xml")]
    assert not lost, [(p.name, p.refusal) for p in lost]
    found = {path.partition("dir ")[2]: answer for path, answer in answers(records).items()}
    for item in labeled.items(task_type):
        wanted = item.answer
        assert wanted is not None
        if wanted.get("illegible") and name in ("text", "kraken"):
            continue  # has no file
        if wanted.get("instances") == [] and name == "pts":
            continue  # has no file either
        same(kept(name, wanted), kept(name, found[item.path.partition("dir ")[2]]), name)


def kept(name: str, answer: dict[str, Any]) -> Any:
    """An answer without what the format cannot say."""
    document = json.loads(json.dumps(answer))
    if name == "kraken":
        return {"text": document["text"].replace("\n", " ")}
    lacking = WITHOUT.get(name, ())
    for part in [part for parts in document.values() if isinstance(parts, list) for part in parts]:
        if not isinstance(part, dict):
            continue
        for fact in lacking:
            part.pop(fact, None)
        if "visibility" in lacking:
            part["points"] = {k: [x, y, min(v, 1)] for k, (x, y, v) in part["points"].items()}
    return document


def same(a: Any, b: Any, name: str) -> None:
    if isinstance(a, dict):
        assert a.keys() == b.keys()
        for key in a:
            same(a[key], b[key], name)
    elif isinstance(a, list):
        assert len(a) == len(b)
        for one, other in zip(a, b, strict=True):
            same(one, other, name)
    elif isinstance(a, float | int) and not isinstance(a, bool):
        assert abs(a - b) <= ROUNDED.get(name, EXACT), (a, b)
    else:
        assert a == b


@pytest.mark.parametrize(
    ("name", "task_type"),
    [(name, kind) for name in ("coco", "label_studio") for kind in ITEM_EXPORTERS[name].task_types],
)
def test_votes_come_back_with_the_names_of_their_labelers(name: str, task_type: str) -> None:
    assert BOTH in ITEM_EXPORTERS[name].contents
    records, problems = told(tree_of_zip(exported(name, task_type, votes=True)))
    assert not [problem for problem in problems if problem.name != "config.xml"]
    for item in labeled.items(task_type, votes=True):
        given = {vote.labeler: vote.answer for vote in item.votes}
        found = {
            record.labeler: next(iter(record.answers.values()))
            for record in records
            if record.labeler and record.picture.path.endswith(item.path)
        }
        assert found.keys() == given.keys()
        for labeler, answer in given.items():
            same(kept(name, answer), kept(name, found[labeler]), name)


COLUMNS: Columns = {
    "filename": "text",
    "group": "text",
    "split": "text",
    "answer": "json",
    "label": "text",
    "confidence": "number",
}


@pytest.mark.parametrize("name", sorted(set(EXPORTERS) - set(WHOLE)))
@pytest.mark.parametrize("task_type", sorted(labeled.ANSWERS))
def test_rows_come_back(name: str, task_type: str) -> None:
    exporter = EXPORTERS[name]
    items = labeled.items(task_type)
    file = io.BytesIO()
    exporter.write([row(item) for item in items], COLUMNS, file)
    files = {item.path: picture(item) for item in items}
    records, problems = told(tree({**files, f"rows{exporter.suffix}": file.getvalue()}))
    assert not problems
    found = answers(records)
    assert found == {item.path: item.answer for item in items}
    assert {record.group for record in records} == {"writer 1"}
    assert [record.split for record in records] == [item.split for item in items]


def row(item: LabeledItem) -> dict[str, Any]:
    facts = {"filename": item.path, "group": item.group, "split": item.split}
    return facts | {"answer": item.answer, "label": "=a label", "confidence": item.confidence}


def picture(item: LabeledItem) -> bytes:
    assert item.picture is not None
    return item.picture().read()
