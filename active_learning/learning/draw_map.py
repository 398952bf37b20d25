"""Stored features -> a map of a dataset: `python -m active_learning.learning.draw_map --help`."""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from active_learning.learning import process
from active_learning.learning.datasets.snapshot import read_items
from active_learning.learning.errors import CannotTrain
from active_learning.learning.find_foreign import save_columns
from active_learning.learning.layout import lay_out
from active_learning.learning.nearest import largest_store


def main(arguments: list[str] | None = None) -> int:
    """Draw the map, print events as JSON lines, return the exit status."""
    options = _parser().parse_args(arguments)
    return process.run_command(lambda stop: _draw(options))


def _draw(options: argparse.Namespace) -> None:
    items = list(read_items(options.items))
    process.emit("start", {"items": len(items)})
    store = largest_store(options.feature_store)
    if store is None:
        raise CannotTrain("no features of these pictures are stored yet")
    rows = store.rows([item.sha256 for item in items])
    there = np.flatnonzero(rows >= 0)
    if not len(there):
        raise CannotTrain("none of these pictures has features yet")
    vectors = store.take(rows[there])
    # Hashes are as good as drawn by lot, and stay the same while the dataset grows.
    order = np.argsort([items[place].sha256 for place in there], kind="stable")
    found = lay_out(vectors, order)
    ids = np.array([items[place].id for place in there], np.int64)
    save_columns(options.out, ids=ids, places=found.places)
    done = {"placed": len(ids), "skipped": len(items) - len(ids), "landmarks": found.landmarks}
    process.emit("done", {"out": str(options.out), "cpu_seconds": time.process_time()} | done)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m active_learning.learning.draw_map")
    parser.add_argument("items", type=Path, help="JSON lines with id, sha256 and file")
    parser.add_argument("out", type=Path, help="NPZ file: ids, places")
    parser.add_argument("--feature-store", type=Path, required=True, help="folder of features")
    return parser


if __name__ == "__main__":
    sys.exit(main())
