"""Upload: each file taken, known, ignored or refused on its own; known labels stay apart."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from annotations.actions import upload as upload_action
from annotations.actions.datasets import delete_dataset
from annotations.actions.keep_items import Good
from annotations.actions.upload import upload_items
from annotations.actions.upload_report import UploadReport
from annotations.intake.archives import Member
from annotations.intake.plain_png import PLAIN
from annotations.intake.sources import from_path
from annotations.models import Dataset, Item, KnownLabel, Project, Task
from labelhub import storage
from tests import factories
from tests.pictures import encoded, opened, picture, png

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset() -> Dataset:
    return factories.dataset()


def _upload(dataset: Dataset, files: dict[str, bytes]) -> UploadReport:
    return upload_items(dataset=dataset, members=_members(files))


def _members(files: dict[str, bytes]) -> Iterable[Member]:
    return [Member(name, data, done=1.0) for name, data in files.items()]


def _codes(report: UploadReport) -> dict[str, str]:
    return {note["name"]: note.get("code", note["status"]) for note in report.files}


def test_a_picture_becomes_an_item_with_its_files(dataset: Dataset) -> None:
    data = encoded(picture(300, 200), "JPEG")
    _upload(dataset, {"dir/photo.jpg": data})
    item = Item.objects.get(dataset=dataset)
    assert (item.filename, item.media_type) == ("photo.jpg", "image/jpeg")
    assert (item.width, item.height, item.byte_size) == (300, 200, len(data))
    assert storage.originals().read(item.sha256) == data
    assert opened(storage.renditions().read(item.renditions["thumb"])).size == (192, 128)
    assert opened(storage.renditions().read(item.renditions["screen"])).size == (300, 200)


def test_a_second_import_adds_nothing(dataset: Dataset) -> None:
    files = {f"{k}.png": png(k) for k in range(5)}
    _upload(dataset, files)
    report = _upload(dataset, files | {"new.png": png(9)})
    dataset.refresh_from_db()
    assert (report.counts["taken"], report.counts["duplicate"]) == (1, 5)
    assert dataset.item_count == dataset.items.count() == 6


def test_pages_of_documents_are_items_that_know_their_page(dataset: Dataset) -> None:
    sheets = [picture(seed=seed) for seed in (1, 2)]
    tiff = encoded(sheets[0], "TIFF", save_all=True, append_images=sheets[1:])
    pdf = encoded(sheets[0], "PDF", save_all=True, append_images=sheets[1:])
    for _ in range(2):
        report = _upload(dataset, {"box/letters.tif": tiff, "book.pdf": pdf})
    assert (report.counts["taken"], report.counts["duplicate"]) == (0, 4)
    items = list(Item.objects.filter(dataset=dataset).order_by("pk"))
    assert [item.path for item in items] == [
        "box/letters.tif/letters_p0001.tif",
        "box/letters.tif/letters_p0002.tif",
        "book.pdf/book_p0001.png",
        "book.pdf/book_p0002.png",
    ]
    assert items[1].filename == "letters_p0002.tif"
    document = items[3].metadata["document"]
    assert (document["name"], document["page"]) == ("book.pdf", 2)
    assert document["sha256"] == hashlib.sha256(pdf).hexdigest()


def test_a_document_of_one_page_keeps_its_name_and_bytes(dataset: Dataset) -> None:
    data = encoded(picture(), "TIFF")
    _upload(dataset, {"letter.tif": data})
    item = Item.objects.get(dataset=dataset)
    assert item.path == "letter.tif" and storage.originals().read(item.sha256) == data


def test_a_duplicate_names_the_item_that_is_there(dataset: Dataset) -> None:
    _upload(dataset, {"first.png": png(1)})
    item = Item.objects.get(dataset=dataset)
    (note,) = _upload(dataset, {"again.png": png(1)}).files
    assert (note["status"], note["item"]) == ("duplicate", item.pk)
    assert "first.png" in note["detail"]


def test_the_same_picture_twice_in_one_upload_is_taken_once(dataset: Dataset) -> None:
    report = _upload(dataset, {"a.png": png(1), "b.png": png(1)})
    assert _codes(report) == {"a.png": "taken", "b.png": "duplicate"}
    assert dataset.items.count() == 1


def test_the_same_bad_file_twice_is_refused_twice(dataset: Dataset) -> None:
    report = _upload(dataset, {"a.png": b"bad", "b.png": b"bad"})
    assert _codes(report) == {"a.png": "unsupported_type", "b.png": "unsupported_type"}


def test_one_bad_file_does_not_sink_the_batch(dataset: Dataset) -> None:
    files = {"a.png": png(1), "cut.png": png(2)[:50], "": png(3), "b.png": png(4)}
    report = _upload(dataset, files)
    assert _codes(report)["cut.png"] in ("truncated", "corrupt")
    assert _codes(report)[""] == "bad_name"
    assert [item.filename for item in dataset.items.order_by("pk")] == ["a.png", "b.png"]


def test_names_that_no_database_holds_are_reported_readably(dataset: Dataset) -> None:
    report = _upload(dataset, {"a\0b.png": png(1), "\ud800.png": b"bad"}).as_json()
    assert [note["name"] for note in report["files"]] == ["a\ufffdb.png", "?.png"]


def test_the_same_picture_may_be_in_two_datasets(dataset: Dataset) -> None:
    other = factories.dataset()
    for each in (dataset, other):
        assert _upload(each, {"a.png": png(1)}).counts["taken"] == 1


def test_files_that_go_with_another_dataset_before_the_rows_come_are_saved_anew(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = factories.dataset()
    photo = encoded(picture(), "JPEG")
    _upload(other, {"a.png": png(1), "photo.jpg": photo})
    keep = upload_action.keep_files

    def keep_and_lose(batch: list[Good]) -> list[dict[str, str]]:
        kept = keep(batch)
        old = time.time() - 60  # a slow import
        for path in Path(settings.FILES_DIR).rglob("*"):
            os.utime(path, (old, old))
        delete_dataset(dataset=other)
        return kept

    monkeypatch.setattr(upload_action, "keep_files", keep_and_lose)
    _upload(dataset, {"a.png": png(1), "b.png": png(2), "photo.jpg": photo})
    shown = []
    for item in dataset.items.all():
        assert storage.originals().exists(item.sha256)
        shown += [name for label, name in item.renditions.items() if label != PLAIN]
    assert shown and all(storage.renditions().exists(name) for name in shown)
    assert dataset.items.count() == 3


def test_known_labels_splits_and_groups_come_from_the_table(dataset: Dataset) -> None:
    table = b"filename,label,split,group\nx/a.png,7,test,w1\nb.png,3,pool,\n"
    report = _upload(dataset, {"labels.csv": table, "x/a.png": png(1), "y/b.png": png(2)})
    a, b = dataset.items.order_by("pk")
    assert (a.split, a.group, a.known_label.value) == ("test", "w1", "7")
    assert (b.split, b.group, b.known_label.value) == ("pool", "", "3")
    assert report.counts["labels"] == 2


def test_a_table_that_comes_later_finds_its_pictures_by_name(dataset: Dataset) -> None:
    _upload(dataset, {"a.png": png(1)})
    _upload(dataset, {"labels.csv": b"filename,label\nsomewhere/a.png,7\n"})
    assert KnownLabel.objects.get(item__dataset=dataset).value == "7"


def test_known_labels_are_never_overwritten(dataset: Dataset) -> None:
    table = b"filename,label,split\na.png,7,pool\n"
    _upload(dataset, {"a.png": png(1), "labels.csv": table})
    report = _upload(dataset, {"labels.csv": b"filename,label,split\na.png,8,test\n"})
    item = dataset.items.get()
    assert (item.known_label.value, item.split) == ("7", "pool")
    assert [row["code"] for row in report.rows] == ["duplicate_row"]


def test_rows_that_fit_no_picture_are_reported_by_line(dataset: Dataset) -> None:
    table = b"filename,label\na.png,7\nnope.png,7\nsame.png,1\nbroken.png,2\n../up.png,3\n"
    files = {"a.png": png(1), "x/same.png": png(2), "y/same.png": png(3), "broken.png": b"bad"}
    report = _upload(dataset, files | {"labels.csv": table})
    codes = {row["line"]: row["code"] for row in report.rows}
    assert codes == {3: "unknown_item", 4: "unknown_item", 5: "unknown_item", 6: "path_traversal"}
    assert "Several pictures" in next(row["detail"] for row in report.rows if row["line"] == 4)


def test_two_rows_that_contradict_each_other_keep_the_first(dataset: Dataset) -> None:
    table = b"filename,label\na.png,7\ntwin.png,8\n"
    report = _upload(dataset, {"a.png": png(1), "twin.png": png(1), "labels.csv": table})
    assert dataset.items.get().known_label.value == "7"
    assert [(row["line"], row["code"]) for row in report.rows] == [(3, "duplicate_row")]


def test_a_table_that_cannot_be_read_costs_no_picture(dataset: Dataset) -> None:
    report = _upload(dataset, {"a.png": png(1), "labels.csv": b"filename,lable\na.png,7\n"})
    assert _codes(report) == {"a.png": "taken", "labels.csv": "csv_missing_column"}


def test_new_items_become_tasks_of_the_projects_on_the_dataset() -> None:
    project: Project = factories.project(items=2, splits=["pool"])
    table = b"filename,split\na.png,pool\nb.png,test\n"
    _upload(project.dataset, {"a.png": png(1), "b.png": png(2), "labels.csv": table})
    names = Task.objects.filter(project=project).values_list("item__filename", flat=True)
    assert "a.png" in names and "b.png" not in names


def test_what_is_undone_by_the_holder_can_be_done_again(dataset: Dataset) -> None:
    class Lost(Exception):
        pass

    def lose() -> None:
        raise Lost

    with pytest.raises(Lost):
        upload_items(dataset=dataset, members=_members({"a.png": png(1)}), hold=lose)
    assert dataset.items.count() == 0
    assert _upload(dataset, {"a.png": png(1)}).counts["taken"] == 1


def test_an_import_that_died_half_way_goes_on(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_action, "BATCH_ROWS", 4)
    files = {f"{k}.png": png(k) for k in range(20)}

    def dying() -> Iterable[Member]:
        yield from list(_members(files))[:12]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        upload_items(dataset=dataset, members=dying())
    start = dataset.created_at
    report = upload_items(dataset=dataset, members=_members(files), since=start)
    dataset.refresh_from_db()
    assert dataset.item_count == dataset.items.count() == 20
    assert (report.counts["taken"], report.counts["duplicate"]) == (20, 0)


def test_refusals_are_all_listed_and_plain_successes_only_up_to_a_number(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotations.actions.upload_report.LISTED", 3)
    good = {f"{k}.png": png(k) for k in range(8)}
    bad = {f"bad{k}.png": b"bad %d" % k for k in range(8)}
    report = _upload(dataset, good | bad).as_json()
    assert (report["taken"], report["refused"], report["left_out"]) == (8, 8, 5)
    assert sum(note["status"] == "refused" for note in report["files"]) == 8


def test_a_table_full_of_bad_rows_is_counted_and_listed_in_part(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotations.actions.upload_report.LISTED_ROWS", 3)
    table = b"filename,label\n" + b"".join(b"no%d.png,1\n" % k for k in range(9))
    report = _upload(dataset, {"labels.csv": table}).as_json()
    assert (report["rows_refused"], len(report["rows"])) == (9, 3)


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_the_same_pictures_at_once_add_each_once() -> None:
    dataset = factories.dataset()
    files = {f"{k}.png": png(k) for k in range(60)}

    def run(order: int) -> int:
        try:
            return _upload(dataset, dict(sorted(files.items())[::order])).counts["taken"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        taken = sum(threads.map(run, (1, -1)))
    dataset.refresh_from_db()
    assert taken == dataset.item_count == dataset.items.count() == 60


@pytest.mark.parametrize(
    ("name", "taken", "labels"),
    [("orl_faces", 400, 400), ("face_or_not", 2394, 2394)],
)
def test_real_archives_import_as_they_are(
    dataset: Dataset, shared_data: Path, name: str, taken: int, labels: int
) -> None:
    path = shared_data / "images" / name / f"{name}.zip"
    report = upload_items(dataset=dataset, members=from_path(path)).as_json()
    assert (report["taken"], report["labels"]) == (taken, labels)
    assert (report["refused"], report["rows_refused"]) == (0, 0)
    assert KnownLabel.objects.filter(item__dataset=dataset).count() == labels
