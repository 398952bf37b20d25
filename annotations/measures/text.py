"""What counts as the same text: folding for comparison only, never for storage."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Form = Literal["NFC", "NFKC"]

# Marks by which transcribers say that they could not read something.
UNCLEAR = re.compile(r"\?|…|\.{2,}|\[[^\]]*\]|\bunclear\b|\billegible\b", re.IGNORECASE)
_BREAKS = re.compile(r"\n{3,}")
_CHARACTERS = re.compile(r"\n+|.")
_WORDS = re.compile(r"\n*[^\n ]+")


@dataclass(frozen=True)
class TextPolicy:
    """How a project compares texts. form: Unicode normal form. The others ignore a difference."""

    form: Form = "NFC"
    fold_case: bool = False
    fold_punctuation: bool = False

    def clean(self, text: str) -> str:
        """The text in normal form, runs of spaces as one: what is voted on and shown.

        Lines stay lines; of empty lines in a row one is kept, and none at either end.
        """
        lines = unicodedata.normalize(self.form, text).splitlines()
        whole = "\n".join(" ".join(line.split()) for line in lines)
        return _BREAKS.sub("\n\n", whole).strip("\n")

    def key(self, text: str) -> str:
        """Equal for texts that count as the same, wherever their lines end."""
        words = (self.word_key(word) for word in self.clean(text).split())
        return " ".join(word for word in words if word)

    @staticmethod
    def characters(text: str) -> list[str]:
        """The characters of a clean text; a break between lines is one, with an empty line too."""
        return _CHARACTERS.findall(text)

    @staticmethod
    def words(text: str) -> list[str]:
        """The words of a clean text; the first of a line begins with the break before it."""
        return _WORDS.findall(text)

    @staticmethod
    def joined(words: Iterable[str]) -> str:
        """The text of such words."""
        return " ".join(words).replace(" \n", "\n").strip("\n")

    def word_key(self, word: str) -> str:
        """Key of one word; empty where only ignored punctuation is left."""
        word = word.strip()
        folded = word.casefold() if self.fold_case else word
        if not self.fold_punctuation:
            return folded
        return "".join(c for c in folded if c.isalnum() or c in "'’").replace("’", "'")

    def character_key(self, character: str) -> str:
        """Key of one character; the break of a line counts as a space."""
        if character.isspace():
            return " "
        return character.casefold() if self.fold_case else character


def is_unclear(text: str) -> bool:
    """Whether a reading marks a place it could not read."""
    return UNCLEAR.search(text) is not None
