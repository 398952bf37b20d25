"""Readings of text to one text: medoid, character vote, word vote, or by the case.

What the vote is on matters more than the labeler model: whole readings where most agree,
characters for short disputed texts, words for long lines with enough readers, and one person's
whole reading where many texts are right (free text is never spliced). Labelers are weighed
mildly: sharp weights make one person the dictator. A blank reading is an abstention; None says
"cannot be read" and can win.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from rapidfuzz.distance import Levenshtein

from annotations.consensus.alignment import (
    APART,
    Token,
    align_and_vote,
    less_apart,
    medoid_index,
    supported,
    token_keys,
    tokens_of,
)
from annotations.consensus.merging import joint_confidence
from annotations.measures.text import TextPolicy, is_unclear

Reading = str | None
Rule = Literal["auto", "most_frequent", "medoid", "character_vote", "word_vote"]
RULES: tuple[Rule, ...] = ("auto", "most_frequent", "medoid", "character_vote", "word_vote")

FORMAT = 1
# A line is voted on by words from this many words and readers on.
LEAST_WORDS, LEAST_READERS = 4, 5
# weight = 1 / (1 + STRENGTH * error rate); words carry more information per error than characters.
CHARACTER_STRENGTH, WORD_STRENGTH = 5.0, 20.0
PRIOR_TOKENS, START_ERROR = 20.0, 0.1


@dataclass(frozen=True)
class LabelerRecord:
    """Edits against the consensus: errors of characters, word_errors of words; exact: readings
    equal to it."""

    errors: float = 0.0
    characters: float = 0.0
    word_errors: float = 0.0
    words: float = 0.0
    exact: float = 0.0
    readings: float = 0.0


@dataclass(frozen=True)
class TextVerdict:
    """text: None for "cannot be read". confidence: probability that it is exactly right.

    tokens: the text in pieces (characters or words) with the share of weight behind each.
    readings, abstentions: counts. rule: what decided. odds: log odds that each place is right, at
    temperature 1; none where no text was merged.
    """

    text: Reading
    confidence: float
    tokens: tuple[Token, ...]
    readings: int
    abstentions: int
    rule: str
    odds: tuple[float, ...] = ()


@dataclass(frozen=True)
class Strengths:
    """How much labelers' errors of characters and of words count against their readings, and how
    much a reading that lies far from the others on one text loses."""

    characters: float = CHARACTER_STRENGTH
    words: float = WORD_STRENGTH
    apart: float = APART


@dataclass(frozen=True)
class TextFit:
    """Labelers' records under one rule and policy; merges one ballot on its own.

    free_text: readings of this project differ so much that many texts are right.
    """

    rule: Rule = "auto"
    policy: TextPolicy = field(default_factory=TextPolicy)
    records: Mapping[int, LabelerRecord] = field(default_factory=dict)
    free_text: bool = False
    temperature: float = 1.0
    strengths: Strengths = field(default_factory=Strengths)

    # --- one ballot -------------------------------------------------------------------------

    def merge(self, labeler_keys: Sequence[int], readings: Sequence[Reading]) -> TextVerdict:
        """The consensus of one text's readings; their order does not matter, not to a bit."""
        pairs = zip(labeler_keys, readings, strict=True)
        ballot = sorted(
            ((int(k), r) for k, r in pairs if r is None or r.strip()),
            key=lambda vote: (vote[0], vote[1] is not None, vote[1] or ""),
        )
        missing = len(readings) - len(ballot)
        if not ballot:
            return TextVerdict("", 0.0, (), 0, missing, "abstained")
        verdict = self._unreadable(ballot) or self._decide(
            [(key, reading) for key, reading in ballot if reading is not None]
        )
        return replace(verdict, readings=len(ballot), abstentions=missing)

    def _unreadable(self, ballot: Sequence[tuple[int, Reading]]) -> TextVerdict | None:
        """The verdict "cannot be read" where it has more than half of the weight."""
        against = sum(self.weight(key) for key, reading in ballot if reading is None)
        total = sum(self.weight(key) for key, _ in ballot)
        if against <= total / 2:
            return None
        return TextVerdict(None, against / total, (), 0, 0, "cannot be read")

    def _decide(self, ballot: Sequence[tuple[int, str]]) -> TextVerdict:
        texts = [self.policy.clean(reading) for _, reading in ballot]
        keys = [self.policy.key(text) for text in texts]
        labelers = [key for key, _ in ballot]
        rule = "unanimous" if len(set(texts)) == 1 else self._rule_for(keys, texts)
        words = rule == "word_vote"
        readings = [self._split(text, words=words) for text in texts]
        weights = [self.weight(labeler, words=words) for labeler in labelers]
        weights = less_apart(
            [token_keys(reading) for reading in readings], weights, self.strengths.apart
        )
        chosen = self._choose(rule, texts, keys, readings, weights)
        tokens, gaps = supported(chosen, readings, weights)
        raw = [token.raw for token in tokens]
        text = self.policy.joined(raw) if words else "".join(raw)
        shares = [*(token.support for token in tokens), *gaps]
        odds = self._odds(shares, weights, words=words)
        sure = joint_confidence(odds, self.temperature)
        return TextVerdict(text, sure, tuple(tokens), 0, 0, rule, odds)

    def _split(self, text: str, *, words: bool) -> list[Token]:
        if words:
            return tokens_of(self.policy.words(text), self.policy.word_key)
        return tokens_of(self.policy.characters(text), self.policy.character_key)

    def _rule_for(self, keys: Sequence[str], texts: Sequence[str]) -> str:
        if self.rule != "auto":
            return self.rule
        counts = sorted((keys.count(key) for key in set(keys)), reverse=True)
        if self.free_text:
            return "medoid"
        words = sorted(len(text.split()) for text in texts)[len(texts) // 2]
        if words >= LEAST_WORDS and len(keys) >= LEAST_READERS:
            return "word_vote"
        if 2 * counts[0] > len(keys) or len(keys) == 2:
            return "most_frequent"
        return "character_vote"

    def _choose(
        self,
        rule: str,
        texts: Sequence[str],
        keys: Sequence[str],
        readings: Sequence[list[Token]],
        weights: Sequence[float],
    ) -> list[Token]:
        if rule in ("character_vote", "word_vote"):
            return align_and_vote(readings, weights)
        if rule == "medoid":
            order = sorted(range(len(texts)), key=lambda i: (texts[i], weights[i]))
            ordered = [token_keys(readings[i]) for i in order]
            return readings[order[medoid_index(ordered, [weights[i] for i in order])]]
        best = _most_frequent(keys)
        # Readings that count as the same may differ in what is folded: vote on how it is written.
        same = [index for index, key in enumerate(keys) if key == best]
        return align_and_vote([readings[i] for i in same], [weights[i] for i in same])

    def _odds(
        self, shares: Sequence[float], weights: Sequence[float], *, words: bool
    ) -> tuple[float, ...]:
        """Log odds that each place is right, by the share of readers behind it.

        n readers who err at the pool's rate e and of whom a share s agree speak with log odds
        n (2 s - 1) log((1 - e) / e).
        """
        readers = math.fsum(weights) ** 2 / math.fsum(weight**2 for weight in weights)
        pool = self.pool_word_error if words else self.pool_error
        rate = min(max(pool, 0.01), 0.4)
        slope = readers * math.log((1.0 - rate) / rate)
        return tuple(slope * (2.0 * share - 1.0) for share in shares)

    # --- labelers ---------------------------------------------------------------------------

    def weight(self, labeler_key: int, *, words: bool = False) -> float:
        """Weight of a labeler's readings in (0, 1]."""
        strength = self.strengths.words if words else self.strengths.characters
        return 1.0 / (1.0 + strength * self.error_rate(labeler_key, words=words))

    def error_rate(self, labeler_key: int, *, words: bool = False) -> float:
        """Edits per character (or word) against the consensus, shrunk to the pool's."""
        record = self.records.get(labeler_key, LabelerRecord())
        pool = self.pool_word_error if words else self.pool_error
        errors = record.word_errors if words else record.errors
        count = record.words if words else record.characters
        return (errors + PRIOR_TOKENS * pool) / (count + PRIOR_TOKENS)

    @cached_property
    def pool_error(self) -> float:
        errors = math.fsum(record.errors for record in self.records.values())
        count = math.fsum(record.characters for record in self.records.values())
        return (errors + START_ERROR * PRIOR_TOKENS) / (count + PRIOR_TOKENS)

    @cached_property
    def pool_word_error(self) -> float:
        errors = math.fsum(record.word_errors for record in self.records.values())
        count = math.fsum(record.words for record in self.records.values())
        return (errors + START_ERROR * PRIOR_TOKENS) / (count + PRIOR_TOKENS)

    # --- JSON -------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """A JSON document that `from_json` reads back exactly."""
        return {
            "format": FORMAT,
            "rule": self.rule,
            "policy": asdict(self.policy),
            "records": {str(key): list(astuple(self.records[key])) for key in sorted(self.records)},
            "free_text": self.free_text,
            "temperature": self.temperature,
        }

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> TextFit:
        """The fit that `to_json` wrote; raises ValueError for another format."""
        if document.get("format") != FORMAT:
            raise ValueError(f"unknown fit format {document.get('format')!r}")
        records = {int(key): LabelerRecord(*row) for key, row in document["records"].items()}
        return TextFit(
            document["rule"],
            TextPolicy(**document["policy"]),
            records,
            document["free_text"],
            document["temperature"],
        )


def _most_frequent(keys: Sequence[str]) -> str:
    """Of equally frequent readings one without a mark of doubt, then the nearest to the others,
    then the longer: omissions are the commonest slip."""

    def rank(key: str) -> tuple[int, bool, float, int, str]:
        apart = sum(Levenshtein.normalized_distance(key, other) for other in keys)
        return keys.count(key), not is_unclear(key), -round(apart, 9), len(key), key

    return max(sorted(set(keys)), key=rank)
