"""Readings of one text side by side: where they all agree, and where which of them differ."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from annotations.consensus.alignment import Token, medoid_index, token_keys
from annotations.measures.text import TextPolicy

Cells = list[Token | None]  # one per reading; None is a gap


@dataclass(frozen=True)
class Segment:
    """A stretch that all read alike, or one character (grapheme) on which they differ.

    text: what the text has there, empty for a gap. readings: what each reading has there, in their
    order; empty where every one of them has `text` to the letter. agreed: whether the differences,
    if any, count under the policy.
    """

    text: str
    readings: tuple[str, ...]
    agreed: bool


def side_by_side(text: str | None, readings: Sequence[str], policy: TextPolicy) -> list[Segment]:
    """Align readings with a text, by default with the one nearest to all the others.

    Spaces and Unicode forms are as the policy cleans them. Needs at least one reading.
    """
    rows = [_graphemes(policy.clean(reading), policy) for reading in readings]
    if text is None:
        keys = [token_keys(row) for row in rows]
        pivot = rows[medoid_index(keys, [1.0] * len(rows))]
    else:
        pivot = _graphemes(policy.clean(text), policy)
    segments: list[Segment] = []
    for column in _columns([pivot, *rows], pivot):
        _add(segments, column)
    return segments


def _graphemes(text: str, policy: TextPolicy) -> list[Token]:
    """Characters with the marks that combine with them."""
    parts: list[str] = []
    for character in TextPolicy.characters(text):
        if parts and (unicodedata.combining(character[0]) or character == "\u200d"):
            parts[-1] += character
        else:
            parts.append(character)
    return [Token(part, _key(part, policy), 1.0) for part in parts]


def _key(part: str, policy: TextPolicy) -> str:
    counts = part[0].isalnum() or part[0].isspace() or part in ("'", "’")
    ignored = policy.fold_punctuation and not counts
    return "" if ignored else policy.character_key(part)


def _columns(rows: Sequence[Sequence[Token]], pivot: Sequence[Token]) -> list[Cells]:
    """The cells of every row at each place of the pivot, and in columns between them what it
    lacks, aligned among itself."""
    places: list[Cells] = [[None] * len(rows) for _ in pivot]
    between: list[list[list[Token]]] = [[[] for _ in rows] for _ in range(len(pivot) + 1)]
    for at, row in enumerate(rows):
        for step in Levenshtein.opcodes(token_keys(pivot), token_keys(row)):
            found = row[step.dest_start : step.dest_end]
            if step.tag == "insert":
                between[step.src_start][at] += found
                continue
            for offset, token in enumerate(found):
                places[step.src_start + offset][at] = token
    columns: list[Cells] = []
    for place, parts in enumerate(between):
        if any(parts):
            # Shorter with every step: no more can be inserted into the longest than replaced.
            longest = max(parts, key=lambda part: (len(part), token_keys(part)))
            columns += _columns(parts, longest)
        columns += places[place : place + 1]
    return columns


def _add(segments: list[Segment], column: Cells) -> None:
    text, *readings = (cell.raw if cell else "" for cell in column)
    if any(reading != text for reading in readings):
        agreed = len({cell.key if cell else "" for cell in column[1:]}) == 1
        segments.append(Segment(text, tuple(readings), agreed))
    elif segments and not segments[-1].readings:
        segments[-1] = Segment(segments[-1].text + text, (), True)
    else:
        segments.append(Segment(text, (), True))
