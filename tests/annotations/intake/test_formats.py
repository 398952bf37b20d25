"""Import formats on files as other programs write them, with their traps."""

from __future__ import annotations

import gzip
import io
import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotations.exporters import EXPORTERS
from annotations.intake.containers import container_members
from annotations.intake.documents import read_json, read_xml
from annotations.intake.formats.base import Record
from annotations.intake.formats.iam import detokenised
from annotations.intake.limits import DEFAULT
from annotations.intake.refusals import Refusal
from annotations.intake.sources import from_path
from tests.pictures import opened, png, zipped
from tests.trees import answers, formats_of, told, tree

A, B = png(1, 100, 80), png(2, 100, 80)


def read(files: dict[str, bytes | str], wanted: str = "") -> tuple[list[Record], list[str]]:
    """Records, and the codes of what was refused."""
    made = tree(
        {name: data.encode() if isinstance(data, str) else data for name, data in files.items()}
    )
    records, problems = told(made, wanted)
    return records, [problem.refusal.code for problem in problems]


def first(files: dict[str, bytes | str], wanted: str = "") -> dict[str, Any]:
    records, codes = read(files, wanted)
    assert codes == []
    return answers(records)


# ------------------------------------------------------------------------------- YOLO and VOC


def test_yolo_finds_pictures_below_images_and_its_split() -> None:
    files = {
        "data/images/val/a.png": A,
        "data/labels/val/a.txt": "1 0.5 0.5 0.2 0.5\n",
        "data/data.yaml": "names: [cat, dog]\nval: images/val\n",
    }
    (record,), codes = read(files)
    assert codes == [] and record.split == "val"
    (box,) = record.answers["boxes"]["boxes"]
    assert box == {"label": "dog", "x": 40, "y": 20, "width": 20, "height": 40}


def test_yolo_tells_outlines_and_poses_from_boxes() -> None:
    outline = first({"a.png": A, "a.txt": "0 0 0 0.5 0 0.5 0.5\n", "classes.txt": "cat\n"})
    assert outline["a.png"]["polygons"][0]["points"] == [[0, 0], [50, 0], [50, 40]]
    yaml = "names: {0: person}\nkpt_shape: [2, 3]\n"
    pose = first({"a.png": A, "labels/a.txt": "0 .5 .5 1 1 .1 .5 2 0 0 0\n", "data.yaml": yaml})
    assert pose["a.png"]["instances"][0]["points"] == {"0": [10, 40, 2], "1": [0, 0, 0]}


def test_yolo_refuses_lines_alone_and_marks_the_picture_partial() -> None:
    lines = "0 0.5 0.5 0.2 0.2\n0 0.5 0.5 9 9\nx 1 2 3 4\n0 nan 0.5 0.1 0.1\n"
    (record,), codes = read({"a.png": A, "labels/a.txt": lines})
    assert codes == ["box_out_of_bounds", "format_invalid", "box_invalid"]
    assert record.partial and len(record.answers["boxes"]["boxes"]) == 1


def test_voc_counts_from_one_and_reads_the_sets() -> None:
    xml = """<annotation><filename>a.png</filename><object><name>cat</name><truncated>1</truncated>
    <bndbox><xmin>1</xmin><ymin>1</ymin><xmax>1</xmax><ymax>1</ymax></bndbox></object></annotation>"""
    files = {
        "VOC/JPEGImages/a.png": A,
        "VOC/Annotations/a.xml": xml,
        "VOC/ImageSets/Main/val.txt": "a\n",
    }
    (record,), codes = read(files)
    (box,) = record.answers["boxes"]["boxes"]
    assert codes == [] and record.split == "val"
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 1, 1)
    assert box["attributes"] == {"truncated": True}


# ------------------------------------------------------------------------------------ faces


