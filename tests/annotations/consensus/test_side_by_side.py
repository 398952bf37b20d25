"""Readings side by side: every reading can be read back, and differences stand under each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.consensus.side_by_side import Segment, side_by_side
from annotations.measures.text import TextPolicy

PLAIN = TextPolicy()
TEXTS = st.text(alphabet="abc é\u0301", max_size=12)


def shown(text: str | None, *readings: str, policy: TextPolicy = PLAIN) -> list[Segment]:
    return side_by_side(text, readings, policy)


def test_a_differing_character_stands_alone_between_what_all_agree_on() -> None:
    assert shown("Smith", "Smith", "Smyth") == [
        Segment("Sm", (), True),
        Segment("i", ("i", "y"), False),
        Segment("th", (), True),
    ]


def test_what_some_readings_lack_or_add_is_a_gap_in_the_others() -> None:
    assert shown("cat", "cats", "at") == [
        Segment("c", ("c", ""), False),
        Segment("at", (), True),
        Segment("", ("s", ""), False),
    ]


def test_longer_insertions_are_aligned_among_themselves() -> None:
    middle = shown("ad", "abcd", "acd")[1:-1]
    assert middle == [Segment("", ("b", ""), False), Segment("", ("c", "c"), True)]


def test_what_the_policy_ignores_is_shown_but_does_not_count() -> None:
    policy = TextPolicy(fold_case=True, fold_punctuation=True)
    segments = shown("The end.", "the end", "The end.", policy=policy)
    assert [s.readings for s in segments if s.readings] == [("t", "T"), ("", ".")]
    assert all(segment.agreed for segment in segments)


def test_marks_stay_with_their_letters() -> None:
    assert shown("x\u0323a", "x\u0323a", "xa")[0] == Segment("x\u0323", ("x\u0323", "x"), False)


def test_without_a_text_the_reading_nearest_to_all_the_others_is_the_measure() -> None:
    assert "".join(s.text for s in shown(None, "lane", "line", "line")) == "line"


@given(text=st.none() | TEXTS, readings=st.lists(TEXTS, min_size=1, max_size=5))
def test_every_reading_and_the_text_can_be_read_back(text: str | None, readings: list[str]) -> None:
    segments = shown(text, *readings)
    for at, reading in enumerate(readings):
        parts = (segment.readings[at] if segment.readings else segment.text for segment in segments)
        assert "".join(parts) == PLAIN.clean(reading)
    if text is not None:
        assert "".join(segment.text for segment in segments) == PLAIN.clean(text)


@pytest.mark.parametrize("text", [None, "", "abc"])
def test_empty_readings_are_gaps(text: str | None) -> None:
    for segment in shown(text, "", ""):
        assert segment.readings == ("", "")
