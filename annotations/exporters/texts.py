"""Transcriptions as plain text: one file per item, or kraken's pairs of a line and its text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import BinaryIO

from annotations.exporters.items import Folder, ItemExporter, LabeledItem, Question


class PlainText(ItemExporter):
    """NAME.txt for every item, and its picture beside it on request."""

    name = "text"
    task_types = ("transcription",)
    note = """
Plain text, UTF-8, as it was written down: one file for each picture, line breaks kept. What nobody
could read has no file.
"""

    def write(self, items: Iterable[LabeledItem], question: Question, file: BinaryIO) -> int:
        count = 0
        with Folder(file, self.note) as folder:
            for item in items:
                if (text := _text(item)) is not None:
                    count += 1
                    folder.text(f"{item.stem}.txt", text + "\n")
                    folder.picture(item.path, item)
        return count


class Kraken(ItemExporter):
    """NAME.gt.txt and its picture, for `ketos train -f path`."""

    name = "kraken"
    task_types = ("transcription",)
    pictures = "always"
    note = """
Pairs for kraken and eScriptorium's `path` format: NAME.gt.txt holds the text of the picture NAME as
one line, normalised to Unicode NFC, with line breaks as spaces. Lines that nobody could read, and
empty ones, are left out: they teach a recogniser nothing.
"""

    def write(self, items: Iterable[LabeledItem], question: Question, file: BinaryIO) -> int:
        count = 0
        with Folder(file, self.note) as folder:
            for item in items:
                line = " ".join(unicodedata.normalize("NFC", _text(item) or "").split("\n")).strip()
                if line:
                    count += 1
                    folder.text(f"{item.stem}.gt.txt", line + "\n")
                    folder.picture(item.path, item)
        return count


def _text(item: LabeledItem) -> str | None:
    """Return what an item says; None where nothing is decided, or nobody could read it."""
    if item.answer is None or item.answer.get("illegible"):
        return None
    return str(item.answer["text"])