def test_wider_pictures_without_faces_survive_their_line_of_zeros() -> None:
    text = (
        "0--Parade/a.png\n0\n0 0 0 0 0 0 0 0 0 0 \n"
        "0--Parade/b.png\n2\n10 10 20 20 2 1 0 0 1 0 \n5 5 0 3 0 0 0 1 0 0 \n"
    )
    files = {"WIDER_val/images/0--Parade/a.png": A, "WIDER_val/images/0--Parade/b.png": B}
    records, codes = read({**files, "wider_face_split/wider_face_val_bbx_gt.txt": text})
    assert codes == ["box_invalid"]
    assert [record.split for record in records] == ["val", "val"]
    assert records[0].answers["boxes"] == {"boxes": []} and not records[0].partial
    (face,) = records[1].answers["boxes"]["boxes"]
    assert face["attributes"] == {"blur": "2", "expression": True, "occlusion": "1"}
    assert records[1].partial


def test_dlib_boxes_end_at_the_edge_of_the_picture() -> None:
    xml = """<?xml version='1.0' encoding='ISO-8859-1'?><dataset><images><image file='a.png'>
    <box top='-5' left='90' width='20' height='20'><part name='00' x='95' y='3'/></box>
    <box top='1' left='1' width='5' height='5' ignore='1'/></image></images></dataset>"""
    (record,), codes = read({"a.png": A, "t.xml": xml})
    assert codes == [] and record.partial
    assert list(record.answers) == ["keypoints", "boxes"]
    (box,) = record.answers["boxes"]["boxes"]
    assert (box["x"], box["y"], box["width"], box["height"]) == (90, 0, 10, 15)


def test_what_is_refused_of_dlib_is_named_by_image_and_box() -> None:
    xml = """<dataset><images><image file='a.png'><box top='1' left='1' width='5' height='5'/>
    <box top='1' left='1' width='-5' height='5'/></image><image file='gone.png'/></images></dataset>
    """
    records, problems = told(tree({"a.png": A, "t.xml": xml.encode()}))
    assert [problem.where for problem in problems] == ["image 1, box 2", "image 2"]
    assert [record.where for record in records] == ["image 1"]


def test_points_count_from_one_and_two_spaces_are_fine() -> None:
    pts = "version: 1\nn_points:  2\n{\n1 1\n50.5 40\n}\n"
    found = first({"a.png": A, "a.pts": pts})
    assert found["a.png"]["instances"][0]["points"] == {"00": [0, 0, 2], "01": [49.5, 39, 2]}


@pytest.mark.parametrize("bad", ["", "n_points: 3\n{\n1 1\n}\n", "n_points: 1\n{\n1 x\n}\n"])
def test_broken_points_are_a_problem_of_their_own(bad: str) -> None:
    good = "n_points: 1\n{\n5 5\n}\n"
    records, codes = read({"a.png": A, "b.png": B, "a.pts": bad, "b.pts": good})
    assert len(codes) == 1
    assert [record.picture.path for record in records if not record.partial] == ["b.png"]


def test_people_of_lfw_group_their_pictures() -> None:
    names = ("Ann_Lee/Ann_Lee_0001.jpg", "Ann_Lee/Ann_Lee_0002.jpg", "Bo/Bo_0001.jpg")
    records, codes = read({name: png(seed) for seed, name in enumerate(names)})
    assert codes == [] and [record.group for record in records] == ["Ann_Lee", "Ann_Lee", "Bo"]
    assert not any(record.answers for record in records)


# ---------------------------------------------------------------------------------- handwriting


def test_iam_lines_get_their_words_and_the_writer() -> None:
    lines = (
        '#--- lines.txt\na01-000u-00 ok 154 19 408 746 1661 89 A|"|MOVE|"|to|stop|,|we|\'ll|see|.\n'
    )
    forms = "#--- forms.txt\na01-000u 017 2 prt 7 5 52 36\n"
    files = {"lines/a01/a01-000u/a01-000u-00.png": A, "ascii/lines.txt": lines}
    (record,), codes = read({**files, "ascii/forms.txt": forms})
    assert codes == [] and record.group == "017"
    assert record.answers["transcription"]["text"] == 'A "MOVE" to stop, we\'ll see.'


def test_iam_words_have_a_tag_before_the_word() -> None:
    words = "a01-000u-00-01 ok 154 -1 -1 -1 -1 NN MOVE\n"
    assert first({"a01-000u-00-01.png": A, "words.txt": words}) == {
        "a01-000u-00-01.png": {"text": "MOVE"}
    }


