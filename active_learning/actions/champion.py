"""Champion and challenger: two versions before the same held-out items."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from active_learning.actions.child import Child, Event, LearningFailed
from active_learning.actions.features import features_at_hand
from active_learning.actions.publish import ArtifactMissing, folder_of
from active_learning.actions.snapshot import pinned_items, reads_text
from active_learning.learning.prediction_table import TABLE
from active_learning.models import ModelVersion, PredictionTable, TrainingRun

CONTEST = "active_learning.learning.contest"
TEXT_CONTEST = "active_learning.learning.text_contest"
PROMOTE = "promote"


@dataclass(frozen=True)
class Comparison:
    """What the two were asked, what came of it, and why; `verdict` is empty without a contest."""

    champion: int | None
    promoted: bool
    reason: str
    verdict: Event = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def compare(
    *, run: TrainingRun, challenger: Path, champion: ModelVersion | None, items: Path
) -> Comparison:
    """Let both predict the held-out and critical items listed in a file; the rules decide.

    The rules are those of `learning.promotion`: a paired test, vetoes, and no test before the
    held-out items have grown since the last one against this champion.
    """
    if champion is None:
        return Comparison(None, True, "It is the first version.")
    if learned_held_out(champion):
        reason = f"Version {champion.number} may have learned from held-out items: you decide."
        return Comparison(champion.number, False, reason)
    try:
        verdict = hold_contest(run, challenger, champion, items)
    except (ArtifactMissing, LearningFailed) as error:
        reason = f"Version {champion.number} cannot be compared: {error.detail}"
        return Comparison(champion.number, True, reason)
    promoted = verdict["decision"] == PROMOTE
    return Comparison(champion.number, promoted, in_words(champion, verdict), verdict)


def learned_held_out(version: ModelVersion) -> bool:
    """Whether a version may know the items that others are measured on."""
    unknown = PredictionTable.TrainedOn.UNKNOWN
    return PredictionTable.objects.filter(run=version.run_id, trained_on=unknown).exists()


def hold_contest(run: TrainingRun, challenger: Path, champion: ModelVersion, items: Path) -> Event:
    """Compare in a child process; returns the verdict's fields."""
    learned = run.snapshot.labelled if run.snapshot else 0
    options: dict[str, object] = {
        "--champion-labels": _labels(champion.run, champion.run.metrics.get("labels", 0)),
        "--challenger-labels": _labels(run, learned),
        "--pinned": ",".join(map(str, sorted(pinned_items(run.project)))),
        "--tested": last_test(run, champion),
        "--feature-store": features_at_hand(run.project.dataset_id),
    }
    arguments = [str(folder_of(champion)), str(challenger), str(items)]
    arguments += [f"{name}={value}" for name, value in options.items() if value is not None]
    contest = TEXT_CONTEST if reads_text(run.project) else CONTEST
    with Child(contest, arguments) as child:
        told = [event for batch in child.events() for event in batch]
        child.wait().raise_for_status()
    (verdict,) = (event for event in told if event["event"] == "verdict")
    return {name: value for name, value in verdict.items() if name != "event"}


def _labels(run: TrainingRun, labels: int) -> int | None:
    """What it was trained on; of a model from elsewhere nobody knows that."""
    return None if run.recipe == TABLE else labels


def last_test(run: TrainingRun, champion: ModelVersion) -> int:
    """Return on how many held-out items a challenger of this champion was last tested, 0 if never.

    Each test on the same items is another chance to be lucky.
    """
    later = run.project.runs.filter(version__number__gt=champion.number)
    if run.pk is not None:
        later = later.filter(pk__lt=run.pk)
    contests = later.values_list("metrics__promotion", flat=True)
    return max((_tested_items(contest or {}, champion) for contest in contests), default=0)


def _tested_items(contest: dict[str, Any], champion: ModelVersion) -> int:
    verdict = contest.get("verdict") or {}
    mine = contest.get("champion") == champion.number and verdict.get("tested")
    return int(verdict["items"]) if mine else 0


def in_words(champion: ModelVersion, verdict: Event) -> str:
    """Say in a sentence or two what was found."""
    first, *vetoes = verdict["reasons"]
    counts = (
        f"Against version {champion.number} on {verdict['items']} held-out items: "
        f"{verdict['gained']} right only now, {verdict['lost']} only before"
    )
    blocked = f" ({', '.join(vetoes)})" if vetoes else ""
    return f"{counts}. {first[0].upper()}{first[1:]}{blocked}."
