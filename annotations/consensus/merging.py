"""What merges answers that are JSON documents: ballots in, a verdict out."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from annotations.consensus.merge_settings import Settings

JsonObject = dict[str, Any]
Ballot = tuple[Sequence[int], Sequence[JsonObject]]  # labeler keys, answers
Ballots = Mapping[Any, Ballot]
KnownAnswers = Mapping[Any, JsonObject]


@dataclass(frozen=True)
class AnswerVerdict:
    """answer: the merged answer as a JSON document; confidence in [0, 1]; method: what merged it;
    detail: what a reviewer needs (support of characters, spread of shapes, rejected objects);
    odds: log odds that each part of it is right before any temperature, from which the confidence
    comes; none where it has no parts."""

    answer: JsonObject
    confidence: float
    method: str
    detail: JsonObject
    odds: tuple[float, ...] = ()


class Merger(Protocol):
    """Ready to merge ballots under one label schema."""

    def merge(self, labeler_keys: Sequence[int], answers: Sequence[JsonObject]) -> AnswerVerdict:
        """The verdict on one item; the order does not matter. Needs at least one answer."""
        ...

    def confidence_at(self, verdict: AnswerVerdict, temperature: float) -> float:
        """What the confidence of one of its verdicts would be at another temperature."""
        ...

    def with_temperature(self, temperature: float) -> Merger:
        """The same merger with calibrated confidence; the answers stay as they are."""
        ...

    def to_json(self) -> JsonObject:
        """The state that `open_merger` reads back exactly."""
        ...


def in_order(ballots: Ballots) -> list[tuple[Hashable, Ballot]]:
    """Ballots in a fixed order."""
    return sorted(ballots.items(), key=lambda row: (type(row[0]).__name__, row[0]))


class MergerKind(Protocol):
    """How the merger of a task type comes to be."""

    def open(self, state: JsonObject | None, schema: JsonObject, settings: Settings) -> Merger: ...

    def fitted(
        self,
        ballots: Ballots,
        schema: JsonObject,
        known: KnownAnswers | None,
        settings: Settings,
    ) -> Merger: ...


def joint_confidence(odds: Sequence[float], temperature: float = 1.0) -> float:
    """Probability that every part is right, from the log odds of each."""
    cooled = (min(max(value / temperature, -30.0), 30.0) for value in odds)
    return math.exp(-math.fsum(math.log1p(math.exp(-value)) for value in cooled))