def test_punctuation_stands_at_its_word() -> None:
    assert detokenised(["(", "so", ")", "he", "said", ":", '"', "no", '"', "!"]) == (
        '(so) he said: "no"!'
    )


def test_kraken_pairs_are_matched_by_their_stem() -> None:
    assert first({"p/l1.bin.png": A, "p/l1.bin.gt.txt": "Straße\n"}) == {
        "p/l1.bin.png": {"text": "Straße"}
    }


ALTO = """<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Description>
<MeasurementUnit>{unit}</MeasurementUnit><sourceImageInformation><fileName>a.png</fileName>
</sourceImageInformation></Description><Layout><Page WIDTH="{width}" HEIGHT="{height}"><PrintSpace>
<TextBlock ID="b"><TextLine ID="l" BASELINE="{base}" HPOS="10" VPOS="10" WIDTH="50" HEIGHT="20">
<Shape><Polygon POINTS="{points}"/></Shape><String CONTENT="two" WC="0.5"/><SP/>
<String CONTENT="words"/></TextLine></TextBlock></PrintSpace></Page></Layout></alto>"""


@pytest.mark.parametrize("points", ["10,10 60,10 60,30 10,30", "10 10 60 10 60 30 10 30"])
def test_alto_points_come_with_commas_and_without(points: str) -> None:
    xml = ALTO.format(unit="pixel", width=100, height=80, base="25", points=points)
    records, codes = read({"a.png": A, "a.xml": xml})
    line = next(record for record in records if record.cut)
    assert codes == [] and line.answers["transcription"] == {"text": "two words"}
    assert line.cut is not None and line.confidence == 0.5
    assert line.cut.polygon == [[10, 10], [60, 10], [60, 30], [10, 30]]
    assert line.cut.baseline == [[10, 25], [60, 25]]


def test_alto_in_millimetres_is_brought_to_the_pictures_pixels() -> None:
    points = "20,20 120,20 120,60 20,60"
    xml = ALTO.format(unit="mm10", width=200, height=160, base="50 50 60 60", points=points)
    records, _ = read({"a.png": A, "a.xml": xml})
    line = next(record for record in records if record.cut)
    assert line.cut is not None and line.cut.polygon == [[10, 10], [60, 10], [60, 30], [10, 30]]


def test_page_lines_come_in_their_reading_order() -> None:
    line = (
        '<TextLine id="{0}" custom="readingOrder {{index:{1};}}">'
        '<Coords points="1,1 50,1 50,9 1,9"/>'
        '<TextEquiv index="1"><Unicode>no</Unicode></TextEquiv>'
        '<TextEquiv index="0" conf="0.9"><Unicode>{0}</Unicode></TextEquiv></TextLine>'
    )
    xml = (
        '<PcGts xmlns="x"><Metadata/><Page imageFilename="a.png" imageWidth="100" imageHeight="80">'
        '<ReadingOrder><OrderedGroup><RegionRefIndexed index="1" regionRef="r1"/>'
        '<RegionRefIndexed index="0" regionRef="r2"/></OrderedGroup></ReadingOrder><Relations/>'
        f'<TextRegion id="r1" custom="structure {{type:heading;}}"><Coords points="1,1 9,1 9,9"/>'
        f'{line.format("c", 0)}</TextRegion><TextRegion id="r2"><Coords points="1,1 9,1 9,9"/>'
        f"{line.format('b', 1)}{line.format('a', 0)}</TextRegion></Page></PcGts>"
    )
    records, codes = read({"a.png": A, "page/a.xml": xml})
    assert codes == []
    assert [r.answers["transcription"]["text"] for r in records if r.cut] == ["a", "b", "c"]
    labels = [part["label"] for part in records[0].answers["polygons"]["polygons"]]
    assert labels == ["TextRegion", "heading"]


