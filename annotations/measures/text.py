"""What counts as the same text: folding for comparison only, never for storage."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Form = Literal["NFC", "NFKC"]

# Marks by which transcribers say that they could not read something.
UNCLEAR = re.compile(r"\?|…|\.{2,}|\[[^\]]*\]|\bunclear\b|\billegible\b", re.IGNORECASE)


@dataclass(frozen=True)
class TextPolicy:
    """How a project compares texts. form: Unicode normal form. The others ignore a difference."""

    form: Form = "NFC"
    fold_case: bool = False
    fold_punctuation: bool = False

    def clean(self, text: str) -> str:
        """The text in normal form, runs of spaces as one: what is voted on and shown."""
        return " ".join(unicodedata.normalize(self.form, text).split())

    def key(self, text: str) -> str:
        """Equal for texts that count as the same."""
        words = (self.word_key(word) for word in self.clean(text).split(" "))
        return " ".join(word for word in words if word)

    def word_key(self, word: str) -> str:
        """Key of one word; empty where only ignored punctuation is left."""
        folded = word.casefold() if self.fold_case else word
        if not self.fold_punctuation:
            return folded
        return "".join(c for c in folded if c.isalnum() or c in "'’").replace("’", "'")

    def character_key(self, character: str) -> str:
        """Key of one character."""
        return character.casefold() if self.fold_case else character


def is_unclear(text: str) -> bool:
    """Whether a reading marks a place it could not read."""
    return UNCLEAR.search(text) is not None
