"""Artifacts before items of known class: `python -m active_learning.learning.evaluate --help`."""

import argparse
import sys
from pathlib import Path

from active_learning.learning import metrics, process
from active_learning.learning.contest import answers_of
from active_learning.learning.datasets.snapshot import Item, Snapshot, read_items
from active_learning.learning.datasets.sources import Cache


def main(arguments: list[str] | None = None) -> int:
    """Print one event per artifact, return the exit status."""
    options = _parser().parse_args(arguments)
    return process.run_command(lambda stop: _evaluate(options))


def _evaluate(options: argparse.Namespace) -> None:
    items = tuple(item for item in read_items(options.items) if item.target)
    classes = tuple(sorted({name for item in items for name in item.target or ()}))
    targets = Snapshot("", "choice", classes, 0, items).targets(items)
    cache = Cache(options.feature_store)
    for folder in options.artifacts:
        figures = _figures(folder, items, classes, targets, cache)
        process.emit("evaluated", {"artifact": folder.name} | figures)


def _figures(
    folder: Path,
    items: tuple[Item, ...],
    classes: tuple[str, ...],
    targets: metrics.Floats,
    cache: Cache,
) -> dict[str, object]:
    """Of one artifact; what it cannot read, or names outside the known classes, counts as wrong."""
    said = answers_of(folder, items, classes, cache)
    report = metrics.report(said.probabilities, targets, classes)
    short = {name: report[name] for name in ("count", "accuracy", "low", "high", "ece")}
    return short | {"seconds_per_item": said.seconds}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m active_learning.learning.evaluate")
    parser.add_argument("items", type=Path, help="JSON lines of items with targets")
    parser.add_argument("artifacts", type=Path, nargs="+", metavar="artifact")
    parser.add_argument("--feature-store", type=Path, help="folder of cached features")
    return parser


if __name__ == "__main__":
    sys.exit(main())
