"""When to stop asking for readings of a text: as soon as two agree.

Two people hardly ever make the same slip, so agreement says more than any model here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotations.consensus.stop import Outcome
from annotations.consensus.transcription import Reading, TextFit, TextVerdict


@dataclass(frozen=True)
class TextDecision:
    """What to do with a text now, its verdict so far, and why in a sentence."""

    outcome: Outcome
    verdict: TextVerdict
    reason: str


def decide_readings(
    fit: TextFit,
    labeler_keys: Sequence[int],
    readings: Sequence[Reading],
    *,
    agree: int = 2,
    most: int = 5,
    confidence: float | None = None,
) -> TextDecision:
    """Settled once `agree` labelers give the same reading (or the merged text is sure enough),
    disputed after `most` readings. Blank readings are abstentions; None is "cannot be read".

    A text that most cannot read is settled as such. Raises ValueError unless 1 <= agree <= most.
    """
    if not 1 <= agree <= most:
        raise ValueError("at least one reading must agree, and no more than are asked for")
    verdict = fit.merge(labeler_keys, readings)
    same = _agreeing(fit, labeler_keys, readings, verdict.text)
    if verdict.readings and same >= agree:
        return TextDecision("settled", verdict, f"{same} readings agree")
    if confidence is not None and verdict.readings >= agree and verdict.confidence >= confidence:
        return TextDecision("settled", verdict, f"{verdict.confidence:.1%} sure")
    if len(readings) >= most:
        return TextDecision("disputed", verdict, f"no {agree} of {len(readings)} readings agree")
    return TextDecision("open", verdict, f"up to {most - len(readings)} more readings")


def _agreeing(
    fit: TextFit, labeler_keys: Sequence[int], readings: Sequence[Reading], text: Reading
) -> int:
    """How many labelers gave this text."""

    def equal(reading: Reading) -> bool:
        if reading is None or text is None:
            return reading is text
        return bool(reading.strip()) and fit.policy.key(reading) == fit.policy.key(text)

    pairs = zip(labeler_keys, readings, strict=True)
    return len({key for key, reading in pairs if equal(reading)})
