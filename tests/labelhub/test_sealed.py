"""Row numbers as words: always the same, read back, and telling nothing of their order."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from labelhub.sealed import seal, unseal


@given(st.integers(0, 2**63 - 1))
def test_a_word_is_read_back(row: int) -> None:
    word = seal(row)
    assert len(word) == 22 and word == seal(row)
    assert unseal(word) == row


@given(st.text(max_size=30))
def test_other_words_are_nothing(word: str) -> None:
    assert unseal(word) is None


def test_words_are_in_no_order_and_share_nothing() -> None:
    words = [seal(row) for row in range(1, 2001)]
    assert len(set(words)) == 2000
    rising = sum(one < other for one, other in pairwise(words))
    assert 850 < rising < 1150
    changed = [bin(int.from_bytes(a.encode()) ^ int.from_bytes(b.encode())).count("1")
               for a, b in pairwise(words)]  # fmt: skip
    assert min(changed) > 20


def test_a_changed_letter_is_noticed() -> None:
    word = seal(7)
    for at in range(21):
        other = "B" if word[at] == "A" else "A"
        assert unseal(word[:at] + other + word[at + 1 :]) is None


def test_an_earlier_key_still_reads(settings: Any) -> None:
    word = seal(7)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key " * 5
    assert unseal(word) is None and seal(7) != word
    settings.SECRET_KEY_FALLBACKS = [old]
    assert unseal(word) == 7
