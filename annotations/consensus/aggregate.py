"""Votes in, labels and a report out: the whole of consensus without a database."""

from __future__ import annotations

import json
import math
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from annotations.consensus import AUTO, CANDIDATES, DEFAULT_METHOD, METHODS
from annotations.consensus.agreement import (
    alpha_by_distance,
    krippendorff_interval,
    percent_agreement,
)
from annotations.consensus.answers import fit_merger
from annotations.consensus.base import Known
from annotations.consensus.choose import calibrate_method, fit_chosen
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.replay import replay_stop_rule
from annotations.consensus.scoring import Verdicts
from annotations.consensus.vote_files import Coded, VoteFileInvalid, Votes, coded
from annotations.measures.boxes import Box, box_distance
from annotations.measures.text import TextPolicy

JsonObject = dict[str, Any]
CLASS_TYPES = ("choice", "pair")
MERGED_TYPES = ("transcription", "multi_label", "boxes", "polygons", "keypoints")
TYPES = (*CLASS_TYPES, *MERGED_TYPES)


@dataclass(frozen=True)
class Aggregate:
    """rows: (task, label, confidence, votes) in task order; report: what was done and found."""

    rows: list[tuple[str, Any, float, float]]
    report: JsonObject


def aggregate(
    votes: Votes,
    gold: JsonObject,
    *,
    task_type: str,
    method: str = AUTO,
    until: float | None = None,
    policy: TextPolicy | None = None,
) -> Aggregate:
    """Consensus of all votes with gold as certain; `until` replays a stop rule at that confidence.

    Raises VoteFileInvalid for a label that the task type cannot read, ValueError for an unknown
    type or method.
    """
    started = time.process_time()
    if task_type in CLASS_TYPES:
        result = _of_classes(votes, gold, method, until)
    elif task_type in MERGED_TYPES:
        if method != AUTO or until is not None:
            raise ValueError(f"{task_type} has one method and no replay: leave both out")
        result = _merged(votes, gold, task_type, policy or TextPolicy())
    else:
        raise ValueError(f"unknown type {task_type!r}; there is {', '.join(TYPES)}")
    result.report["cpu_seconds"] = round(time.process_time() - started, 4)
    return result


# --- classes ---------------------------------------------------------------------------------


def _of_classes(votes: Votes, gold: JsonObject, method: str, until: float | None) -> Aggregate:
    data = coded(votes, gold)
    items, codes = data.known(gold)
    known = (items, codes) if len(items) else None
    if method not in (AUTO, *METHODS):
        raise ValueError(f"unknown method {method!r}; there is auto, {', '.join(METHODS)}")
    if votes.anonymous:
        method = "majority"  # workers cannot be told apart: one skill for all
    fit, reason = _fitted(data, known, method)
    verdicts = fit.verdicts(data.table, known=known)
    report: JsonObject = {
        "type": "choice",
        "method": fit.method,
        "reason": reason,
        "params": fit.params,
        "temperature": fit.temperature,
        "tasks": len(data.tasks),
        "votes": float(data.table.vote_weights().sum()),
        "gold": len(items),
        "classes": data.classes,
        "agreement": _agreement(data),
        "labelers": [] if votes.anonymous else _skills(fit, data, verdicts),
    }
    if until is not None:
        report["until"] = _replayed(data, known, fit.method, until, verdicts)
    counts = np.bincount(
        data.table.items, weights=data.table.vote_weights(), minlength=len(data.tasks)
    )
    names = [data.classes[code] for code in verdicts.codes.tolist()]
    sure = verdicts.confidence.tolist()
    return Aggregate(list(zip(data.tasks, names, sure, counts.tolist(), strict=True)), report)


def _fitted(data: Coded, known: Known | None, method: str) -> tuple[CategoricalFit, str]:
    if method == AUTO:
        fit, choice = fit_chosen(data.table, known, CANDIDATES, default=DEFAULT_METHOD)
        return fit, choice.reason
    fit = METHODS[method].fit(data.table, known=known)
    if known is not None:
        calibration = calibrate_method(METHODS[method], data.table, known, start=fit)
        fit = fit.with_temperature(calibration.temperature, calibrated_on=calibration.items)
    return fit, "asked for"


def _agreement(data: Coded) -> JsonObject:
    alpha = krippendorff_interval(data.table, resamples=200)
    return {
        "percent": _number(percent_agreement(data.table)),
        "alpha": _number(alpha.estimate),
        "alpha_low": _number(alpha.low),
        "alpha_high": _number(alpha.high),
    }


def _number(value: float) -> float | None:
    """None for what JSON cannot say."""
    return round(value, 9) if math.isfinite(value) else None


def _skills(fit: CategoricalFit, data: Coded, verdicts: Verdicts) -> list[JsonObject]:
    """Labelers, best first: skill with interval, and share of votes equal to the consensus."""
    table = data.table
    equal = (verdicts.codes[table.items] == table.codes).astype(np.float64)
    agree = np.bincount(table.labelers, weights=equal, minlength=len(data.workers))
    counts = np.bincount(table.labelers, minlength=len(data.workers))
    rows = []
    for index, worker in enumerate(data.workers):
        skill = fit.skill(index)
        rows.append(
            {
                "worker": worker,
                "votes": int(counts[index]),
                "skill": round(skill.estimate, 6),
                "low": round(skill.low, 6),
                "high": round(skill.high, 6),
                "agreement": _number(float(agree[index]) / max(int(counts[index]), 1)),
            }
        )
    return sorted(rows, key=lambda row: (-row["skill"], row["worker"]))


