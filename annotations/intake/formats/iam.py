"""IAM's lines.txt and words.txt: one line of text for each picture of handwriting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from annotations.intake.documents import lines_of
from annotations.intake.formats import shapes
from annotations.intake.formats.base import (
    ImportFormat,
    Problem,
    Record,
    Told,
    Tree,
    base_of,
    each_file,
)
from annotations.intake.refusals import Refusal

_ID = re.compile(rb"[a-z]\d\d-\d{3}[a-z]?-\d\d(?:-\d\d)? (?:ok|err) ")
_FORM = re.compile(rb"[a-z]\d\d-\d{3}[a-z]? \d{3} ")
# Fields before the text: of a line the count of its parts is one, of a word its grammatical tag.
_BEFORE = 8
# Tokens that stand at the word before them, and those at the word after them.
_CLOSING = {".", ",", ";", ":", "!", "?", ")", "...", "n't"}


class Iam(ImportFormat):
    name = "iam"
    title = "IAM handwriting (lines.txt)"
    task_types = ("transcription",)

    def claims(self, path: str, tree: Tree) -> bool:
        if base_of(path).lower() not in ("lines.txt", "words.txt", "forms.txt"):
            return False
        first = _first_line(tree.head(path))
        return bool(_ID.match(first) or _FORM.match(first))

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        forms = [path for path in paths if _FORM.match(_first_line(tree.head(path)))]
        writers = {form: writer for path in forms for form, writer in _writers(path, tree)}
        tables = [path for path in paths if path not in forms]
        return each_file(tables, tree, lambda path, tree: _read(path, writers, tree))


def _first_line(head: bytes) -> bytes:
    lines = (line for line in head.split(b"\n") if line.strip() and not line.startswith(b"#"))
    return next(lines, b"")


def _writers(path: str, tree: Tree) -> Iterator[tuple[str, str]]:
    for _, line in lines_of(tree.read(path)):
        words = line.split()
        if len(words) > 1 and not line.startswith("#"):
            yield words[0], words[1]


def _read(path: str, writers: dict[str, str], tree: Tree) -> Iterator[Told]:
    for number, line in lines_of(tree.read(path)):
        if line.strip() and not line.startswith("#"):
            try:
                yield _told(line, path, f"line {number}", writers, tree)
            except Refusal as refusal:
                yield Problem(path, f"line {number}", line[:40], refusal)


def _told(line: str, path: str, where: str, writers: dict[str, str], tree: Tree) -> Record:
    fields = line.split(" ")
    if len(fields) <= _BEFORE:
        raise Refusal("format_invalid", "The line has too few fields.")
    picture = tree.find_stem(fields[0], near=path)
    form = "-".join(fields[0].split("-")[:2])
    text = detokenised(" ".join(fields[_BEFORE:]).split("|"))
    answers = {"transcription": shapes.text_answer(text)}
    return Record(path, where, picture, answers, group=writers.get(form, form))


def detokenised(tokens: list[str]) -> str:
    """Return tokens as they are written: punctuation stands at its word, quotes in pairs."""
    text, quoted, glued = "", False, True
    for word in " ".join(tokens).split():
        closing = word in _CLOSING or word.startswith("'") or (word == '"' and quoted)
        text += word if glued or closing else f" {word}"
        glued = word == "(" or (word == '"' and not quoted)
        quoted ^= word == '"'
    return text
