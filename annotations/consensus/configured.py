"""A method with settings of its own, in place of the method wherever one is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from annotations.consensus import METHODS
from annotations.consensus.base import CategoricalMethod, Known, Params, VoteTable
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.labeler_model import LabelerModel

# What a person may set; the rest makes a method what it is, or only says how long it may take.
SETTINGS = ("full_weight", "smoothing", "pool_share", "shrink", "prior_power")
SHARES = ("full_weight", "pool_share", "prior_power")  # from 0 to 1, the others up to TOP
TOP = 1e4


@dataclass
class Configured:
    """A method whose fits all have some parameters changed."""

    method: CategoricalMethod
    settings: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""

    def __post_init__(self) -> None:
        self.name = self.method.name

    def fit(
        self,
        votes: VoteTable,
        *,
        known: Known | None = None,
        start: CategoricalFit | None = None,
        params: Params | None = None,
    ) -> CategoricalFit:
        merged = {**self.settings, **(params or {})}
        return self.method.fit(votes, known=known, start=start, params=merged or None)


def configured(method: str, settings: Mapping[str, Any] | None = None) -> CategoricalMethod:
    """The method of a name with its settings changed; raises KeyError for an unknown name."""
    if settings:
        return Configured(METHODS[method], dict(settings))
    return METHODS[method]


def check_settings(settings: Mapping[str, Any]) -> dict[str, float]:
    """Settings as numbers; raises ValueError that names the one that cannot be used."""
    known = {entry.name for entry in fields(LabelerModel)} & set(SETTINGS)
    checked: dict[str, float] = {}
    for name, value in settings.items():
        if name not in known:
            raise ValueError(f"there is no parameter {name!r}; there is {', '.join(SETTINGS)}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= TOP:
            raise ValueError(f"{name} must be a number from 0 to {TOP:.0f}")
        checked[name] = float(value)
    LabelerModel(**checked)  # type: ignore[arg-type]
    return checked
