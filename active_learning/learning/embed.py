"""Pictures -> stored features, alone: `python -m active_learning.learning.embed --help`."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from active_learning.learning import process
from active_learning.learning.datasets.snapshot import Item, read_items
from active_learning.learning.datasets.sources import (
    Cache,
    HogSource,
    ItemSource,
    preparation_for,
)
from active_learning.learning.encoder import EncodedSource, Encoder

CHUNK = 4096  # items between two reports


def main(arguments: list[str] | None = None) -> int:
    """Fill the stores, print events as JSON lines, return the exit status."""
    options = _parser().parse_args(arguments)
    return process.run_command(lambda stop: _embed(options))


def _embed(options: argparse.Namespace) -> None:
    items = list(read_items(options.items))
    process.emit("start", {"items": len(items)})
    cache = Cache(options.feature_store)
    source = _source(options, items)
    readable = 0
    for start in range(0, len(items), CHUNK):
        some = items[start : start + CHUNK]
        readable += sum(len(found) for found, _ in source.pieces(some, cache))
        process.emit("epoch", {"step": start + len(some), "steps": len(items)})
    done = {"embedded": readable, "skipped": len(items) - readable}
    process.emit("done", {"cpu_seconds": time.process_time()} | done)


def _source(options: argparse.Namespace, items: Sequence[Item]) -> ItemSource:
    if options.encoder is not None:
        return EncodedSource(Encoder.load(options.encoder))
    # One preparation for all chunks of a dataset, whichever of them this is.
    sample = list(read_items(options.like)) if options.like else items
    return HogSource(preparation_for(sample))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m active_learning.learning.embed")
    parser.add_argument("items", type=Path, help="JSON lines with id, sha256 and file")
    parser.add_argument("--feature-store", type=Path, required=True, help="folder to fill")
    parser.add_argument("--encoder", type=Path, help="folder that `pretrain` made; else HOG")
    parser.add_argument(
        "--like", type=Path, help="JSON lines of pictures that say of what kind these are"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
