"""Merge fit: the labelers of merged answers, how the answers are merged, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from annotations.consensus.answers import fit_merger
from annotations.consensus.calibrate import reliability
from annotations.consensus.merge_known import (
    LEARNS_LABELERS,
    HeldOut,
    OnKnown,
    Question,
    choose_merge,
)
from annotations.consensus.merge_settings import Settings
from annotations.consensus.merging import Ballots, Merger
from annotations.consensus.version import code_version
from annotations.models import Project
from annotations.task_types import ALL_TASK_TYPES
from annotations.task_types.base import digest_of

# Known answers are judged by labelers' records from so many tasks: each fold is fitted anew.
JUDGED_TASKS = 2_000

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class FittedMerge:
    """A calibrated merger, its settings, why these, and the calibration as its fit keeps it."""

    merger: Merger
    settings: Settings
    why: str
    calibration: JsonObject = field(default_factory=dict)


def fit_merge(
    project: Project,
    ballots: Ballots,
    known: Mapping[Any, JsonObject],
    *,
    asked: Settings | None,
    former: JsonObject | None = None,
) -> FittedMerge:
    """Fit and calibrate one way of merging; where none is asked for, the known answers choose.

    former: the calibration of an earlier fit, which holds while neither the known answers nor the
    votes on them have changed.
    """
    assert project.schema is not None
    held = held_out_of(project, ballots, known)
    inputs = _digest(held, asked)
    if former is not None and former.get("inputs") == inputs:
        settings = Settings.of(project.task_type, former["method"], dict(former["params"]))
        calibration = former
    else:
        settings, calibration = _judged(project, held, asked)
        calibration["inputs"] = inputs
    merger = fit_merger(
        project.task_type, ballots, project.schema.document, known=known, settings=settings
    )
    merger = merger.with_temperature(calibration["temperature"])
    return FittedMerge(merger, settings, calibration["reason"], calibration)


def held_out_of(project: Project, ballots: Ballots, known: Mapping[Any, JsonObject]) -> HeldOut:
    """The known answers of a project, ready to judge ways of merging by."""
    assert project.schema is not None
    schema, kind = project.schema.document, ALL_TASK_TYPES[project.task_type]
    question = Question(project.task_type, schema, lambda a, b: kind.distance(a, b, schema))
    return HeldOut(question, _some(project, ballots, known), known)


def _some(project: Project, ballots: Ballots, known: Mapping[Any, JsonObject]) -> Ballots:
    """The known ballots, and others from which labelers are known where that matters."""
    wanted = [item for item in sorted(ballots) if item in known]
    if project.task_type in LEARNS_LABELERS:
        others = [item for item in sorted(ballots) if item not in known]
        wanted += others[:: max(len(others) // JUDGED_TASKS, 1)]
    return {item: ballots[item] for item in wanted}


def _judged(project: Project, held: HeldOut, asked: Settings | None) -> tuple[Settings, JsonObject]:
    why, errors = "chosen in the project's settings", {}
    settings = asked
    if settings is None:
        choice = choose_merge(held)
        settings = Settings.of(project.task_type, choice.method)
        why, errors = choice.reason, choice.errors
    return settings, {
        **_calibration(held.judge(settings)),
        "method": settings.method,
        "params": settings.to_params(),
        "reason": why,
        "candidates": {name: {"error": error} for name, error in errors.items()},
    }


def _calibration(found: OnKnown) -> JsonObject:
    if not len(found.right):
        return {"temperature": 1.0, "items": 0}
    calibration = found.calibration()
    bars = reliability(found.confidence(calibration.temperature), found.right)
    return {**asdict(calibration), "bins": [asdict(bar) for bar in bars]}


def _digest(held: HeldOut, asked: Settings | None) -> str:
    """The same for the same known answers, votes on them, settings and code."""
    rows = [
        [str(item), answer, [list(part) for part in held.ballots[item]]]
        for item, answer in held.known.items()
    ]
    wanted = None if asked is None else [asked.method, asked.values]
    return digest_of([code_version(), held.question.schema, wanted, rows])
