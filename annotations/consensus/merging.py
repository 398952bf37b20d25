"""What merges answers that are JSON documents: ballots in, a verdict out."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

JsonObject = dict[str, Any]
Ballot = tuple[Sequence[int], Sequence[JsonObject]]  # labeler keys, answers
Ballots = Mapping[Any, Ballot]
KnownAnswers = Mapping[Any, JsonObject]


@dataclass(frozen=True)
class AnswerVerdict:
    """answer: the merged answer as a JSON document; confidence in [0, 1]; method: what merged it;
    detail: what a reviewer needs (support of characters, spread of shapes, rejected objects)."""

    answer: JsonObject
    confidence: float
    method: str
    detail: JsonObject


class Merger(Protocol):
    """Ready to merge ballots under one label schema."""

    def merge(self, labeler_keys: Sequence[int], answers: Sequence[JsonObject]) -> AnswerVerdict:
        """The verdict on one item; the order does not matter. Needs at least one answer."""
        ...

    def to_json(self) -> JsonObject:
        """The state that `open_merger` reads back exactly."""
        ...


def in_order(ballots: Ballots) -> list[tuple[Hashable, Ballot]]:
    """Ballots in a fixed order."""
    return sorted(ballots.items(), key=lambda row: (type(row[0]).__name__, row[0]))


class MergerKind(Protocol):
    """How the merger of a task type comes to be."""

    def open(self, state: JsonObject | None, schema: JsonObject) -> Merger: ...

    def fitted(
        self, ballots: Ballots, schema: JsonObject, known: KnownAnswers | None
    ) -> Merger: ...
