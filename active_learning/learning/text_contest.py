"""Two versions read the same held-out lines: `python -m active_learning.learning.text_contest`.

The rules are those of `promotion`, on character error rates: a paired bootstrap over lines takes
the place of the test on right and wrong items, which on whole lines would see too little.
"""

import argparse
import dataclasses
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from active_learning.learning import process, promotion, text_metrics
from active_learning.learning.contest import CRITICAL, contest_parser
from active_learning.learning.datasets.snapshot import Item, read_items
from active_learning.learning.predictor import BroughtTexts, open_texts
from active_learning.learning.promotion import Verdict

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Contender:
    """Edits (n,) from reading to truth, the lines it was trained on (None: nobody knows), CPU
    seconds per line."""

    edits: Doubles
    labels: int | None
    seconds: float = 0.0


def compare(
    champion: Contender,
    challenger: Contender,
    lengths: Doubles,
    critical: NDArray[np.bool_],
    counted: NDArray[np.bool_],
    *,
    fresh: bool = True,
    seed: int = 0,
) -> Verdict:
    """Paired comparison on n lines of `lengths` (n,) characters; `difference` is the CER saved.

    `critical` (n,) marks lines of which none may be lost, `counted` (n,) those drawn at random:
    only they are evidence. `fresh` is False while too few are new since the last test.
    """
    lost_critical = int((critical & (champion.edits == 0) & (challenger.edits > 0)).sum())
    old, new, sizes = (row[counted] for row in (champion.edits, challenger.edits, lengths))
    saved = _draws(old, new, sizes, seed)
    low, high = (float(x) for x in np.quantile(saved, [0.05, 0.95])) if len(old) else (-1.0, 1.0)
    # One-sided, of no gain and of no loss: readers that are equal everywhere have both at 1.
    p_better, p_worse = float((saved <= 0).mean()), float((saved >= 0).mean())
    few = len(old) < promotion.FEWEST_ITEMS
    vetoes = []
    if lost_critical:
        vetoes.append(f"{lost_critical} critical line{'s' * (lost_critical > 1)} misread now")
    slowest = promotion.SLOWER * max(champion.seconds, promotion.UNNOTICED / promotion.SLOWER)
    if challenger.seconds > slowest and champion.labels is not None:
        vetoes.append(f"{challenger.seconds / max(champion.seconds, 1e-9):.1f} times slower")
    if vetoes:
        decision, reason = "block", "the challenger lost something it must not lose"
    elif few:
        known = None not in (champion.labels, challenger.labels)
        decision, reason = _while_few(len(old), p_worse, known=known)
    elif not fresh:
        decision, reason = "keep", "too few new held-out lines since the last test"
    elif p_better < promotion.BETTER:
        decision, reason = "promote", f"fewer wrong characters (one-sided p = {p_better:.3f})"
    elif low > promotion.NOT_WORSE and promotion.more_labels(champion.labels, challenger.labels):
        trained = f"{challenger.labels} instead of {champion.labels} lines"
        decision, reason = "promote", f"no worse, and trained on {trained}"
    else:
        decision, reason = "keep", "no proof that the challenger is better"
    return Verdict(
        decision=decision,
        items=len(old),
        gained=int((new < old).sum()),
        lost=int((new > old).sum()),
        tested=fresh and not few,
        difference=float((old.sum() - new.sum()) / max(sizes.sum(), 1)),
        low=low,
        high=high,
        p_better=p_better,
        reasons=(reason, *vetoes),
    )


def _while_few(lines: int, p_worse: float, *, known: bool) -> tuple[str, str]:
    if not known:
        return "keep", f"{lines} held-out lines are too few to compare models from elsewhere"
    if lines < promotion.DISCERNIBLE:
        return "promote", f"{lines} held-out lines are too few to compare: the newer labels win"
    if p_worse < promotion.HARM:
        return "keep", f"probably worse on {lines} held-out lines"
    return "promote", f"not worse on {lines} held-out lines, too few for a test"


def _draws(old: Doubles, new: Doubles, lengths: Doubles, seed: int) -> Doubles:
    """Saved CER in resampled sets of lines."""
    if not len(old):
        return np.zeros(1)
    count = len(old)
    chosen = np.random.default_rng(seed).integers(0, count, (promotion.DRAWS, count))
    saved: Doubles = (old - new)[chosen].sum(axis=1) / np.maximum(lengths[chosen].sum(axis=1), 1)
    return saved


def main(arguments: list[str] | None = None) -> int:
    """Compare, print the verdict as an event, return the exit status."""
    options = contest_parser("active_learning.learning.text_contest").parse_args(arguments)
    return process.run_command(lambda stop: _contest(options))


def _contest(options: argparse.Namespace) -> None:
    items = [item for item in read_items(options.items) if item.text]
    pinned = {int(word) for word in options.pinned.split(",") if word}
    counted = np.asarray([item.role != CRITICAL for item in items], bool)
    marked = np.asarray([item.role == CRITICAL or item.id in pinned for item in items], bool)
    lengths = np.asarray([len(text_metrics.plain(item.text or "")) for item in items], np.float64)
    champion, challenger = (
        _read(folder, items, labels)
        for folder, labels in (
            (options.champion, options.champion_labels),
            (options.challenger, options.challenger_labels),
        )
    )
    enough = not options.tested or counted.sum() >= 1.05 * options.tested
    verdict = compare(champion, challenger, lengths, marked, counted, fresh=bool(enough))
    process.emit("verdict", dataclasses.asdict(verdict))


def _read(folder: Path, items: Sequence[Item], labels: int | None) -> Contender:
    """Let a version read; a line of which it says nothing counts as read empty."""
    version, texts = open_texts(folder), [""] * len(items)
    began = time.process_time()
    for at, reading, _ in version.read_items(items):
        texts[at] = text_metrics.plain(reading.text)
    seconds = (time.process_time() - began) / max(len(items), 1)
    edits = [
        Levenshtein.distance(text, text_metrics.plain(item.text or ""))
        for text, item in zip(texts, items, strict=True)
    ]
    taken = 0.0 if isinstance(version, BroughtTexts) else seconds
    return Contender(np.asarray(edits, np.float64), labels, taken)


if __name__ == "__main__":
    sys.exit(main())
