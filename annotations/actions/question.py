"""Question: what each kind of question needs and offers, as one table."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from annotations.actions.settle import prior_fit
from annotations.consensus import AUTO, METHODS
from annotations.consensus.answers import MERGERS
from annotations.consensus.configured import SETTINGS, SHARES, TOP
from annotations.consensus.merge_settings import MERGE_METHODS, Parameter
from annotations.task_types import ALL_TASK_TYPES, TASK_TYPES
from labelhub.errors import Invalid


@dataclass(frozen=True)
class Rule:
    """How many answers a task of a type gets unless its manager says otherwise."""

    min_votes: int = 2
    max_votes: int = 5
    confidence: float = 0.95
    consensus_method: str = AUTO

    def as_options(self) -> dict[str, Any]:
        return asdict(self)


# Several labels must all be right at once, so that the whole set is rarely that sure.
RULES: dict[str, Rule] = {
    "choice": Rule(),
    "pair": Rule(),
    "multi_label": Rule(confidence=0.9),
    "transcription": Rule(),
    "boxes": Rule(),
    "polygons": Rule(),
    "keypoints": Rule(),
}
# When a task of a type is settled, in a sentence for its manager.
SETTLES = {
    "choice": "Settled once the likeliest label is sure enough.",
    "pair": (
        "Settled once the likeliest answer is sure enough; that nobody can tell is an answer. How "
        "often each labeler takes two for one, and one for two, is weighed separately."
    ),
    "multi_label": "Settled once the whole set of labels is sure enough.",
    "transcription": (
        "Settled once as many readings agree as the least number of votes, or the merged text is "
        "sure enough. An empty reading abstains."
    ),
    "boxes": "Settled once it is sure enough which boxes are there; none is an answer too.",
    "polygons": "Settled once it is sure enough which outlines are there; none is an answer too.",
    "keypoints": "Settled once it is sure enough which objects are there; none is an answer too.",
}
# What the distance between two answers measures; agreement is taken from it.
DISTANCES = {
    "choice": "different labels",
    "pair": "different labels",
    "multi_label": "Jaccard distance of the sets",
    "transcription": "normalised edit distance under the text policy",
    "boxes": "1 - overlap (IoU) of matched boxes",
    "polygons": "1 - overlap (IoU) of matched outlines",
    "keypoints": "point error of matched objects in units of the scale",
}


def methods_for(task_type: str) -> list[str]:
    """Return the consensus methods that a kind of question can be settled by."""
    fitting = sorted(METHODS) if task_type in TASK_TYPES else list(MERGE_METHODS[task_type])
    return [AUTO, *fitting]


ALL_METHODS = sorted({method for name in ALL_TASK_TYPES for method in methods_for(name)})


def parameters_for(task_type: str) -> dict[str, list[dict[str, Any]]]:
    """Return what can be set of each method of a kind of question, with default and range."""
    if task_type in MERGE_METHODS:
        methods = MERGE_METHODS[task_type].items()
        return {name: [asdict(entry) for entry in known] for name, known in methods}
    return {name: _class_parameters(name) for name in sorted(METHODS)}


def _class_parameters(method: str) -> list[dict[str, Any]]:
    defaults = prior_fit(method, 2).params
    return [
        asdict(Parameter(name, defaults[name], 0.0, 1.0 if name in SHARES else TOP))
        for name in SETTINGS
    ]


def check_method(task_type: str, method: str) -> None:
    """Raise Invalid for a consensus method that cannot settle this kind of question."""
    fitting = methods_for(task_type)
    if method not in fitting:
        raise Invalid(
            f"Answers to {task_type} questions cannot be settled by {method!r}; "
            f"there is {', '.join(fitting)}.",
            fields={"consensus_method": f"one of {', '.join(fitting)}"},
        )


def describe_types() -> list[dict[str, Any]]:
    """Return every kind of question with what it asks, needs and offers."""
    return [
        {
            "name": name,
            "question": (type(task_type).__doc__ or "").strip().splitlines()[0],
            "answers": "merged" if name in MERGERS else "classes",
            "images": 2 if name == "pair" else 1,
            "methods": methods_for(name),
            "parameters": parameters_for(name),
            "rule": RULES[name].as_options(),
            "settles": SETTLES[name],
            "distance": DISTANCES[name],
        }
        for name, task_type in ALL_TASK_TYPES.items()
        if name in RULES
    ]
