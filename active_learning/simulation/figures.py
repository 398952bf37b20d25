"""Figures of a simulated run, against the hidden truth that no part of the product may read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from django.conf import settings

from active_learning.learning.predictor import Predictor
from active_learning.models import ModelVersion
from annotations.models import Annotation, Item, KnownLabel, Project, Task
from labelhub.storage import path_of

TEST_SPLIT = "test"


def hidden_truth(project: Project) -> dict[int, str]:
    """Return item id to the label that came with the dataset."""
    known = KnownLabel.objects.filter(item__dataset_id=project.dataset_id)
    return dict(known.values_list("item_id", "value"))


def label_figures(project: Project, truth: Mapping[int, str], seed: int) -> dict[str, Any]:
    """Accuracy of the consensus, of the majority, and of one vote drawn at random, per item.

    `asked_again` counts silent repeats: answers beside the votes.
    """
    rng = np.random.default_rng(seed)
    votes: dict[int, list[str]] = {}
    rows = Annotation.objects.filter(project=project, current=True).order_by("pk")
    for item, answer in rows.values_list("task__item_id", "answer"):
        votes.setdefault(item, []).append(answer["choice"])
    tasks = Task.objects.filter(project=project, votes__gt=0)
    consensus = dict(tasks.values_list("item_id", "label"))
    settled = set(tasks.filter(status=Task.Status.SETTLED).values_list("item_id", flat=True))
    judged = [item for item in votes if item in truth]
    random_vote = [rng.choice(votes[item]) == truth[item] for item in sorted(judged)]
    majority = [_majority(votes[item], rng) == truth[item] for item in sorted(judged)]
    agreed = {item: consensus[item] == truth[item] for item in judged}
    total = sum(len(given) for given in votes.values())
    return {
        "votes": total,
        "asked_again": Annotation.every.filter(project=project, repeat=True, current=True).count(),
        "items": len(votes),
        "votes_per_item": round(total / max(len(votes), 1), 3),
        "settled": len(settled),
        "consensus_accuracy": _mean(list(agreed.values())),
        "settled_accuracy": _mean([right for item, right in agreed.items() if item in settled]),
        "majority_accuracy": _mean(majority),
        "one_vote_accuracy": _mean(random_vote),
    }


def _majority(given: list[str], rng: np.random.Generator) -> str:
    counts = Counter(given)
    most = max(counts.values())
    return str(rng.choice(sorted(label for label, count in counts.items() if count == most)))


def _mean(values: list[Any]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None


def model_curve(project: Project, truth: Mapping[int, str]) -> list[dict[str, Any]]:
    """Accuracy of each model version on the dataset's test split, with the labels it was given."""
    items = list(
        Item.objects.filter(dataset_id=project.dataset_id, split=TEST_SPLIT).order_by("pk")
    )
    items = [item for item in items if item.pk in truth]
    if not items:
        return []
    paths = [path_of(item.sha256) for item in items]
    points = []
    versions = ModelVersion.objects.filter(project=project).select_related("run")
    for version in versions.order_by("number"):
        predictor = Predictor.open(settings.MODELS_DIR / version.sha256)
        best = predictor.predict_proba(paths).argmax(axis=1)
        right = [
            predictor.classes[k] == truth[item.pk] for k, item in zip(best, items, strict=True)
        ]
        points.append(
            {
                "version": version.number,
                "labels": version.run.labelled,
                "votes": version.run.votes,
                "accuracy": _mean(right),
            }
        )
    return points
