"""Which texts do not fit their pictures: both are mapped to where which letter stands.

A text becomes a pyramidal histogram of its characters (Almazan, Gordo, Fornes and Valveny, Word
Spotting and Recognition with Embedded Attributes, 2014), and kernel ridge regression by folds says
what histogram a picture should have. It reads no text; it tells which of the known texts fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.learning import principal_components
from active_learning.learning.clustering import squared_distances

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVELS = (1, 2, 3, 4, 5)
COMPONENTS = 500
RIDGE = 0.3
FOLDS = 5
LEFT_OUT = 0.08  # of the items, the worst fits of the first round, which teach the second nothing
FEWEST = 60
MOST = 6_000  # items compared with each other in memory
FARTHEST = 20  # places by which a text may have slipped
CLEAR = 1.0  # mean gain over a run from which a slip is certain enough to be named
SUSPECT = 3.0  # from this score on an item counts towards a run; good texts rarely reach it


@dataclass(frozen=True)
class TextSuspicion:
    """Per item: `score` (n,), the higher the worse the own text fits against the best other one;
    `best` (n,) the place of the item of the same group whose text fits best; `fits` (n, n) how
    well each picture (row) fits each text."""

    score: Doubles
    best: Ints
    fits: Doubles

    def slipped_by(self, first: int, last: int) -> int:
        """By how many places the texts of a run of items slipped; 0 where that cannot be told.

        One fit alone is weak, so those of the whole run are added up for each possible slip.
        """
        run = np.arange(first, last + 1)
        slips = [slip for slip in range(-FARTHEST, FARTHEST + 1) if slip]
        gains = np.array([self._gain(run, slip) for slip in slips])
        order = np.argsort(-gains)
        if gains[order[0]] < CLEAR or gains[order[0]] - gains[order[1]] < CLEAR / 2:
            return 0
        return int(slips[order[0]])

    def _gain(self, run: Ints, slip: int) -> float:
        """How much better the texts `slip` places on fit the pictures of a run than their own."""
        inside = run[(run + slip >= 0) & (run + slip < len(self.fits))]
        if len(inside) < len(run) - abs(slip) or not len(inside):
            return -np.inf
        return float((self.fits[inside, inside + slip] - self.fits[inside, inside]).mean())


def characters_of(texts: Sequence[str]) -> str:
    """The characters that occur, small letters, in a fixed order."""
    return "".join(sorted({character for text in texts for character in text.lower()}))


def histograms(texts: Sequence[str], alphabet: str) -> Doubles:
    """(n, regions * characters + 1): how much of each character stands in each part of a text."""
    place = {character: index for index, character in enumerate(alphabet)}
    return np.stack([_histogram(text.lower(), place) for text in texts])


def _histogram(text: str, place: dict[str, int]) -> Doubles:
    count = max(len(text), 1)
    levels = []
    for level in LEVELS:
        parts = np.zeros((level, len(place)))
        for index, character in enumerate(text):
            start, end = index / count, (index + 1) / count
            for part in range(int(start * level), min(level, int(end * level) + 1)):
                shared = min(end, (part + 1) / level) - max(start, part / level)
                parts[part, place[character]] += max(shared, 0.0) * count
        levels.append(np.sqrt(parts / np.sqrt(level)).ravel())
    return np.append(np.concatenate(levels), count / 5)


def match(
    vectors: NDArray[np.floating[Any]],
    texts: Sequence[str],
    groups: Sequence[Any],
    *,
    seed: int = 0,
) -> TextSuspicion:
    """Judge the texts of pictures by their vectors (n, d); groups: who wrote it, or where.

    Raises ValueError below FEWEST or above MOST items.
    """
    if not FEWEST <= len(texts) <= MOST:
        raise ValueError(f"{len(texts)} texts; {FEWEST} to {MOST} can be compared")
    kernel = _kernel(np.asarray(vectors, np.float32), seed)
    wanted = histograms(texts, characters_of(texts))
    wanted = wanted - wanted.mean(axis=0)
    trusted = np.ones(len(texts), dtype=bool)
    fits = np.zeros((len(texts), len(texts)))
    for _ in range(2):
        fits = _fits(_predicted(kernel, wanted, trusted, seed), wanted)
        worst = np.argsort(np.diag(fits), kind="stable")[: int(LEFT_OUT * len(texts))]
        trusted = np.ones(len(texts), dtype=bool)
        trusted[worst] = False
    return _judged(fits, texts, groups)


def _kernel(vectors: NDArray[np.float32], seed: int) -> Doubles:
    components = principal_components.fit(vectors, COMPONENTS, seed)
    points = components.project(vectors)
    apart = squared_distances(points, points).astype(np.float64)
    return np.asarray(np.exp(-apart / max(float(np.median(apart)), 1e-9)))


def _predicted(kernel: Doubles, wanted: Doubles, trusted: NDArray[np.bool_], seed: int) -> Doubles:
    folds = np.random.default_rng(seed).permutation(len(kernel)) % FOLDS
    found = np.zeros_like(wanted)
    for fold in range(FOLDS):
        seen, left = (folds != fold) & trusted, folds == fold
        inner = kernel[np.ix_(seen, seen)] + RIDGE * np.eye(int(seen.sum()))
        found[left] = kernel[np.ix_(left, seen)] @ np.linalg.solve(inner, wanted[seen])
    return found


def _fits(predicted: Doubles, wanted: Doubles) -> Doubles:
    """(n pictures, n texts): how well each fits each, standardised by picture and by text.

    What the pictures tell well counts most; a text that fits every picture fits none.
    """
    error, spread = ((predicted - wanted) ** 2).mean(axis=0), (wanted**2).mean(axis=0)
    told = np.clip(1.0 - error / (spread + 1e-9), 0.0, 1.0) * (spread > 1e-4) / (error + 1e-3)
    left, right = predicted * np.sqrt(told), wanted * np.sqrt(told)
    sizes = (left**2).sum(axis=1)[:, None] * (right**2).sum(axis=1)[None]
    alike = (left @ right.T) / np.sqrt(sizes + 1e-9)
    by_text = (alike - alike.mean(axis=0)) / (alike.std(axis=0) + 1e-9)
    by_picture = alike - alike.mean(axis=1, keepdims=True)
    by_picture /= alike.std(axis=1, keepdims=True) + 1e-9
    return np.asarray(by_text + by_picture)


def _judged(fits: Doubles, texts: Sequence[str], groups: Sequence[Any]) -> TextSuspicion:
    _, group = np.unique([str(name) for name in groups], return_inverse=True)
    _, text = np.unique(list(texts), return_inverse=True)
    score, best = np.zeros(len(texts)), np.arange(len(texts))
    for place in range(len(texts)):
        others = np.flatnonzero((group == group[place]) & (text != text[place]))
        if len(others):
            best[place] = others[fits[place, others].argmax()]
            score[place] = fits[place, best[place]] - fits[place, place]
    return TextSuspicion(score, best.astype(np.int64), fits)
