"""Lists of pairs as people have them: tables, and LFW's pairs.txt in its two forms."""

from __future__ import annotations

import pytest

from annotations.intake.pairs import PairRow, read_pairs
from annotations.intake.refusals import Refusal

FOLDS = "2\t1\nAda_Love\t1\t2\nAda_Love\t1\tBo_O\t3\nBo_O\t10\t11\nBo_O\t2\tAda_Love\t7\n"
ONE_COUNT = "1\nAda_Love\t1\t2\nAda_Love\t1\tBo_O\t3\n"


def pairs(text: str) -> list[tuple[object, object, str]]:
    return [(row.first, row.second, row.label) for row in read_pairs(text.encode()).rows]


def test_a_table_names_two_pictures_and_may_say_what_they_are() -> None:
    found = read_pairs(b"first,second,label\na.png,dir/b.png,same\nc.png,a.png,\n")
    assert found.rows == [
        PairRow(2, "a.png", "dir/b.png", "same"),
        PairRow(3, "c.png", "a.png", ""),
    ]
    assert not found.refused


@pytest.mark.parametrize("text", ["second;first\nb;a\n", "B\tnote\tA\nb\tx\ta\n"])
def test_columns_are_found_by_name_whatever_separates_them(text: str) -> None:
    assert pairs(text) == [("a", "b", "")]


def test_lfw_folds_are_told_apart_by_their_columns() -> None:
    assert pairs(FOLDS) == [
        ("Ada_Love/Ada_Love_0001", "Ada_Love/Ada_Love_0002", "same"),
        ("Ada_Love/Ada_Love_0001", "Bo_O/Bo_O_0003", "different"),
        ("Bo_O/Bo_O_0010", "Bo_O/Bo_O_0011", "same"),
        ("Bo_O/Bo_O_0002", "Ada_Love/Ada_Love_0007", "different"),
    ]
    assert all(row.bare for row in read_pairs(FOLDS.encode()).rows)


@pytest.mark.parametrize("change", [str, lambda text: text.replace("\n", "\r\n")])
def test_lfw_with_one_count_reads_the_same(change: object) -> None:
    assert callable(change)
    assert [label for *_, label in pairs(change(ONE_COUNT))] == ["same", "different"]


def test_lfw_saved_without_tabs_reads_the_same() -> None:
    assert pairs(FOLDS.replace("\t", " ")) == pairs(FOLDS)


@pytest.mark.parametrize(
    "line", ["Ada\t1", "Ada\tone\ttwo", "Ada\t1\tBo\t2\t3", "Ada\t-1\t2", "\t1\t2", "..\t1\t2"]
)
def test_a_bad_line_of_lfw_costs_only_itself(line: str) -> None:
    found = read_pairs(f"{ONE_COUNT}{line}\n".encode())
    assert len(found.rows) == 2
    assert list(found.refused) == [4]


@pytest.mark.parametrize(
    ("row", "code"),
    [("a.png", "csv_row_mismatch"), ("../a,b", "path_traversal"), ("/a,b", "absolute_path")],
)
def test_a_bad_row_of_a_table_is_named_by_its_line(row: str, code: str) -> None:
    found = read_pairs(f"first,second\nx,y\n{row}\n".encode())
    assert [refusal.code for refusal in found.refused.values()] == [code]
    assert list(found.refused) == [3]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"first,second\n", "csv_empty"),
        (b"10\t300\n", "csv_empty"),
        (b"one,two\na,b\n", "csv_missing_column"),
        (b"first,third\na,b\n", "csv_missing_column"),
        (b"first,second\na,\xff\n", "csv_bad_encoding"),
        (b"first,second\na,\0\n", "csv_nul"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_as_a_whole(data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_pairs(data)
    assert refused.value.code == code
