"""Champion and challenger: two versions before the same held-out items."""

from __future__ import annotations

import math
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.actions.child import Child, LearningFailed
from active_learning.actions.publish import ArtifactMissing, folder_of
from active_learning.learning.datasets.snapshot import read_snapshot, write_items
from active_learning.models import ModelVersion

LEAST_ITEMS = 10
NOISE_LEVEL = 0.05

SCORE = "active_learning.learning.score"


@dataclass(frozen=True)
class Comparison:
    """How often only one of the two was right, and what follows from it."""

    champion: int | None
    items: int
    only_champion: int
    only_challenger: int
    p_worse: float
    promoted: bool
    reason: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def without_contest(champion: ModelVersion | None, reason: str) -> Comparison:
    """The verdict where there is nothing to compare: the newer labels win."""
    number = champion.number if champion else None
    return Comparison(number, 0, 0, 0, 1.0, True, reason)


def compare(
    *, challenger: Path, champion: ModelVersion | None, snapshot: Path, features: Path
) -> Comparison:
    """Let both predict the snapshot's holdout; keep the champion only if it is clearly better.

    Clearly: the exact one-sided sign test on the items that just one of them got right (McNemar
    1947) gives p < 0.05.
    """
    if champion is None:
        return without_contest(None, "It is the first version.")
    holdout = read_snapshot(snapshot).part("holdout")
    if len(holdout) < LEAST_ITEMS:
        return without_contest(champion, f"{len(holdout)} held-out items are too few to compare.")
    with tempfile.TemporaryDirectory(prefix="holdout-") as scratch:
        items = Path(scratch) / "items.jsonl"
        write_items(items, holdout)
        try:
            old = predict_labels(folder_of(champion), items, features)
        except (ArtifactMissing, LearningFailed) as error:
            return without_contest(champion, f"Version {champion.number}: {error.detail}")
        new = predict_labels(challenger, items, features)
    truth = {item.id: likeliest(item.target) for item in holdout if item.target}
    return _verdict(champion, _right(old, truth), _right(new, truth))


def likeliest(target: dict[str, float]) -> str:
    """Return the class with the most mass, the first one of equals."""
    return max(target, key=target.__getitem__)


def predict_labels(artifact: Path, items: Path, features: Path) -> dict[int, str]:
    """Return the likeliest class of each readable item, computed in a child process."""
    out = items.with_name(f"predicted-{artifact.name}.npz")
    arguments = [str(artifact), str(items), str(out), "--strategy", "uniform"]
    with Child(SCORE, [*arguments, "--feature-store", str(features)]) as child:
        for _ in child.events():
            pass
        child.wait().raise_for_status()
    with np.load(out, allow_pickle=False) as found:
        names = found["classes"][found["top"]].tolist()
        return dict(zip(found["ids"].tolist(), names, strict=True))


def _right(predicted: dict[int, str], truth: dict[int, str]) -> NDArray[np.bool_]:
    return np.asarray([predicted.get(pk) == label for pk, label in sorted(truth.items())], bool)


def _verdict(champion: ModelVersion, old: NDArray[np.bool_], new: NDArray[np.bool_]) -> Comparison:
    only_old, only_new = int((old & ~new).sum()), int((new & ~old).sum())
    p_worse = sign_test(only_old, only_old + only_new)
    promoted = p_worse >= NOISE_LEVEL
    counts = f"On {len(old)} held-out items it was right {new.sum()} times"
    against = f"version {champion.number} {old.sum()} times"
    end = "not clearly worse" if promoted else "clearly worse"
    reason = f"{counts}, {against}: {end} (p = {p_worse:.3f})."
    return Comparison(champion.number, len(old), only_old, only_new, p_worse, promoted, reason)


def sign_test(successes: int, trials: int) -> float:
    """Return the chance of at least `successes` heads in `trials` tosses of a fair coin."""
    if trials == 0:
        return 1.0
    ways = sum(math.comb(trials, count) for count in range(successes, trials + 1))
    return float(ways / 2**trials)
