"""One recipe on one snapshot, alone: `python -m active_learning.learning.fit --help`."""

import argparse
import sys
import time
from pathlib import Path

from active_learning.learning import process
from active_learning.learning.baselines import baselines
from active_learning.learning.datasets.snapshot import Snapshot, read_snapshot
from active_learning.learning.datasets.sources import Cache
from active_learning.learning.errors import CannotTrain
from active_learning.learning.mistakes import find_mistakes
from active_learning.learning.recipes import READERS, load_trainer
from active_learning.learning.recipes.base import Run


def main(arguments: list[str] | None = None) -> int:
    """Train, print events as JSON lines, return the exit status."""
    options = _parser().parse_args(arguments)
    return process.run_command(lambda stop: _train(options, stop), options.budget_cpu)


def _train(options: argparse.Namespace, stop: process.StopRequest) -> None:
    recipe = load_trainer(options.recipe)
    snapshot = read_snapshot(options.snapshot)
    _check_task_type(recipe.name, recipe.task_types, snapshot)
    process.emit("start", _start(options, snapshot))
    run = Run(
        seed=options.seed,
        report=lambda event: process.emit(event.kind, event.data),
        feature_folder=options.feature_store,
        checkpoint_folder=options.checkpoint_dir,
        encoder_folder=options.encoder,
        weights_file=options.weights,
        budget_cpu_seconds=options.budget_cpu,
        should_stop=stop,
    )
    artifact = recipe.fit(snapshot, run)
    if recipe.name not in READERS:
        held_out = artifact.metrics.get("holdout", {})
        artifact.metrics["baselines"] = baselines(snapshot, recipe.name, held_out, run)
    artifact.save(options.artifact)
    process.emit("mistakes", find_mistakes(options.artifact, snapshot, Cache(run.feature_folder)))
    done = {"artifact": str(options.artifact), "cpu_seconds": time.process_time()}
    process.emit("done", done | {"device": _device()})


def _device() -> str:
    """What it was trained on; recipes without torch compute on the CPU."""
    if "torch" not in sys.modules:
        return "cpu"
    from active_learning.learning.device import training_device

    return str(training_device())


def _check_task_type(name: str, known: frozenset[str], snapshot: Snapshot) -> None:
    if snapshot.task_type not in known:
        raise CannotTrain(f"the recipe {name} does not learn {snapshot.task_type!r}")


def _start(options: argparse.Namespace, snapshot: Snapshot) -> dict[str, object]:
    roles: dict[str, int] = {}
    for item in snapshot.items:
        roles[item.role] = roles.get(item.role, 0) + 1
    return {
        "recipe": options.recipe,
        "seed": options.seed,
        "snapshot": snapshot.sha256,
        "items": roles,
        "classes": len(snapshot.classes),
        "budget_cpu_seconds": options.budget_cpu,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m active_learning.learning.fit")
    parser.add_argument("snapshot", type=Path, help="folder with manifest.json and items.jsonl")
    parser.add_argument("artifact", type=Path, help="folder to make (replaced when it exists)")
    parser.add_argument("--recipe", required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--budget-cpu", type=float, default=600.0, metavar="SECONDS")
    parser.add_argument("--feature-store", type=Path, help="folder of cached features")
    parser.add_argument("--encoder", type=Path, help="folder that `pretrain` made, if any")
    parser.add_argument("--weights", type=Path, help="safetensors of a model trained elsewhere")
    parser.add_argument("--checkpoint-dir", type=Path, help="folder to resume from and write to")
    return parser


if __name__ == "__main__":
    sys.exit(main())
