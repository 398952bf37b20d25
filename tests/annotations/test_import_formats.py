"""Import of pictures with their labels: as known answers, as votes, as proposals, or only dry."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError

from annotations.actions.given_answers import ImportOptions
from annotations.actions.given_votes import cast_given_votes
from annotations.actions.gold_many import make_gold_of_known
from annotations.actions.members import remove_member
from annotations.actions.upload import preview_items, upload_items
from annotations.actions.upload_report import UploadReport
from annotations.exporters import ITEM_EXPORTERS
from annotations.intake.archives import Member
from annotations.intake.sources import from_path
from annotations.models import Annotation, Dataset, GivenAnswer, GoldItem, Item, KnownLabel, Task
from labelhub import storage
from labelhub.jobs.models import Job
from tests import factories, labeled
from tests.pictures import encoded, opened, picture, png, tarred, zipped

pytestmark = pytest.mark.django_db
BOX = "0 0.5 0.5 0.5 0.5\n"
YOLO = {
    "images/train/a.png": png(1),
    "images/train/b.png": png(2),
    "labels/train/a.txt": BOX.encode(),
    "labels/train/b.txt": b"",
    "data.yaml": b"names: [cat]\n",
}


@pytest.fixture
def dataset() -> Dataset:
    return factories.dataset()


def members(files: dict[str, bytes]) -> list[Member]:
    return [Member(name, data, done=1.0) for name, data in files.items()]


def upload(dataset: Dataset, files: dict[str, bytes], **options: str) -> UploadReport:
    return upload_items(dataset=dataset, members=members(files), options=ImportOptions(**options))


def test_answers_of_any_kind_become_known_labels_with_splits(dataset: Dataset) -> None:
    report = upload(dataset, YOLO).as_json()
    a, b = dataset.items.order_by("pk")
    box = {"label": "cat", "x": 10.0, "y": 7.5, "width": 20.0, "height": 15.0}
    assert (a.known_label.task_type, a.known_label.answer) == ("boxes", {"boxes": [box]})
    assert (a.known_label.value, b.known_label.value) == ("cat", "nothing")
    assert (a.split, a.path, a.filename) == ("train", "images/train/a.png", "a.png")
    assert (report["taken"], report["labels"], report["refused"]) == (2, 2, 0)
    assert report["classes"] == [{"name": "cat", "count": 1}]
    assert report["formats"] == [{"name": "yolo", "count": 2}]


def test_a_second_import_changes_no_known_answer(dataset: Dataset) -> None:
    upload(dataset, YOLO)
    again = upload(dataset, YOLO)
    changed = upload(dataset, YOLO | {"labels/train/a.txt": b"0 .5 .5 .1 .1\n"})
    assert again.counts["labels"] == 0 and again.rows == []
    assert [row["code"] for row in changed.rows] == ["duplicate_row"]
    assert KnownLabel.objects.count() == 2


def test_labels_may_come_after_their_pictures(dataset: Dataset) -> None:
    upload(dataset, {"x/a.png": png(1)})
    rows = b'{"file": "x/a.png", "text": "later"}\n{"file": "no.png", "text": "x"}\n'
    report = upload(dataset, {"labels.jsonl": rows})
    assert KnownLabel.objects.get().answer == {"text": "later"}
    assert [(row["line"], row["code"]) for row in report.rows] == [(2, "unknown_item")]


@pytest.mark.parametrize("role", ["vote", "proposal"])
def test_labels_arrive_as_what_was_chosen(dataset: Dataset, role: str) -> None:
    upload(dataset, YOLO, role=role, source="our old tool")
    rows = GivenAnswer.objects.order_by("item")
    assert [(r.role, r.source, r.task_type) for r in rows] == [(role, "our old tool", "boxes")] * 2
    assert not KnownLabel.objects.exists()


def test_a_picture_with_refused_parts_has_no_known_answer(dataset: Dataset) -> None:
    broken = YOLO | {"labels/train/a.txt": BOX.encode() + b"0 2 2 1 1\n"}
    report = upload(dataset, broken)
    (row,) = report.rows
    assert (row["where"], row["code"]) == ("line 2", "box_out_of_bounds")
    assert GivenAnswer.objects.get().role == "proposal"
    assert KnownLabel.objects.get().value == "nothing"


def test_known_boxes_become_gold_without_attributes_that_nobody_asks_for(
    dataset: Dataset,
) -> None:
    xml = (
        "<annotation><filename>a.png</filename><object><name>cat</name><difficult>1</difficult>"
        "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object>"
        "</annotation>"
    )
    upload(dataset, {"a.png": png(1), "a.xml": xml.encode()})
    owner = dataset.created_by
    assert owner is not None
    project = factories.project(on=dataset, manager=owner, task_type="boxes", labels=["cat"])
    assert make_gold_of_known(project=project, by=owner, limit=5) == 1
    (box,) = GoldItem.objects.get().answer["boxes"]
    assert box == {"label": "cat", "x": 0.0, "y": 0.0, "width": 9.0, "height": 9.0}


def test_known_answers_of_another_kind_make_no_gold(dataset: Dataset) -> None:
    upload(dataset, YOLO)
    assert dataset.created_by is not None
    project = factories.project(on=dataset, manager=dataset.created_by, labels=["cat", "dog"])
    assert make_gold_of_known(project=project, by=dataset.created_by, limit=5) == 0


# -------------------------------------------------------------------------------------- dry run


def test_a_dry_run_says_what_would_happen_and_writes_nothing(dataset: Dataset) -> None:
    upload(dataset, {"there.png": png(9)})
    files_before = set(storage.originals().names())
    files = YOLO | {
        "there.png": png(9),
        "bad.png": b"no picture",
        "notes.html": b"<p>",
        "labels.csv": b"filename,label,group\nimages/train/a.png,x,w1\nno.png,y,w2\n",
    }
    dry = preview_items(dataset=dataset, members=members(files)).as_json()
    assert (dry["taken"], dry["duplicate"], dry["refused"], dry["dry"]) == (2, 1, 2, True)
    assert dry["labels"] == 3 and dry["rows_refused"] == 1
    assert dry["classes"] == [{"name": "cat", "count": 1}, {"name": "x", "count": 1}]
    assert dry["groups"] == [{"name": "w1", "count": 1}]
    assert dataset.items.count() == 1 and not KnownLabel.objects.exists()
    assert set(storage.originals().names()) == files_before


def test_a_dry_run_foretells_the_import(dataset: Dataset) -> None:
    for name, task_type in (
        ("coco", "boxes"),
        ("cvat", "multi_label"),
        ("kraken", "transcription"),
    ):
        each = factories.dataset()
        files = exported(name, task_type)
        dry = preview_items(dataset=each, members=members(files)).as_json()
        real = upload(each, files).as_json()
        names = ("taken", "duplicate", "refused", "labels", "classes", "groups", "formats")
        assert {n: dry[n] for n in names} == {n: real[n] for n in names}


def exported(name: str, task_type: str) -> dict[str, bytes]:
    file = io.BytesIO()
    items = labeled.items(task_type)
    ITEM_EXPORTERS[name].write(items, labeled.question(task_type), file)
    with zipfile.ZipFile(file) as archive:
        return {entry: archive.read(entry) for entry in archive.namelist()}


def test_class_folders_export_and_import_as_their_labels_csv_says(dataset: Dataset) -> None:
    report = upload(dataset, exported("folders", "choice"))
    assert report.counts["labels"] == 2 and report.rows == []
    values = KnownLabel.objects.order_by("item").values_list("value", flat=True)
    assert list(values) == ["cat & dog", "größe/7"]


# ---------------------------------------------------------------------------------------- pages

PAGE = """<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"><Metadata/>
<Page imageFilename="p.png" imageWidth="200" imageHeight="100"><TextRegion id="r">
<Coords points="0,0 199,0 199,99 0,99"/>
<TextLine id="l1"><Coords points="10,10 150,20 150,40 10,30"/>
<TextEquiv><Unicode>first</Unicode></TextEquiv></TextLine>
<TextLine id="l2"><Coords points="10,50 150,50 150,70 10,70"/></TextLine>
<TextLine id="l3"><Coords points="10,50"/></TextLine>
</TextRegion></Page></PcGts>"""


def test_lines_of_a_page_become_items_that_know_their_page(dataset: Dataset) -> None:
    page = encoded(picture(200, 100))
    report = upload(dataset, {"p.png": page, "page/p.xml": PAGE.encode()})
    whole, first, second = dataset.items.order_by("pk")
    assert (whole.split, first.split, first.group) == ("pages", "", "p")
    link = first.metadata["page"]
    assert (link["sha256"], link["item"], link["line"], link["region"]) == (
        whole.sha256, whole.pk, "l1", "r",
    )  # fmt: skip
    assert link["polygon"] == [[10, 10], [150, 20], [150, 40], [10, 30]]
    assert (first.filename, first.path) == ("p_l1.png", "p/l1.png")
    assert (first.width, first.height) == (144, 34)
    assert first.known_label.answer == {"text": "first"}
    assert not KnownLabel.objects.filter(item=second).exists()
    assert [row["code"] for row in report.rows] == ["box_invalid"]
    assert report.counts["lines"] == 2


def test_what_lies_outside_of_a_line_is_paper(dataset: Dataset) -> None:
    page = picture(200, 100)
    page.paste((0, 0, 0), (0, 60, 200, 100))
    upload(dataset, {"p.png": encoded(page), "p.xml": PAGE.encode()})
    line = opened(storage.originals().read(Item.objects.get(filename="p_l1.png").sha256))
    assert line.getpixel((140, 2)) == (240, 240, 240)  # above the slanting outline: red on the page


def test_pages_with_lines_are_in_no_project_that_does_not_ask_for_them(dataset: Dataset) -> None:
    upload(dataset, {"p.png": encoded(picture(200, 100)), "p.xml": PAGE.encode()})
    lines = factories.project(on=dataset, task_type="transcription", schema={})
    names = Task.objects.filter(project=lines).order_by("item").values_list("item__filename")
    assert [name for (name,) in names] == ["p_l1.png", "p_l2.png"]
    whole = factories.project(on=dataset, splits=["pages"])
    assert Task.objects.get(project=whole).item.filename == "p.png"


def test_a_page_imported_again_adds_no_line(dataset: Dataset) -> None:
    files = {"p.png": encoded(picture(200, 100, seed=5)), "p.xml": PAGE.encode()}
    upload(dataset, files)
    again = upload(dataset, files)
    assert again.counts["taken"] == 0 and again.counts["duplicate"] == 3
    assert dataset.items.count() == 3


def test_real_pages_import_with_all_their_lines(dataset: Dataset, shared_data: Path) -> None:
    folder = shared_data / "domain" / "pages_xml" / "hooker_page2013"
    if not folder.is_dir():
        pytest.skip("the pages (../shared/data/domain/pages_xml) are not here")
    report = upload_items(dataset=dataset, members=from_path(folder)).as_json()
    lines = sum(path.read_bytes().count(b"<TextLine") for path in folder.glob("*.xml"))
    assert report["refused"] == 0 and report["rows_refused"] == 0
    assert report["lines"] == lines and dataset.items.count() == lines + 4


def test_real_faces_import_with_their_points_and_boxes(dataset: Dataset, shared_data: Path) -> None:
    folder = shared_data / "domain" / "dlib_faces"
    if not folder.is_dir():
        pytest.skip("the photographs (../shared/data/domain/dlib_faces) are not here")
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".jpg"}
    listed = (folder / "training_with_face_landmarks.xml").read_bytes()
    report = upload(dataset, files | {"faces.xml": listed}).as_json()
    assert (report["taken"], report["labels"], report["rows_refused"]) == (4, 4, 0)
    faces = [face for known in KnownLabel.objects.all() for face in known.answer["instances"]]
    assert len(faces) == listed.count(b"<box ")
    assert {len(face["points"]) for face in faces} == {68}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_class_folders_in_a_tar_are_read(dataset: Dataset, tmp_path: Path, mode: str) -> None:
    path = tmp_path / f"faces.tar{mode[1:].replace(':', '.')}"
    kinds = (("face", 1), ("no face", 2), ("face", 3))
    path.write_bytes(tarred({f"set/train/{kind}/{n}.png": png(n) for kind, n in kinds}, mode))
    options = ImportOptions(format="folders")
    report = upload_items(dataset=dataset, members=from_path(path), options=options)
    assert report.counts["labels"] == 3
    assert sorted(KnownLabel.objects.values_list("value", flat=True)) == ["face", "face", "no face"]
    assert set(dataset.items.values_list("split", flat=True)) == {"train"}


# ------------------------------------------------------------------------------- what is refused


def test_a_list_of_pairs_is_sent_to_where_it_belongs(dataset: Dataset) -> None:
    files = {"Ada/Ada_0001.png": png(1), "Ada/Ada_0002.png": png(2)}
    report = upload(dataset, files | {"pairs.txt": b"10\t300\nAda\t1\t2\n"})
    (note,) = [note for note in report.files if note["name"] == "pairs.txt"]
    assert note["code"] == "unsupported_type" and "asks about pairs" in note["detail"]
    assert report.counts["taken"] == 2


def test_files_that_no_format_reads_are_refused_and_the_rest_is_taken(dataset: Dataset) -> None:
    files = {"a.png": png(1), "x.json": b"{", "y.xml": b"<svg/>", "n.txt": b"hi", "README.md": b"x"}
    report = upload(dataset, files)
    codes = {note["name"]: note.get("code") for note in report.files if note["name"] != "a.png"}
    assert codes == {
        "x.json": "json_invalid",
        "y.xml": "svg_refused",
        "n.txt": "unsupported_type",
        "README.md": None,
    }
    assert report.counts["taken"] == 1 and report.counts["ignored"] == 1


def test_only_the_format_that_was_asked_for_is_read(dataset: Dataset) -> None:
    report = upload(dataset, {"cat/a.png": png(1), "dog/b.png": png(2)}, format="folders")
    assert report.classes == {"cat": 1, "dog": 1}


def test_a_zip_of_labels_is_read_as_its_files_are(dataset: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "yolo.zip"
    path.write_bytes(zipped(YOLO))
    report = upload_items(dataset=dataset, members=from_path(path))
    assert report.counts["labels"] == 2 and report.counts["refused"] == 0


def test_answers_that_are_no_answers_are_refused_by_their_line(dataset: Dataset) -> None:
    bad: list[Any] = [
        {"boxes": [1]},
        {"boxes": [{"label": "x"}]},
        {"polygons": [{"label": "x", "points": [[1, 2], [3]]}]},
        {"instances": [{"label": "x", "points": {"a": [1, 2, 9]}}]},
        {"choice": 3.5},
        {"what": 1},
        7,
    ]
    rows = "\n".join(json.dumps({"file": "a.png", "answer": answer}) for answer in bad)
    report = upload(dataset, {"a.png": png(1), "r.jsonl": rows.encode()})
    assert report.counts["rows_refused"] == len(bad) and report.counts["taken"] == 1
    assert not KnownLabel.objects.exists()


HUGE = 10**399
BOXED: Any = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1]}
COCO: Any = {
    "images": [{"id": 1, "file_name": "a.png"}],
    "categories": [{"id": 1, "name": "x"}],
    "annotations": [BOXED],
}
STUDIO: Any = {
    "id": "c",
    "type": "choices",
    "from_name": "c",
    "to_name": "i",
    "value": {"choices": ["x"]},
}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("c.json", COCO | {"annotations": [BOXED | {"score": HUGE}]}),
        ("c.json", COCO | {"images": [{"id": [1], "file_name": "a.png"}]}),
        ("c.json", COCO | {"annotations": [BOXED | {"category_id": {}}]}),
        (
            "l.json",
            [{"data": {"image": "a.png"}, "annotations": [{"score": HUGE, "result": [STUDIO]}]}],
        ),
        ("data.yaml", {"names": 5}),
        ("data.yaml", {"names": {"1" * 5_000: "x"}}),
        ("a.pts", "version: 1\nn_points: " + "1" * 5_000 + "\n{\n1 2\n}\n"),
    ],
)
def test_values_that_no_program_writes_do_not_end_the_import(
    dataset: Dataset, path: str, said: Any
) -> None:
    text = said if isinstance(said, str) else json.dumps(said)
    report = upload(dataset, {"a.png": png(1), "a.txt": b"", path: text.encode()})
    assert report.counts["taken"] == 1
    assert report.counts["rows_refused"] + report.counts["refused"] > 0


@pytest.mark.parametrize("bad", [b"1 55296\n", b"2 0\n", b"9" * 5_000 + b" 49\n", b"\xff"])
def test_codes_that_are_no_characters_name_no_class(dataset: Dataset, bad: bytes) -> None:
    labels = b"\0\0\x08\x01" + (1).to_bytes(4, "big") + b"\x01"
    files = {
        "x/000000.png": png(1),
        "x-labels-idx1-ubyte": labels,
        "x-mapping.txt": b"0 48\n" + bad,
    }
    report = upload(dataset, files)
    assert report.counts["labels"] == 1
    assert KnownLabel.objects.get().value == "1"


# ---------------------------------------------------------------------------------------- votes


def test_votes_are_cast_once_in_the_name_of_their_source(dataset: Dataset) -> None:
    upload(dataset, {**YOLO, "c.png": png(3)}, role="vote", source="our old tool")
    project = factories.project(
        on=dataset, manager=dataset.created_by, task_type="boxes", labels=["cat"]
    )
    assert cast_given_votes(project=project) == {"cast": 2, "left_out": 0}
    assert cast_given_votes(project=project) == {"cast": 0, "left_out": 2}
    votes = Annotation.objects.order_by("task")
    assert [vote.source for vote in votes] == ["import", "import"]
    labeler = votes[0].labeler
    assert labeler.display_name == "our old tool"
    assert not labeler.is_active and not labeler.has_usable_password()
    assert list(Task.objects.order_by("item").values_list("votes", flat=True)) == [1, 1, 0]


def test_votes_that_the_schema_does_not_allow_are_left_out(dataset: Dataset) -> None:
    upload(dataset, YOLO, role="vote", source="x")
    project = factories.project(
        on=dataset, manager=dataset.created_by, task_type="boxes", labels=["zebra"]
    )
    assert cast_given_votes(project=project) == {"cast": 1, "left_out": 1}
    other = factories.project(on=dataset, manager=dataset.created_by, labels=["cat", "dog"])
    assert cast_given_votes(project=other) == {"cast": 0, "left_out": 0}


def test_given_votes_never_overfill_a_task(dataset: Dataset) -> None:
    upload(dataset, {"a.png": png(1)})
    for source in ("one", "two", "three"):
        rows = b'{"file": "a.png", "label": "x"}'
        upload(dataset, {"r.jsonl": rows}, role="vote", source=source)
    project = factories.project(
        on=dataset,
        manager=dataset.created_by,
        labels=["x", "y"],
        min_votes=2,
        max_votes=2,
        confidence=0.99,
    )
    told = cast_given_votes(project=project)
    task = Task.objects.get(project=project)
    assert told["cast"] == task.votes <= 2 and sum(told.values()) == 3


def test_an_account_named_like_a_source_gets_no_part_of_its_project(dataset: Dataset) -> None:
    upload(dataset, YOLO, role="vote", source="x")
    project = factories.project(
        on=dataset, manager=dataset.created_by, task_type="boxes", labels=["cat"]
    )
    cast_given_votes(project=project)
    name = Annotation.objects.earliest("pk").labeler.username
    with pytest.raises(ValidationError):
        UnicodeUsernameValidator()(name)


def test_a_source_that_a_manager_took_out_casts_no_more_votes(dataset: Dataset) -> None:
    upload(dataset, {"a.png": png(1), "b.png": png(2)})
    project = factories.project(on=dataset, manager=dataset.created_by, labels=["x", "y"])
    for name in ("a", "b"):
        rows = json.dumps({"file": f"{name}.png", "label": "x"}).encode()
        upload(dataset, {"r.jsonl": rows}, role="vote", source="tool")
        told = cast_given_votes(project=project)
        project.memberships.filter(user__display_name="tool").update(active=False)
    assert told == {"cast": 0, "left_out": 2}
    assert Annotation.objects.count() == 1


def test_an_import_of_votes_puts_their_casting_in_line(dataset: Dataset) -> None:
    project = factories.project(
        on=dataset, manager=dataset.created_by, task_type="boxes", labels=["cat"]
    )
    upload(dataset, YOLO, role="vote", source="x")
    assert Job.objects.get(kind="cast_votes").payload == {"project": project.pk}


def test_votes_enter_only_projects_that_their_importer_manages(dataset: Dataset) -> None:
    owner, other = dataset.created_by, factories.user()
    mine = factories.project(on=dataset, manager=owner, labels=["x", "y"])
    theirs = factories.project(on=dataset, manager=other, labels=["x", "y"])
    files = {"a.png": png(1), "r.jsonl": b'{"file": "a.png", "label": "x"}'}
    options = ImportOptions(role="vote", source="tool")
    upload_items(dataset=dataset, members=members(files), by=owner, options=options)
    assert [job.payload["project"] for job in Job.objects.filter(kind="cast_votes")] == [mine.pk]
    assert cast_given_votes(project=mine) == {"cast": 1, "left_out": 0}
    assert cast_given_votes(project=theirs) == {"cast": 0, "left_out": 0}
    factories.member(theirs, role="manager", who=owner)
    assert cast_given_votes(project=theirs) == {"cast": 1, "left_out": 0}


def test_a_source_that_was_removed_for_good_does_not_come_back(dataset: Dataset) -> None:
    upload(dataset, {"a.png": png(1), "b.png": png(2)})
    project = factories.project(on=dataset, manager=dataset.created_by, labels=["x", "y"])
    for name in ("a", "b"):
        rows = json.dumps({"file": f"{name}.png", "label": "x"}).encode()
        upload(dataset, {"r.jsonl": rows}, role="vote", source="tool")
        told = cast_given_votes(project=project)
        source = project.memberships.filter(user__display_name="tool").first()
        if source is not None:
            remove_member(membership=source, by=dataset.created_by)
    assert told == {"cast": 0, "left_out": 2}
    assert Annotation.objects.count() == 1
    assert not project.memberships.filter(user__display_name="tool").exists()
