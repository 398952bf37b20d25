"""Consensus of answers that are JSON documents: the table of mergers by task type.

A merger is opened from its saved state, or fitted to all ballots of a project, and then merges
one ballot at a time, in time that does not grow with the project.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from annotations.consensus.configured import configured
from annotations.consensus.merge_settings import Settings
from annotations.consensus.merging import (
    AnswerVerdict,
    Ballots,
    JsonObject,
    KnownAnswers,
    Merger,
    MergerKind,
    in_order,
    joint_confidence,
)
from annotations.consensus.multi_label import MultiLabelFit, MultiLabelVotes, fit_multi_label
from annotations.consensus.shape_mergers import BoxMerger, KeypointMerger, PolygonMerger
from annotations.consensus.text_fitting import fit_readings
from annotations.consensus.transcription import Reading, Rule, Strengths, TextFit
from annotations.measures.text import TextPolicy

# What each method of merging texts is called where readings are merged.
TEXT_RULES: dict[str, Rule] = {
    "readings": "auto",
    "text_most_frequent": "most_frequent",
    "text_medoid": "medoid",
    "text_character_vote": "character_vote",
    "text_word_vote": "word_vote",
}
# What learns labelers from a yes or no per label, for each method of merging sets of labels.
BINARY_METHODS = {
    "multi_label": "dawid_skene",
    "multi_label_one_coin": "one_coin",
    "multi_label_majority": "majority",
}


class TranscriptionMerger:
    """Texts; a blank text is an abstention, {"illegible": true} a vote for "cannot be read"."""

    def __init__(self, fit: TextFit, settings: Settings) -> None:
        rule = TEXT_RULES[settings.method]
        self.fit = replace(fit, rule=rule, strengths=_strengths(settings))
        self.settings = settings

    @staticmethod
    def open(
        state: JsonObject | None, schema: JsonObject, settings: Settings
    ) -> TranscriptionMerger:
        # The schema may have got another policy since the fit; labelers' records hold on.
        fit = TextFit() if state is None else TextFit.from_json(state)
        policy = TextPolicy(**schema["policy"])
        return TranscriptionMerger(replace(fit, policy=policy), settings)

    @staticmethod
    def fitted(
        ballots: Ballots, schema: JsonObject, known: KnownAnswers | None, settings: Settings
    ) -> TranscriptionMerger:
        rows = [
            (item, key, _reading(answer))
            for item, (keys, answers) in in_order(ballots)
            for key, answer in zip(keys, answers, strict=True)
        ]
        certain = {item: _reading(answer) for item, answer in (known or {}).items()}
        fit = fit_readings(
            [row[0] for row in rows],
            [row[1] for row in rows],
            [row[2] for row in rows],
            rule=TEXT_RULES[settings.method],
            policy=TextPolicy(**schema["policy"]),
            known=certain,
            strengths=_strengths(settings),
        )
        return TranscriptionMerger(fit, settings)

    def merge(self, labeler_keys: Sequence[int], answers: Sequence[JsonObject]) -> AnswerVerdict:
        verdict = self.fit.merge(labeler_keys, [_reading(answer) for answer in answers])
        answer: JsonObject = {"text": verdict.text or ""}
        if verdict.text is None:
            answer["illegible"] = True
        tokens = [[token.raw, round(token.support, 6)] for token in verdict.tokens]
        detail = {
            "tokens": tokens,
            "readings": verdict.readings,
            "abstentions": verdict.abstentions,
        }
        return AnswerVerdict(answer, verdict.confidence, verdict.rule, detail, verdict.odds)

    def confidence_at(self, verdict: AnswerVerdict, temperature: float) -> float:
        # That nothing can be read, or that nobody read anything, has no parts.
        return joint_confidence(verdict.odds, temperature) if verdict.odds else verdict.confidence

    def with_temperature(self, temperature: float) -> TranscriptionMerger:
        return TranscriptionMerger(replace(self.fit, temperature=temperature), self.settings)

    def to_json(self) -> JsonObject:
        return self.fit.to_json()


def _strengths(settings: Settings) -> Strengths:
    return Strengths(settings["character_strength"], settings["word_strength"], settings["apart"])


def _reading(answer: JsonObject) -> Reading:
    return None if answer.get("illegible") else str(answer["text"])


class MultiLabelMerger:
    """Sets of labels; codes are places in the schema's list, which only ever grows."""

    def __init__(self, fit: MultiLabelFit, names: Sequence[str], settings: Settings) -> None:
        self.fit, self.names, self.settings = fit, list(names), settings
        self.codes = {name: code for code, name in enumerate(self.names)}

    @staticmethod
    def open(state: JsonObject | None, schema: JsonObject, settings: Settings) -> MultiLabelMerger:
        names = [label["name"] for label in schema["labels"]]
        if state is None:
            return MultiLabelMerger.fitted({}, schema, None, settings)
        fit = MultiLabelFit.from_json(state)
        grown = np.full(len(names) - fit.n_labels, float(np.mean(fit.label_odds)))
        return MultiLabelMerger(
            MultiLabelFit(fit.binary, np.concatenate([fit.label_odds, grown])), names, settings
        )

    @staticmethod
    def fitted(
        ballots: Ballots, schema: JsonObject, known: KnownAnswers | None, settings: Settings
    ) -> MultiLabelMerger:
        names = [label["name"] for label in schema["labels"]]
        codes = {name: code for code, name in enumerate(names)}
        rows = in_order(ballots)
        keys = sorted({int(key) for _, (labelers, _) in rows for key in labelers})
        place = {key: index for index, key in enumerate(keys)}
        votes = MultiLabelVotes(
            np.array([n for n, (_, b) in enumerate(rows) for _ in b[0]], dtype=np.int32),
            np.array([place[int(k)] for _, b in rows for k in b[0]], dtype=np.int32),
            [[codes[name] for name in answer["choices"]] for _, b in rows for answer in b[1]],
            len(rows),
            keys,
            len(names),
        )
        index = {item: n for n, (item, _) in enumerate(rows)}
        certain = {
            index[item]: [codes[name] for name in answer["choices"]]
            for item, answer in (known or {}).items()
            if item in index
        }
        given = {name: value for name, value in settings.values if name != "threshold"}
        method = configured(BINARY_METHODS[settings.method], given)
        return MultiLabelMerger(
            fit_multi_label(votes, known=certain, method=method), names, settings
        )

    def merge(self, labeler_keys: Sequence[int], answers: Sequence[JsonObject]) -> AnswerVerdict:
        chosen = [[self.codes[name] for name in answer["choices"]] for answer in answers]
        verdict = self.fit.merge(labeler_keys, chosen, threshold=self.settings["threshold"])
        named = {code for codes in chosen for code in codes} | set(verdict.codes)
        probability = {
            self.names[code]: round(float(verdict.probability[code]), 6) for code in sorted(named)
        }
        return AnswerVerdict(
            {"choices": [self.names[code] for code in verdict.codes]},
            verdict.confidence,
            self.settings.method,
            {"probability": probability},
            verdict.odds,
        )

    def confidence_at(self, verdict: AnswerVerdict, temperature: float) -> float:
        return joint_confidence(verdict.odds, temperature)

    def with_temperature(self, temperature: float) -> MultiLabelMerger:
        return MultiLabelMerger(self.fit.with_temperature(temperature), self.names, self.settings)

    def to_json(self) -> JsonObject:
        return self.fit.to_json()


# By the name of the task type.
MERGERS: dict[str, MergerKind] = {
    "transcription": TranscriptionMerger,
    "multi_label": MultiLabelMerger,
    "boxes": BoxMerger,
    "polygons": PolygonMerger,
    "keypoints": KeypointMerger,
}


def open_merger(
    task_type: str, state: JsonObject | None, schema: JsonObject, settings: Settings | None = None
) -> Merger:
    """The merger of a task type from its saved state, or one that knows no labeler yet.

    settings: how it merges, whatever the state was fitted for; None is the type's own way.
    """
    return MERGERS[task_type].open(state, schema, settings or Settings.of(task_type))


def fit_merger(
    task_type: str,
    ballots: Ballots,
    schema: JsonObject,
    *,
    known: KnownAnswers | None = None,
    settings: Settings | None = None,
) -> Merger:
    """The merger of a task type fitted to all ballots; known: answers that are certain."""
    return MERGERS[task_type].fitted(ballots, schema, known, settings or Settings.of(task_type))