def test_pages_of_transkribus_and_escriptorium_give_all_their_lines(shared_data: Path) -> None:
    folder = shared_data / "domain" / "pages_xml"
    if not folder.is_dir():
        pytest.skip("the pages (../shared/data/domain/pages_xml) are not here")
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}
    made = tree(files)
    records, problems = told(made)
    assert [problem for problem in problems if problem.name != "README.md"] == []
    lines = [record for record in records if record.cut]
    expected = sum(data.count(b"<TextLine") for data in files.values())
    assert len(lines) == expected > 100
    assert formats_of(made) == {"page_xml", "alto"}
    assert sum(bool(line.answers) for line in lines) > 0.95 * expected


# ------------------------------------------------------------------------------ the others


def test_coco_reads_keypoints_before_boxes_and_reports_what_it_cannot_use() -> None:
    document = {
        "images": [{"id": 7, "file_name": "a.png"}, {"id": 8, "file_name": "gone.png"}],
        "categories": [{"id": 1, "name": "person", "keypoints": ["nose"], "skeleton": []}],
        "annotations": [
            {
                "id": 1,
                "image_id": 7,
                "category_id": 1,
                "bbox": [1, 1, 5, 5],
                "keypoints": [3, 3, 2],
            },
            {
                "id": 2,
                "image_id": 7,
                "category_id": 9,
                "bbox": [1, 1, 5, 5],
                "keypoints": [3, 3, 2],
            },
            {"id": 3, "image_id": 99, "category_id": 1},
            {"id": 4, "image_id": 7, "category_id": 1, "iscrowd": 1},
        ],
    }
    records, codes = read(
        {"images/a.png": A, "person_keypoints_val2017.json": json.dumps(document)}
    )
    assert sorted(codes) == ["format_invalid", "unknown_item", "unknown_item", "unknown_label"]
    (record,) = records
    assert list(record.answers) == ["keypoints", "boxes"]
    assert record.split == "val" and record.partial


def test_label_studio_annotators_are_votes_where_there_are_several() -> None:
    def entry(who: int, name: str) -> dict[str, Any]:
        result = {"type": "choices", "from_name": "c", "to_name": "i", "value": {"choices": [name]}}
        return {"completed_by": who, "result": [result]}

    task = {
        "data": {"image": "/data/upload/1/0a1b2c3d-a.png"},
        "annotations": [entry(1, "x"), entry(2, "y"), {"was_cancelled": True, "result": []}],
    }
    records, codes = read({"a.png": A, "project.json": json.dumps([task])})
    assert codes == []
    assert {r.labeler: r.answers["choice"]["choice"] for r in records} == {
        "Label Studio 1": "x",
        "Label Studio 2": "y",
    }


def test_cvat_of_video_says_what_to_export_instead() -> None:
    xml = "<annotations><version>1.1</version><track id='0' label='x'/></annotations>"
    assert read({"a.png": A, "annotations.xml": xml})[1] == ["format_invalid"]


def test_rows_name_pictures_texts_and_writers() -> None:
    rows = '{"file": "images/a.png", "text": "Söllingen", "writer": 1}\n\nnot json\n[1]\n'
    records, codes = read({"images/a.png": A, "labels.jsonl": rows})
    assert codes == ["json_invalid", "json_shape"]
    assert records[0].group == "1"
    assert records[0].answers == {"transcription": {"text": "Söllingen"}}


def test_class_folders_are_read_where_they_are_asked_for() -> None:
    files: dict[str, bytes | str] = {"set/train/cat/a.png": A, "set/test/dog/b.png": B}
    assert read(files)[0] == []
    records, _ = read(files, "folders")
    assert [(r.answers["choice"]["choice"], r.split) for r in records] == [
        ("cat", "train"),
        ("dog", "test"),
    ]


def test_idx_labels_are_named_by_emnists_mapping() -> None:
    labels = struct.pack(">II", 0x801, 2) + bytes([0, 1])
    files = {
        "emnist-letters-train/000000.png": A,
        "emnist-letters-train/000001.png": B,
        "emnist-letters-train-labels-idx1-ubyte": labels,
        "emnist-letters-mapping.txt": "0 65 97\n1 66 98\n",
    }
    records, codes = read(files)
    assert codes == []
    assert [r.answers["choice"]["choice"] for r in records] == ["A", "B"]
    assert records[0].split == "train"


