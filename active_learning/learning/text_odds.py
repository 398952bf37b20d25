"""Which texts a reader contradicts: the own text against the likeliest of the other known ones.

Against other texts that were really written, and not against what the reader spells out: where a
hand is hard to read, all texts are unlikely, and the own one still is the likeliest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from active_learning.learning.recipes.base import Reader
from active_learning.learning.text_match import Doubles, Ints, TextSuspicion
from active_learning.learning.text_metrics import plain

CANDIDATES = 30  # other texts that are tried on a picture, those that match it best
UNFIT = -10.0  # nats per character of a text for which the picture is too short
CHUNK = 256  # pictures in memory at once
SUSPECT = 0.3  # nats per character from which an item counts towards a run


@dataclass(frozen=True)
class TextOdds:
    """Per item: `score` (n,) nats per character of its text by which another text is likelier,
    negative where the own one is; `best` (n,) the place of the item that has that other text."""

    score: Doubles
    best: Ints


def weigh(
    reader: Reader,
    files: Sequence[str | Path],
    texts: Sequence[str],
    candidates: Sequence[Ints],
) -> TextOdds:
    """Judge n texts of picture files; `candidates` are the places of other texts for each.

    Where there is no candidate, nothing contradicts the text. Raises ImageUnreadable.
    """
    score, best = np.zeros(len(texts)), np.arange(len(texts))
    for start in range(0, len(texts), CHUNK):
        places = range(start, min(start + CHUNK, len(texts)))
        tried = [[place, *candidates[place].tolist()] for place in places]
        found = reader.log_chances(
            [files[place] for place in places], [[texts[one] for one in some] for some in tried]
        )
        for place, some, logs in zip(places, tried, found, strict=True):
            if len(some) > 1:
                known = np.maximum(logs, [UNFIT * _length(texts[one]) for one in some])
                other = 1 + int(known[1:].argmax())
                best[place] = some[other]
                score[place] = (known[other] - known[0]) / _length(texts[place])
    return TextOdds(score, best.astype(np.int64))


def others(matched: TextSuspicion, texts: Sequence[str], groups: Sequence[str]) -> list[Ints]:
    """For each of n items the places of other texts of its group that match its picture best."""
    _, group = np.unique(list(groups), return_inverse=True)
    _, text = np.unique([plain(one) for one in texts], return_inverse=True)
    found = []
    for place in range(len(texts)):
        rest = np.flatnonzero((group == group[place]) & (text != text[place]))
        order = np.argsort(-matched.fits[place, rest], kind="stable")
        found.append(rest[order[:CANDIDATES]].astype(np.int64))
    return found


def _length(text: str) -> int:
    return max(len(plain(text)), 1)
