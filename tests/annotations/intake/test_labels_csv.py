"""Tables of known labels: what is read, and what each bad row is told."""

from __future__ import annotations

import pytest

from annotations.intake.labels_csv import LabelRow, read_labels
from annotations.intake.refusals import Refusal


def test_all_four_columns_are_read() -> None:
    table = read_labels(b"filename,label,split,group\nimages/a.png,7,test,w1\nb.png,,pool,\n")
    assert table.rows == [
        LabelRow(2, "images/a.png", "7", "test", "w1"),
        LabelRow(3, "b.png", "", "pool", ""),
    ]


@pytest.mark.parametrize("name", ["filename", "file", "Image", " FILE_NAME "])
def test_the_name_column_has_several_names(name: str) -> None:
    assert read_labels(f"{name},label\na.png,7\n".encode()).rows[0].label == "7"


@pytest.mark.parametrize(
    "data",
    [
        b"filename;label\na.png;7\n",
        b"filename\tlabel\na.png\t7\n",
        "filename,label\r\na.png,7\r\n".encode("utf-8-sig"),
        "filename\tlabel\r\na.png\t7\r\n".encode("utf-16"),
        b"filename,label\n\na.png,7\n\n",
    ],
)
def test_what_spreadsheets_write_is_understood(data: bytes) -> None:
    (row,) = read_labels(data).rows
    assert (row.path, row.label) == ("a.png", "7")


def test_other_columns_are_named_and_passed_over() -> None:
    table = read_labels(b"filename,label,colour\na.png,7,red\n")
    assert table.ignored_columns == ["colour"]
    assert table.rows[0].label == "7"


def test_a_bad_row_has_its_line_and_costs_only_itself() -> None:
    data = b'filename,label\n"a\nb.png",1\nc.png\n../d.png,2\ne.png,3\ne.png,4\n'
    table = read_labels(data)
    assert [row.path for row in table.rows] == ["ab.png", "e.png"]
    codes = {line: refusal.code for line, refusal in table.refused.items()}
    assert codes == {4: "csv_row_mismatch", 5: "path_traversal", 7: "duplicate_row"}


@pytest.mark.parametrize(
    ("data", "code", "named"),
    [
        (b"filename,label\na.png,caf\xe9\n", "csv_bad_encoding", "line 2"),
        (b"filename,label\na.png,\0\n", "csv_nul", "line 2"),
        (b"filename,lable\na.png,7\n", "csv_missing_column", "label; it has: filename, lable"),
        (b"name,label\na.png,7\n", "csv_missing_column", "filename"),
        (b"", "empty_file", ""),
        (b"filename,label\n", "csv_empty", ""),
        (b"filename,label\na.png," + b"x" * 70_000, "csv_field_too_long", "line 2"),
        (b"filename,label\na.png," + b"x" * 200_000, "csv_field_too_long", "line 2"),
    ],
)
def test_a_table_that_cannot_be_trusted_is_refused_whole(
    data: bytes, code: str, named: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        read_labels(data)
    assert refusal.value.code == code
    assert named in refusal.value.detail