def _replayed(
    data: Coded, known: Known | None, method: str, until: float, full: Verdicts
) -> JsonObject:
    replay = replay_stop_rule(data.table, METHODS[method], until, known=known)
    same = replay.verdicts.codes == full.codes
    share = replay.votes_used / max(len(data.table), 1)
    return {
        "confidence": until,
        "votes_used": replay.votes_used,
        "share_of_votes": round(share, 6),
        "same_label": _number(float(same.mean())) if len(same) else None,
        "stopped_early": int(replay.stopped.sum()),
        "summary": (
            f"{share:.0%} of the votes give the same label for {same.mean():.1%} of the tasks"
            if share < 0.99
            else "nothing can be saved: nearly every task needs all its votes"
        ),
    }


# --- answers that are merged -----------------------------------------------------------------


def _merged(votes: Votes, gold: JsonObject, task_type: str, policy: TextPolicy) -> Aggregate:
    if votes.anonymous:
        raise VoteFileInvalid(f"{task_type} needs votes with a worker, not counts")
    workers = sorted(set(votes.workers))
    place = {worker: index for index, worker in enumerate(workers)}
    ballots: dict[str, tuple[list[int], list[JsonObject]]] = defaultdict(lambda: ([], []))
    for task, worker, label in zip(votes.tasks, votes.workers, votes.labels, strict=True):
        ballots[task][0].append(place[worker])
        ballots[task][1].append(_answer(task_type, label, task))
    known = {task: _answer(task_type, label, task) for task, label in gold.items()}
    schema = _schema(task_type, [a for _, mine in ballots.values() for a in mine], policy)
    merger = fit_merger(task_type, ballots, schema, known=known)
    rows: list[tuple[str, Any, float, float]] = []
    methods: dict[str, int] = defaultdict(int)
    for task in sorted(ballots):
        keys, answers = ballots[task]
        verdict = merger.merge(keys, answers)
        methods[verdict.method] += 1
        certain = task in known
        label = _label(task_type, known[task] if certain else verdict.answer)
        rows.append((task, label, 1.0 if certain else verdict.confidence, float(len(keys))))
    report = {
        "type": task_type,
        "methods": dict(sorted(methods.items())),
        "tasks": len(ballots),
        "votes": len(votes.tasks),
        "gold": sum(task in ballots for task in known),
        "agreement": {"alpha": _distance_alpha(task_type, ballots, policy)},
        "labelers": len(workers),
    }
    return Aggregate(rows, report)


def _answer(task_type: str, label: Any, task: str) -> JsonObject:
    """A label of a file as an answer document; raises VoteFileInvalid."""
    try:
        if task_type == "transcription":
            return label if isinstance(label, dict) else {"text": str(label)}
        value = json.loads(label) if isinstance(label, str) else label
        if task_type == "multi_label":
            return value if isinstance(value, dict) else {"choices": [str(v) for v in value]}
        if task_type == "boxes":
            entries = value["boxes"] if isinstance(value, dict) else value
            return {"boxes": [_box(entry) for entry in entries]}
        field = "polygons" if task_type == "polygons" else "instances"
        return value if isinstance(value, dict) else {field: [dict(e) for e in value]}
    except (ValueError, TypeError, KeyError) as error:
        raise VoteFileInvalid(f"task {task!r}: not a {task_type} answer ({error})") from None


def _box(entry: Any) -> JsonObject:
    """[x, y, width, height] or an object of the same names, with "label" if there is one."""
    if isinstance(entry, dict):
        entry = {"label": "", **entry}
        return {**entry, **{name: float(entry[name]) for name in ("x", "y", "width", "height")}}
    x, y, width, height = (float(value) for value in entry)
    return Box(x, y, width, height).to_json()


def _schema(task_type: str, answers: Sequence[JsonObject], policy: TextPolicy) -> JsonObject:
    """The least schema under which these answers are legal."""
    if task_type == "transcription":
        return {"policy": asdict(policy)}
    if task_type == "multi_label":
        names = sorted({name for answer in answers for name in answer["choices"]})
        return {"labels": [{"name": name} for name in names]}
    if task_type == "keypoints":
        points = sorted({n for a in answers for e in a["instances"] for n in e["points"]})
        return {"points": [{"name": name} for name in points]}
    return {}


def _label(task_type: str, answer: JsonObject) -> Any:
    """An answer as the label of a file: text as text, the rest as its list."""
    if task_type == "transcription":
        return "[illegible]" if answer.get("illegible") else answer["text"]
    return next(iter(answer.values()))


def _distance_alpha(
    task_type: str,
    ballots: dict[str, tuple[list[int], list[JsonObject]]],
    policy: TextPolicy,
) -> float | None:
    """Alpha by the type's own distance, for texts and boxes."""
    units = [answers for _, answers in (ballots[task] for task in sorted(ballots))]
    if task_type == "transcription":
        texts = [[policy.key(str(a.get("text", ""))) for a in unit] for unit in units]
        return _number(alpha_by_distance(texts, Levenshtein.normalized_distance))
    if task_type == "boxes":
        boxes = [[[Box.from_json(e) for e in a["boxes"]] for a in unit] for unit in units]
        return _number(alpha_by_distance(boxes, box_distance, expected_pairs=2_000))
    return None
