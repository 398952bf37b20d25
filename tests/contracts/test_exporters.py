"""One battery for every export format."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.exporters import EXPORTERS
from annotations.exporters.base import Columns, Exporter

COLUMNS: Columns = {"task": "json", "name": "text", "answer": "json"}
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "'=1",
    "''=1",
    "'plain",
]

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
rows = st.fixed_dictionaries({"task": st.integers(), "name": texts, "answer": json_values})


@pytest.fixture(params=sorted(EXPORTERS))
def exporter(request: pytest.FixtureRequest) -> Exporter:
    return EXPORTERS[request.param]


def written(exporter: Exporter, rows: list[Any], columns: Columns = COLUMNS) -> bytes:
    file = io.BytesIO()
    assert exporter.write(rows, columns, file) == len(rows)
    return file.getvalue()


def expected(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: None if value == "" else value for key, value in row.items()} for row in rows]


@pytest.mark.parametrize("name", sorted(EXPORTERS))
@settings(max_examples=60, deadline=None)
@given(given_rows=st.lists(rows, max_size=5))
def test_rows_read_back_as_they_were_written(name: str, given_rows: list[dict[str, Any]]) -> None:
    exporter = EXPORTERS[name]
    data = written(exporter, given_rows)
    assert list(exporter.read(io.BytesIO(data), COLUMNS)) == expected(given_rows)


def test_missing_values_read_back_as_none(exporter: Exporter) -> None:
    data = written(exporter, [{"task": 1}])
    assert list(exporter.read(io.BytesIO(data), COLUMNS)) == [
        {"task": 1, "name": None, "answer": None}
    ]


@pytest.mark.parametrize("text", FORMULAS)
def test_texts_that_look_like_formulas_read_back(exporter: Exporter, text: str) -> None:
    data = written(exporter, [{"task": 1, "name": text}])
    assert next(iter(exporter.read(io.BytesIO(data), COLUMNS)))["name"] == text


@pytest.mark.parametrize("bad", [math.nan, math.inf, {1, 2}, object()])
def test_values_that_are_not_json_are_refused(exporter: Exporter, bad: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        exporter.write([{"task": 1, "answer": bad}], COLUMNS, io.BytesIO())


def test_a_key_without_a_column_is_refused(exporter: Exporter) -> None:
    with pytest.raises(ValueError, match="secret"):
        exporter.write([{"task": 1, "secret": "x"}], COLUMNS, io.BytesIO())


def test_a_text_column_refuses_other_values(exporter: Exporter) -> None:
    with pytest.raises(ValueError, match="name"):
        exporter.write([{"task": 1, "name": 7}], COLUMNS, io.BytesIO())


def test_rows_are_taken_one_by_one(exporter: Exporter) -> None:
    file = io.BytesIO()
    sizes: list[int] = []

    def endless() -> Any:
        for task in range(20_000):
            sizes.append(file.tell())
            yield {"task": task, "name": hashlib.sha256(str(task).encode()).hexdigest()}

    exporter.write(endless(), COLUMNS, file)
    assert sizes[-1] > 0.7 * file.tell()  # written while the rows came, not at the end


def test_the_file_stays_open_for_its_owner(exporter: Exporter) -> None:
    file = io.BytesIO()
    exporter.write([{"task": 1}], COLUMNS, file)
    assert not file.closed


@pytest.mark.parametrize("text", FORMULAS[:8])
def test_no_csv_cell_starts_a_formula(text: str) -> None:
    columns: Columns = {"name": "text", text: "text", "answer": "json"}
    data = written(EXPORTERS["csv"], [{"name": text, text: text, "answer": text}], columns)
    for line in csv.reader(io.StringIO(data.decode(), newline="")):
        assert all(cell[0] not in "=+-@\t\r\n＝＋－＠" for cell in line)


def test_csv_of_other_columns_is_refused() -> None:
    data = written(EXPORTERS["csv"], [{"task": 1}])
    with pytest.raises(ValueError, match="columns"):
        list(EXPORTERS["csv"].read(io.BytesIO(data), {"task": "json"}))
