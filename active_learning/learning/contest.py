"""Two versions before the same held-out items: `python -m active_learning.learning.contest`.

The challenger scores in shadow: nothing that it says here reaches the queue or a stored prediction.
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

from active_learning.learning import process
from active_learning.learning.datasets.snapshot import Item, read_items
from active_learning.learning.datasets.sources import Cache
from active_learning.learning.prediction_table import NO_ANSWER, unsaid
from active_learning.learning.predictor import Predictor, open_classes
from active_learning.learning.promotion import Contender, compare

TIMED_SECONDS = 0.05  # of CPU, so that the clock's grain does not decide
CRITICAL = "critical"


@dataclass(frozen=True)
class Answers:
    """What one version says of (n,) items: `probabilities` (n, K), 0 in rows that it could not
    read, and CPU seconds per item."""

    probabilities: NDArray[np.float64]
    seconds: float


def answers_of(
    folder: Path, items: Sequence[Item], classes: Sequence[str], cache: Cache
) -> Answers:
    """Let the artifact in `folder` predict; columns follow `classes`, without its other ones."""
    predictor = open_classes(folder)
    shared = [name for name in predictor.classes if name in classes]
    columns = [classes.index(name) for name in shared]
    own = [predictor.classes.index(name) for name in shared]
    found = np.zeros((len(items), len(classes)))
    vectors = []
    for index, rows, some in predictor.predict_items(items, cache):
        found[index[:, None], columns] = rows[:, own]
        vectors.append(some)
    if not vectors or not isinstance(predictor, Predictor):
        return Answers(found, 0.0)
    return Answers(found, _seconds_per_item(predictor, np.concatenate(vectors)))


def _seconds_per_item(predictor: Predictor, vectors: NDArray[np.float32]) -> float:
    """With the features at hand, as in a scoring; after one round to warm up."""
    began, rounds = time.process_time(), 0
    while time.process_time() - began < TIMED_SECONDS or not rounds:
        predictor.model.predict_proba(vectors)
        rounds += 1
    return (time.process_time() - began) / (rounds * max(len(vectors), 1))


def main(arguments: list[str] | None = None) -> int:
    """Compare, print the verdict as an event, return the exit status."""
    options = contest_parser("active_learning.learning.contest").parse_args(arguments)
    return process.run_command(lambda stop: _contest(options))


def _contest(options: argparse.Namespace) -> None:
    items = [item for item in read_items(options.items) if item.target]
    pinned = {int(word) for word in options.pinned.split(",") if word}
    classes = (*_classes(options, items), NO_ANSWER)
    column = {name: place for place, name in enumerate(classes)}
    best = [max(item.target or {}, key=(item.target or {}).__getitem__) for item in items]
    truth = np.asarray([column[name] for name in best], np.int64)
    cache = Cache(options.feature_store)
    old, new = (
        answers_of(folder, items, classes, cache)
        for folder in (options.champion, options.challenger)
    )
    for said in (old, new):
        unsaid(said.probabilities)
    verdict = compare(
        Contender(old.probabilities, options.champion_labels, old.seconds),
        Contender(new.probabilities, options.challenger_labels, new.seconds),
        truth,
        classes,
        critical=np.asarray([_is_critical(item, pinned) for item in items], bool),
        counted=np.asarray([item.role != CRITICAL for item in items], bool),
        fresh=not options.tested or _counted(items) >= 1.05 * options.tested,
    )
    process.emit("verdict", dataclasses.asdict(verdict))


def _counted(items: Sequence[Item]) -> int:
    return sum(item.role != CRITICAL for item in items)


def _is_critical(item: Item, pinned: set[int]) -> bool:
    return item.role == CRITICAL or item.id in pinned


def _classes(options: argparse.Namespace, items: Sequence[Item]) -> tuple[str, ...]:
    """All classes that anybody may name: of both versions and of the truth."""
    named: dict[str, None] = {}
    for folder in (options.challenger, options.champion):
        named |= dict.fromkeys(open_classes(folder).classes)
    for item in items:
        named |= dict.fromkeys(item.target or ())
    return tuple(named)


def contest_parser(command: str) -> argparse.ArgumentParser:
    """Return what a contest is told, whatever the versions answer."""
    parser = argparse.ArgumentParser(prog=f"python -m {command}")
    parser.add_argument("champion", type=Path, help="artifact that serves")
    parser.add_argument("challenger", type=Path, help="artifact that wants to")
    parser.add_argument("items", type=Path, help="JSON lines of held-out and critical items")
    parser.add_argument("--champion-labels", type=int, help="left out where nobody knows")
    parser.add_argument("--challenger-labels", type=int, help="left out where nobody knows")
    parser.add_argument("--pinned", default="", help="ids of held-out items that are critical too")
    parser.add_argument("--tested", type=int, default=0, help="held-out items in the last test")
    parser.add_argument("--feature-store", type=Path, help="folder of cached features")
    return parser


if __name__ == "__main__":
    sys.exit(main())
