"""Rows of items are written by one statement, which must not forget a column."""

from __future__ import annotations

import pytest

from annotations.actions.keep_items import File, Good, NewItem, insert_items
from annotations.intake.picture import Picture
from annotations.models import Item
from tests import factories


def test_every_column_of_an_item_is_written() -> None:
    written = {"id", "dataset", "created_at", *NewItem._fields}
    assert written == {field.name for field in Item._meta.concrete_fields}


@pytest.mark.django_db
def test_items_come_back_as_they_were_written() -> None:
    dataset = factories.dataset()
    file = File("p/ü'%s.png", "ü'%s.png", "a" * 64, 7, {"page": {"line": "1"}}, "writer", "test")
    good = Good(file, b"pixels!", Picture("image/png", 3, 4, (), b"t", None))
    rows = [NewItem.of(good, {"thumb": "b" * 64}, file.path)]
    ids = insert_items(dataset, [*rows, rows[0]._replace(sha256="c" * 64)])
    assert insert_items(dataset, rows) == {}, "the dataset holds it by now"
    item = dataset.items.get(sha256="a" * 64)
    assert ids == dict(dataset.items.values_list("sha256", "pk")) and len(ids) == 2
    assert (item.filename, item.path, item.group, item.split) == (
        "ü'%s.png", "p/ü'%s.png", "writer", "test",
    )  # fmt: skip
    assert (item.width, item.height, item.byte_size) == (3, 4, 7)
    assert (item.metadata, item.renditions) == ({"page": {"line": "1"}}, {"thumb": "b" * 64})
    assert item.created_at is not None


@pytest.mark.django_db
def test_no_rows_are_no_statement() -> None:
    assert insert_items(factories.dataset(), []) == {}