def idx(count: int, *, side: int = 6) -> bytes:
    pixels = np.arange(count * side * side, dtype=np.uint8).tobytes()
    return struct.pack(">IIII", 0x803, count, side, side) + pixels


def taken_apart(name: str, data: bytes, folder: Path) -> dict[str, bytes | Refusal]:
    (folder / name).write_bytes(data)
    members = from_path(folder)
    return {member.path: member.refusal or member.data for member in members}


@pytest.mark.parametrize("packed", [False, True])
def test_idx_pictures_are_taken_apart(packed: bool, tmp_path: Path) -> None:
    data = gzip.compress(idx(3)) if packed else idx(3)
    name = "train-images-idx3-ubyte" + (".gz" if packed else "")
    found = taken_apart(name, data, tmp_path)
    assert list(found) == [f"train/00000{number}.png" for number in range(3)]
    first = found["train/000000.png"]
    assert isinstance(first, bytes)
    assert np.asarray(opened(first)).tolist() == np.arange(36).reshape(6, 6).tolist()


def test_emnist_is_turned_upright(tmp_path: Path) -> None:
    found = taken_apart("emnist-letters-train-images-idx3-ubyte", idx(1), tmp_path)
    data = found["emnist-letters-train/000000.png"]
    assert isinstance(data, bytes)
    assert np.asarray(opened(data)).T.tolist() == np.arange(36).reshape(6, 6).tolist()


def test_idx_that_ends_early_gives_what_came_until_then(tmp_path: Path) -> None:
    found = taken_apart("t10k-images.idx3-ubyte", idx(3)[:-1], tmp_path)
    assert list(found) == ["t10k/000000.png", "t10k/000001.png", "t10k-images.idx3-ubyte"]
    last = found["t10k-images.idx3-ubyte"]
    assert isinstance(last, Refusal) and last.code == "truncated"


def test_packed_idx_in_an_archive_is_taken_apart(tmp_path: Path) -> None:
    labels = struct.pack(">II", 0x801, 2) + bytes([3, 1])
    archive = zipped({
        "mnist/train-images-idx3-ubyte.gz": gzip.compress(idx(2)),
        "mnist/train-labels-idx1-ubyte.gz": gzip.compress(labels),
        "inner.tar.gz": gzip.compress(b"no tar at all"),
    })  # fmt: skip
    found = taken_apart("set.zip", archive, tmp_path)
    nested = found.pop("set.zip/inner.tar.gz")
    assert isinstance(nested, Refusal) and nested.code == "nested_archive"
    records, codes = read({path.removeprefix("set.zip/"): data for path, data in found.items()})  # type: ignore[misc]
    assert codes == []
    assert [record.answers["choice"]["choice"] for record in records] == ["3", "1"]


def test_packed_idx_that_never_ends_is_given_up() -> None:
    endless = struct.pack(">IIII", 0x803, 900_000, 4_000, 4_000) + bytes(20_000_000)
    members = container_members(
        io.BytesIO(gzip.compress(endless)), "x-idx3-ubyte.gz", "idx",
        replace(DEFAULT, archive_max_total_bytes=17_000_000),
    )  # fmt: skip
    refusals = [member.refusal for member in members if member.refusal]
    assert [refusal.code for refusal in refusals] == ["archive_bomb"]


def test_parquet_that_unpacks_without_end_takes_its_own_process_down(tmp_path: Path) -> None:
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    cell = bytes(25_000_000)
    table = arrow.table({"image": arrow.array([cell] * 80, arrow.large_binary())})
    parquet.write_table(table, tmp_path / "x.parquet", compression="zstd", use_dictionary=False)
    del table
    with (tmp_path / "x.parquet").open("rb") as file:
        limits = replace(DEFAULT, parquet_reader_bytes=1_500_000_000)
        members = list(container_members(file, "x.parquet", "parquet", limits))
    assert [member.refusal.code for member in members if member.refusal] == ["corrupt"]


