"""Table of recipes: name -> dotted path, imported on first use."""

from collections.abc import Set
from importlib import import_module
from typing import Any

from active_learning.learning.errors import UnknownName
from active_learning.learning.recipes.base import ReaderRecipe, Recipe, Trainer

RECIPES = {
    "hog_logreg": "active_learning.learning.recipes.logreg.HogLogreg",
    "fast": "active_learning.learning.recipes.logreg.Fast",
    "svm": "active_learning.learning.recipes.svm.Svm",
    "small_cnn": "active_learning.learning.recipes.cnn.SmallCnn",
    "cnn": "active_learning.learning.recipes.cnn.WarmCnn",
    "external": "active_learning.learning.recipes.external.External",
    "line_crnn": "active_learning.learning.recipes.line_crnn.LineCrnn",
}
# These begin from features that were learned from the dataset's own pictures, where there are any.
WITH_ENCODER = frozenset({"fast", "svm", "cnn"})
# These stand on weights that somebody brought.
WITH_WEIGHTS = frozenset({"external"})
# These read text; the others tell classes apart.
READERS = frozenset({"line_crnn"})


def load_recipe(name: str) -> Recipe:
    """Import and make a recipe that tells classes apart; raise UnknownName listing those."""
    recipe: Recipe = _load(name, RECIPES.keys() - READERS)
    return recipe


def load_reader(name: str) -> ReaderRecipe:
    """Import and make a recipe that reads text; raise UnknownName listing those."""
    recipe: ReaderRecipe = _load(name, READERS)
    return recipe


def load_trainer(name: str) -> Trainer:
    """Import and make a recipe of either kind; raise UnknownName listing all."""
    recipe: Trainer = _load(name, RECIPES.keys())
    return recipe


def _load(name: str, known: Set[str]) -> Any:
    if name not in known:
        raise UnknownName(f"there is no recipe {name!r}; known: {', '.join(sorted(known))}")
    module, _, row = RECIPES[name].rpartition(".")
    return getattr(import_module(module), row)()
