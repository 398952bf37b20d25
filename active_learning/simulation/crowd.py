"""A simulated crowd: labelers with skills and biases of their own, repeatable by seed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BIAS = 0.35  # Dirichlet concentration of a labeler's confusions: small means strong habits


@dataclass(frozen=True)
class SimulatedLabeler:
    """One labeler: `confusion[truth]` is the distribution (K,) of what they answer."""

    number: int
    skill: float
    classes: tuple[str, ...]
    confusion: npt.NDArray[np.float64]
    seed: int

    def answer(self, truth: str, key: str) -> str:
        """Return the answer to an item, named by a key; the same item gets the same answer."""
        row = self.confusion[self.classes.index(truth)]
        word = hashlib.sha256(f"{self.seed}:{self.number}:{key}".encode()).digest()
        draw = int.from_bytes(word[:7], "big") / 2**56
        place = int(np.searchsorted(np.cumsum(row), draw, side="right"))
        return self.classes[min(place, len(self.classes) - 1)]


def draw_crowd(
    classes: Sequence[str], *, labelers: int, skill: tuple[float, float], seed: int
) -> list[SimulatedLabeler]:
    """Return labelers whose skills spread evenly over a range.

    A labeler is right with probability `skill`; the wrong answers follow habits of their own, drawn
    from a Dirichlet distribution per true class (concentration 0.35).
    """
    return crowd_of(classes, skills=np.linspace(skill[0], skill[1], labelers).tolist(), seed=seed)


def crowd_of(
    classes: Sequence[str], *, skills: Sequence[float], seed: int
) -> list[SimulatedLabeler]:
    """Return one labeler of each skill; a skill of 1 is never wrong."""
    rng = np.random.default_rng(seed)
    return [
        SimulatedLabeler(
            number, float(level), tuple(classes), _confusion(level, classes, rng), seed
        )
        for number, level in enumerate(skills)
    ]


def _confusion(
    skill: float, classes: Sequence[str], rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    size = len(classes)
    confusion = np.eye(size) * skill
    for truth in range(size):
        others = [k for k in range(size) if k != truth]
        confusion[truth, others] = (1 - skill) * rng.dirichlet(np.full(size - 1, BIAS))
    return confusion
