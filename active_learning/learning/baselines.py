"""What a figure has to be held against: the commonest class and a plain linear model."""

from typing import Any

from active_learning.learning import metrics
from active_learning.learning.datasets.snapshot import Snapshot, weights
from active_learning.learning.errors import CannotTrain
from active_learning.learning.recipes import load_recipe
from active_learning.learning.recipes.base import Run

LINEAR = "hog_logreg"
LEAST_SECONDS = 5.0  # of CPU for it, even where the recipe used up the budget


def baselines(
    snapshot: Snapshot, recipe: str, held_out: dict[str, Any], run: Run
) -> dict[str, Any]:
    """Return what simpler answers score on the same held-out items; empty where there are none.

    `majority` always says the class that has most mass in training; `linear` is the plain recipe
    fitted to the same labels. `recipe` made `held_out`, the figures of the holdout.
    """
    if not held_out.get("count"):
        return {}
    found = {"majority": _majority(snapshot)}
    if recipe == LINEAR:
        return found | {"linear": _short(held_out)}
    linear = load_recipe(LINEAR)
    if snapshot.task_type not in linear.task_types:
        return found
    quiet = Run(
        seed=run.seed,
        feature_folder=run.feature_folder,
        budget_cpu_seconds=max(run.seconds_left(), LEAST_SECONDS),
        should_stop=run.should_stop,
    )
    try:
        fitted = linear.fit(snapshot, quiet)
    except CannotTrain:
        return found
    return found | {"linear": _short(fitted.metrics["holdout"])}


def _majority(snapshot: Snapshot) -> dict[str, Any]:
    train, holdout = snapshot.part("train"), snapshot.part("holdout")
    mass = (snapshot.targets(train) * weights(train)[:, None]).sum(axis=0)
    hits = int((snapshot.targets(holdout).argmax(axis=1) == mass.argmax()).sum())
    return metrics.share(hits, len(holdout))


def _short(figures: dict[str, Any]) -> dict[str, Any]:
    return {name: figures[name] for name in ("count", "accuracy", "low", "high")}
