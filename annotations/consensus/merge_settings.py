"""How answers are merged: the methods of each task type, and what a person may set of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Parameter:
    """A number from `low` to `high`; `default` is what holds unless it is set."""

    name: str
    default: float
    low: float
    high: float


_QUORUM = Parameter("quorum", 0.5, 0.05, 1.0)  # share of labelers who must have an object
_OVERLAP = Parameter("least_overlap", 0.4, 0.05, 0.95)  # IoU from which two shapes are one object
_CELLS = Parameter("cells", 192, 32, 512)  # of the grid on which outlines are averaged, per side
_FARTHEST = Parameter("farthest", 0.5, 0.05, 1.0)  # error up to which two instances are one object
# How much a labeler's errors of characters, and of words, count against their readings.
_CHARACTERS = Parameter("character_strength", 5.0, 0.0, 100.0)
_WORDS = Parameter("word_strength", 20.0, 0.0, 100.0)
_APART = Parameter("apart", 10.0, 0.0, 100.0)  # how much a reading far from the others loses
_THRESHOLD = Parameter("threshold", 0.5, 0.05, 0.95)  # probability from which a label is given
_SHRINK = Parameter("shrink", 4.0, 0.0, 10_000.0)  # votes that pull a skill to the pool's

# By task type: the methods, the default one first, and the parameters of each.
MERGE_METHODS: dict[str, dict[str, tuple[Parameter, ...]]] = {
    "transcription": {
        "readings": (_CHARACTERS, _WORDS, _APART),
        "text_most_frequent": (_CHARACTERS, _APART),
        "text_medoid": (_CHARACTERS, _APART),
        "text_character_vote": (_CHARACTERS, _APART),
        "text_word_vote": (_WORDS, _APART),
    },
    "multi_label": {
        "multi_label": (_THRESHOLD, _SHRINK),
        "multi_label_one_coin": (_THRESHOLD, _SHRINK),
        "multi_label_majority": (_THRESHOLD,),
    },
    "boxes": {
        "box_clusters": (_OVERLAP, _QUORUM),
        "box_mean": (_OVERLAP, _QUORUM),
    },
    "polygons": {
        "polygon_vote": (
            _OVERLAP, _QUORUM, _CELLS, Parameter("clip", 3.0, 0.5, 100.0),
        ),
        "polygon_pixels": (
            _OVERLAP, _QUORUM, _CELLS, Parameter("pixel_share", 0.5, 0.05, 0.95),
        ),
    },
    "keypoints": {
        "keypoint_median": (
            _QUORUM, _FARTHEST, Parameter("outlier", 3.5, 0.5, 100.0),
            Parameter("shared_points", 20.0, 0.0, 10_000.0),
        ),
        "keypoint_geometric": (_QUORUM, _FARTHEST),
    },
}  # fmt: skip


def default_method(task_type: str) -> str:
    """The method of a type that is merged; raises KeyError for another type."""
    return next(iter(MERGE_METHODS[task_type]))


@dataclass(frozen=True)
class Settings:
    """A method and what is set of it; the rest is as the method has it. Can be a key."""

    task_type: str
    method: str
    values: tuple[tuple[str, float], ...] = ()

    @staticmethod
    def of(
        task_type: str, method: str | None = None, params: Mapping[str, Any] | None = None
    ) -> Settings:
        """Checked settings; None is the type's own method. Raises ValueError that says why not."""
        if method is None:
            method = default_method(task_type)
        known = MERGE_METHODS[task_type].get(method)
        if known is None:
            raise ValueError(f"answers of the type {task_type} cannot be merged by {method!r}")
        found = {entry.name: entry for entry in known}
        values = [(name, _checked(found, name, value)) for name, value in (params or {}).items()]
        return Settings(task_type, method, tuple(sorted(values)))

    def __getitem__(self, name: str) -> float:
        """What is set, else the default of the type; raises KeyError for an unknown name."""
        for given, value in self.values:
            if given == name:
                return value
        for entry in (each for known in MERGE_METHODS[self.task_type].values() for each in known):
            if entry.name == name:
                return entry.default
        raise KeyError(name)

    def to_params(self) -> dict[str, float]:
        """What is set, as JSON."""
        return dict(self.values)


def _checked(known: Mapping[str, Parameter], name: str, value: Any) -> float:
    entry = known.get(name)
    if entry is None:
        there = ", ".join(known) or "none"
        raise ValueError(f"there is no parameter {name!r}; there is {there}")
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    if not numeric or not entry.low <= value <= entry.high:
        raise ValueError(f"{name} must be a number from {entry.low:g} to {entry.high:g}")
    return float(value)
