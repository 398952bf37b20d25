"""One battery for every export format of pictures, with every task type that it can say."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from annotations.exporters import ITEM_EXPORTERS
from annotations.exporters.items import BOTH, CONSENSUS, ItemExporter, LabeledItem
from tests import labeled
from tests.pictures import opened

PAIRS = [(name, kind) for name, format in ITEM_EXPORTERS.items() for kind in format.task_types]
SKIPPING = ("text", "kraken", "folders")  # what nobody could read or decide has no place in them


def written(exporter: ItemExporter, task_type: str, **options: Any) -> zipfile.ZipFile:
    file = io.BytesIO()
    exporter.write(labeled.items(task_type, **options), labeled.question(task_type), file)
    return zipfile.ZipFile(io.BytesIO(file.getvalue()))


@pytest.mark.parametrize(("name", "task_type"), PAIRS)
def test_a_zip_with_a_note_comes_out(name: str, task_type: str) -> None:
    archive = written(ITEM_EXPORTERS[name], task_type)
    assert archive.testzip() is None
    assert archive.read("README.txt").decode().strip() == ITEM_EXPORTERS[name].note.strip()
    assert len(set(archive.namelist())) == len(archive.namelist())


@pytest.mark.parametrize(("name", "task_type"), PAIRS)
def test_the_same_labels_make_the_same_bytes(name: str, task_type: str) -> None:
    first, second = (written(ITEM_EXPORTERS[name], task_type) for _ in range(2))
    assert first.fp is not None and second.fp is not None
    assert first.fp.seek(0) == second.fp.seek(0) and first.fp.read() == second.fp.read()


@pytest.mark.parametrize(("name", "task_type"), PAIRS)
def test_pictures_come_only_where_they_are_wanted(name: str, task_type: str) -> None:
    def shown(archive: zipfile.ZipFile) -> list[str]:
        return [entry for entry in archive.namelist() if entry[-4:] == ".png"]

    exporter = ITEM_EXPORTERS[name]
    masks = [f"masks/{item.stem}.png" for item in labeled.items(task_type)]
    without = shown(written(exporter, task_type, pictures=False))
    assert without == (masks if name == "masks" else [])
    found = written(exporter, task_type)
    pictures = [entry for entry in shown(found) if not entry.startswith("masks/")]
    count = sum(1 if item.other is None else 2 for item in labeled.items(task_type))
    assert count - 1 <= len(pictures) <= count if name in SKIPPING else len(pictures) == count
    assert opened(found.read(pictures[0])).size == (labeled.WIDTH, labeled.HEIGHT)


@pytest.mark.parametrize(("name", "task_type"), PAIRS)
def test_every_content_that_is_promised_can_be_written(name: str, task_type: str) -> None:
    exporter = ITEM_EXPORTERS[name]
    assert CONSENSUS in exporter.contents
    consensus = written(exporter, task_type)
    both = written(exporter, task_type, votes=BOTH in exporter.contents)
    texts = [b"".join(map(archive.read, archive.namelist())) for archive in (consensus, both)]
    assert (texts[0] != texts[1]) == (BOTH in exporter.contents)


@pytest.mark.parametrize(("name", "task_type"), PAIRS)
def test_items_are_taken_one_by_one(name: str, task_type: str) -> None:
    file = io.BytesIO()
    sizes: list[int] = []

    def endless() -> Iterator[LabeledItem]:
        answer = labeled.ANSWERS[task_type][0]
        for number in range(60):
            sizes.append(file.tell())
            yield LabeledItem(
                number,
                f"{number}.png",
                labeled.WIDTH,
                labeled.HEIGHT,
                answer=answer,
                picture=lambda: io.BytesIO(b"x" * 20_000),
                other=LabeledItem(1_000 + number, f"{number}b.png", 9, 9)
                if task_type == "pair"
                else None,
            )

    ITEM_EXPORTERS[name].write(endless(), labeled.question(task_type), file)
    assert sizes[-1] > 0.7 * file.tell()
