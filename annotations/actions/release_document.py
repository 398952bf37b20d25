"""Release, the words' half: what the labels mean, how they came about, how far to trust them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from annotations.actions.export_items import question_of
from annotations.actions.export_rows import LiveTasks
from annotations.actions.labeler_figures import measured_agreement
from annotations.actions.release_lines import Tally
from annotations.consensus.gold import share_interval
from annotations.consensus.version import code_version
from annotations.models import Project, Release, Task
from labelhub import __version__


def document_of(
    project: Project, release: Release, source: LiveTasks, tally: Tally
) -> dict[str, Any]:
    """Return all that a release says beside its list; plain JSON, frozen with it."""
    question, dataset = question_of(project), project.dataset
    return {
        "question": {
            "name": question.name,
            "text": question.text,
            "task_type": question.task_type,
            "schema": question.schema,
            "guidelines": project.guidelines,
        },
        "schema_version": release.schema.version,
        "dataset": {
            "id": dataset.pk,
            "name": dataset.name,
            "description": dataset.description,
            "kind": dataset.kind,
            "licence": dataset.licence,
            "source": dataset.source,
        },
        "consensus": _consensus(project),
        "agreement": measured_agreement(project),
        "label_error": _label_error(source, tally),
        "counts": _counts(tally),
        "leak_check": {"by": release.split_by, "groups": len(tally.groups), "torn": 0},
        "made_at": timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "made_with": f"LabelHub {__version__}",
    }


def _counts(tally: Tally) -> dict[str, Any]:
    return {
        "items": tally.items,
        "voted": tally.voted,
        "given": tally.given,
        "votes": tally.votes,
        "groups": len(tally.groups),
        "labelers": len(tally.labelers),
        "adjudicated": tally.adjudicated,
        "known": tally.known,
        "lone": tally.lone,
        "labels": dict(tally.labels.most_common(200)),
        "different_labels": len(tally.labels),
        "splits": dict(sorted(tally.splits.items())),
        "labels_by_split": {
            split: dict(labels.most_common(200))
            for split, labels in sorted(tally.labels_by_split.items())
        },
        "statuses": dict(sorted(tally.statuses.items())),
        "votes_per_item": {str(n): tally.votes_per_item[n] for n in sorted(tally.votes_per_item)},
        "confidence": tally.confidence,
    }


def _consensus(project: Project) -> dict[str, Any]:
    fit = project.fit
    return {
        "configured": project.consensus_method,
        "method": fit.method if fit else project.consensus_method,
        "params": fit.params if fit else project.consensus_params,
        "fit": fit.pk if fit else None,
        "fit_code_version": fit.code_version if fit else "",
        "code_version": code_version(),
        "rule": {
            "confidence": project.confidence,
            "min_votes": project.min_votes,
            "max_votes": project.max_votes,
            "model": project.model_in_consensus,
        },
    }


def _label_error(source: LiveTasks, tally: Tally) -> dict[str, Any]:
    """How wrong labels may be: by the model of the votes, and by items that got every vote.

    `expected` believes the confidences. `measured` does not: of the audited items, it counts those
    whose label with every vote is another one than when the rule would have stopped.
    """
    audited = Task.objects.using(source.using).filter(
        project=source.project, audit__label__isnull=False, votes__gte=source.project.max_votes
    )
    pairs = [
        (str(before), label)
        for before, label in audited.values_list("audit__label", "label").iterator(chunk_size=2_000)
    ]
    wrong = sum(before != after for before, after in pairs)
    low, high = share_interval(wrong, len(pairs)) if pairs else (None, None)
    return {
        "expected": tally.doubt / tally.sure_of if tally.sure_of else None,
        "audited": len(pairs),
        "wrong": wrong,
        "measured": wrong / len(pairs) if pairs else None,
        "low": low,
        "high": high,
    }