def test_parquet_in_an_archive_is_read_too(tmp_path: Path) -> None:
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    out = io.BytesIO()
    parquet.write_table(arrow.table({"image": [A, B]}), out)
    found = taken_apart("set.zip", zipped({"t.parquet": out.getvalue()}), tmp_path)
    assert list(found.values())[:2] == [A, B]


def test_parquet_gives_pictures_and_their_classes_by_name(tmp_path: Path) -> None:
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    about = {"info": {"features": {"label": {"names": ["cat", "dog"], "_type": "ClassLabel"}}}}
    table = arrow.table({"image": [{"bytes": A, "path": "x.png"}, {"bytes": B}], "label": [1, 0]})
    table = table.replace_schema_metadata({"huggingface": json.dumps(about)})
    parquet.write_table(table, tmp_path / "train.parquet")
    found = {member.path: member.data for member in from_path(tmp_path)}
    assert list(found) == ["train/000000", "train/000001", "train/rows.jsonl"]
    records, codes = read(dict(found))
    assert codes == []
    assert [r.answers["choice"]["choice"] for r in records] == ["dog", "cat"]


def test_our_own_parquet_finds_its_pictures_by_name(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    with (tmp_path / "rows.parquet").open("wb") as file:
        rows = [{"filename": "a.png", "answer": {"text": "so"}}]
        EXPORTERS["parquet"].write(rows, {"filename": "text", "answer": "json"}, file)
    found = {member.path: member.data for member in from_path(tmp_path)}
    assert first({"a.png": A, **found}) == {"a.png": {"text": "so"}}


@pytest.mark.parametrize("data", [b"PAR1", b"PAR1" + b"x" * 100 + b"PAR1"])
def test_broken_parquet_is_refused(data: bytes, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    found = taken_apart("x.parquet", data, tmp_path)
    assert [refusal.code for refusal in found.values() if isinstance(refusal, Refusal)] == [
        "corrupt"
    ]


# ------------------------------------------------------------------------------- safe parsing


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/">%x;]><a/>',
        b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>',
        b"<a>" * 100 + b"</a>" * 100,
        b"<a><b></a>",
        b"",
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        b"<a>" + b"\xff" + b"</a>",
    ],
)
def test_xml_that_is_broken_or_defines_entities_is_refused(xml: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        read_xml(xml)
    assert caught.value.code == "xml_invalid"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{", "json_invalid"),
        (b"[NaN]", "json_number"),
        (b"[1e999]", "json_number"),
        (b"[" + b"9" * 5000 + b"]", "json_number"),
        (b"[" * 70 + b"]" * 70, "json_depth"),
        (b"[" * 100_000 + b"]" * 100_000, "json_depth"),
        (b'{"a": 1, "a": 2}', "json_duplicate_key"),
        (b'["\\ud800"]', "bad_unicode"),
        (b'["\\u0000"]', "bad_unicode"),
        (b'["\xff"]', "bad_unicode"),
    ],
)
def test_json_that_python_would_take_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_json(data)
    assert caught.value.code == code


@pytest.mark.parametrize("name", ["../a.png", "..\\..\\a.png", "a\0.png", "", "images/../../a.png"])
def test_names_that_leave_the_import_are_refused(name: str) -> None:
    _, codes = read({"a.png": A, "rows.jsonl": json.dumps({"file": name, "label": "x"})})
    assert codes in (["path_traversal"], ["bad_name"], ["bad_unicode"], ["format_invalid"])


def test_a_name_that_several_pictures_have_is_no_picture() -> None:
    rows = '{"file": "a.png", "label": "x"}\n{"file": "1/a.png", "label": "x"}\n'
    records, codes = read({"1/a.png": A, "2/a.png": B, "x/rows.jsonl": rows})
    assert codes == ["unknown_item"] and [r.picture.path for r in records] == ["1/a.png"]


def test_files_that_no_format_reads_are_told() -> None:
    _, codes = read({"a.png": A, "notes.txt": "hello\n", "x.xml": "<html/>", "y.json": "[1, 2]"})
    assert codes == ["unsupported_type", "unsupported_type", "json_shape"]
