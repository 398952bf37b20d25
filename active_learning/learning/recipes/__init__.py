"""Table of recipes: name -> dotted path, imported on first use."""

from importlib import import_module

from active_learning.learning.errors import UnknownName
from active_learning.learning.recipes.base import Recipe

RECIPES = {
    "hog_logreg": "active_learning.learning.recipes.logreg.HogLogreg",
    "fast": "active_learning.learning.recipes.logreg.Fast",
    "svm": "active_learning.learning.recipes.svm.Svm",
    "small_cnn": "active_learning.learning.recipes.cnn.SmallCnn",
    "cnn": "active_learning.learning.recipes.cnn.WarmCnn",
}
# These begin from features that were learned from the dataset's own pictures, where there are any.
WITH_ENCODER = frozenset({"fast", "svm", "cnn"})


def load_recipe(name: str) -> Recipe:
    """Import and make one recipe; raise UnknownName listing the known ones."""
    if name not in RECIPES:
        raise UnknownName(f"there is no recipe {name!r}; known: {', '.join(sorted(RECIPES))}")
    module, _, row = RECIPES[name].rpartition(".")
    recipe: Recipe = getattr(import_module(module), row)()
    return recipe
