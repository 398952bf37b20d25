"""Pictures -> an encoder, alone: `python -m active_learning.learning.pretrain --help`."""

import argparse
import hashlib
import sys
import time
from pathlib import Path

from active_learning.learning import process
from active_learning.learning.datasets.snapshot import read_items
from active_learning.learning.datasets.sources import Cache, CanvasSource, load, preparation_for
from active_learning.learning.encoder import Encoder
from active_learning.learning.pretraining import pretrain
from active_learning.learning.recipes.base import Run, versions

MOST = 20_000  # pictures learned from; more change little and cost decoding
LIBRARIES = ("numpy", "torch", "pillow", "safetensors")


def main(arguments: list[str] | None = None) -> int:
    """Train the features of a dataset, print events, return the exit status."""
    options = _parser().parse_args(arguments)
    return process.run_command(lambda stop: _pretrain(options, stop), options.budget_cpu)


def _pretrain(options: argparse.Namespace, stop: process.StopRequest) -> None:
    items = sorted(read_items(options.items), key=lambda item: item.sha256)[:MOST]
    process.emit("start", {"items": len(items), "seed": options.seed})
    run = Run(
        seed=options.seed,
        report=lambda event: process.emit(event.kind, event.data),
        feature_folder=options.feature_store,
        checkpoint_folder=options.checkpoint_dir,
        budget_cpu_seconds=options.budget_cpu,
        should_stop=stop,
    )
    preparation = preparation_for(items)
    cache = Cache(options.feature_store, run.log)
    _, canvases = load(CanvasSource(preparation), items, cache)
    names = "".join(item.sha256 for item in items)
    identity = {
        "pictures": hashlib.sha256(names.encode()).hexdigest(),
        "preparation": preparation.name,
        "seed": options.seed,
    } | versions(LIBRARIES)
    artifact = pretrain(canvases, preparation, run, identity)
    artifact.save(options.encoder)
    encoder = Encoder.load(options.encoder)
    process.emit(
        "done",
        {"encoder": str(options.encoder), "name": encoder.name, "cpu_seconds": time.process_time()},
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m active_learning.learning.pretrain")
    parser.add_argument("items", type=Path, help="JSON lines with id, sha256 and file")
    parser.add_argument("encoder", type=Path, help="folder to make (replaced when it exists)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--budget-cpu", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument("--feature-store", type=Path, help="folder of cached features")
    parser.add_argument("--checkpoint-dir", type=Path, help="folder to resume from and write to")
    return parser


if __name__ == "__main__":
    sys.exit(main())
