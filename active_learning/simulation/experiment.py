"""An experiment: policies against each other on one set of pictures, each with the same crowds."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.db.models import Count

from active_learning.actions.child import Child
from active_learning.actions.features import features_folder
from active_learning.actions.publish import folder_of
from active_learning.actions.snapshot import picture_path, snapshot_folder
from active_learning.jobs import check
from active_learning.models import ModelVersion
from active_learning.simulation.crowd import SimulatedLabeler, crowd_of
from active_learning.simulation.policies import Policy
from active_learning.simulation.trial import Trial, run_jobs
from annotations.actions.project import create_project, open_tasks
from annotations.actions.upload import upload_items
from annotations.intake.sources import from_path
from annotations.models import Dataset, Item, Membership, Project
from labelhub.accounts.models import User

EVALUATE = "active_learning.learning.evaluate"
FIND_FOREIGN = "active_learning.learning.find_foreign"
TEST = "test"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Pictures:
    """What is asked about, and what is measured on; the latter is never shown to any part of it."""

    pool: Dataset
    test: Dataset
    truth: dict[int, str]
    classes: tuple[str, ...]


def import_pictures(path: Path, owner: User) -> Pictures:
    """Import a ZIP with `labels.csv`; its items of the split `test` go into a dataset of their own.

    Not even features are learned from them. Raises ValueError where labels or tests are missing.
    """
    pool = _import(path, owner)
    test = Dataset.objects.create(name=f"{pool.name}, test", created_by=owner)
    Item.objects.filter(dataset=pool, split=TEST).update(dataset=test)
    Item.objects.filter(dataset=pool, known_label=None).delete()
    for dataset in (pool, test):
        Dataset.objects.filter(pk=dataset.pk).update(item_count=dataset.items.count())
        dataset.refresh_from_db()
    if not pool.item_count or not test.item_count:
        raise ValueError(f"{path.name} needs labels.csv with items of the split test and others")
    items = Item.objects.filter(dataset__in=(pool, test))
    truth = dict(items.values_list("pk", "known_label__value"))
    return Pictures(pool, test, truth, tuple(sorted(set(truth.values()))))


def _import(path: Path, owner: User) -> Dataset:
    dataset = Dataset.objects.create(name=path.stem, created_by=owner)
    upload_items(dataset=dataset, members=from_path(path), by=owner)
    dataset.refresh_from_db()
    return dataset


def look_at_pictures() -> None:
    """Do what the product does after an import: compute features, train an encoder."""
    for _ in range(3):  # each look finds what the jobs before it made possible
        check()
        run_jobs()


def run_trial(
    pictures: Pictures,
    policy: Policy,
    skills: Sequence[float],
    *,
    votes: int,
    seed: int,
    owner: User,
) -> dict[str, Any]:
    """Let a new project of this policy be answered by a crowd of this seed; returns its figures."""
    crowd = crowd_of(pictures.classes, skills=skills, seed=seed)
    project = _project(pictures, policy, seed, owner)
    trial = Trial(project, crowd, _users(project, crowd), pictures.truth, seed)
    trial.run(votes)
    tested = accuracies(trial.versions(), pictures)
    for point in trial.curve:
        point["test"] = tested.get(point["version"])
    return {
        "policy": policy.name,
        "seed": seed,
        "curve": [_plain(point) for point in trial.curve],
        "final": _plain(trial.curve[-1]) | {"skill_error": trial.skill_error()},
        "cpu_seconds": round(trial.cpu_seconds, 1),
    }


def _project(pictures: Pictures, policy: Policy, seed: int, owner: User) -> Project:
    project = create_project(
        by=owner,
        dataset=pictures.pool,
        name=f"{policy.name}, crowd {seed}",
        question="Which one is it?",
        schema={"labels": [{"name": name} for name in pictures.classes]},
        **policy.options,
    )
    open_tasks(project=project)
    return Project.objects.select_related("schema", "dataset").get(pk=project.pk)


def _users(project: Project, crowd: Sequence[SimulatedLabeler]) -> list[User]:
    users = [User.objects.get_or_create(username=f"labeler-{one.number}")[0] for one in crowd]
    Membership.objects.bulk_create(
        Membership(project=project, user=user, role=Membership.Role.LABELER) for user in users
    )
    return users


def _plain(point: dict[str, Any]) -> dict[str, Any]:
    """A point as it is written down: accuracy on the test items, with its interval, in place."""
    test = point["test"] or {}
    shown = {name: value for name, value in point.items() if name not in ("test", "version")}
    return shown | {
        "test_accuracy": test.get("accuracy"),
        "test_low": test.get("low"),
        "test_high": test.get("high"),
        "test_ece": test.get("ece"),
    }


def accuracies(versions: Sequence[ModelVersion], pictures: Pictures) -> dict[int, dict[str, Any]]:
    """Return the figures of each version, by id, on the test items; one child process for all."""
    if not versions:
        return {}
    with tempfile.TemporaryDirectory(prefix="test-") as scratch:
        items = Path(scratch) / "items.jsonl"
        _write(items, pictures.test, pictures.truth)
        folders = [str(folder_of(version)) for version in versions]
        store = ["--feature-store", str(features_folder(pictures.test.pk))]
        with Child(EVALUATE, [str(items), *dict.fromkeys(folders), *store]) as child:
            events = [event for batch in child.events() for event in batch]
            child.wait().raise_for_status()
    by_folder = {event["artifact"]: event for event in events if event["event"] == "evaluated"}
    return {version.pk: by_folder[version.sha256] for version in versions}


def _write(path: Path, dataset: Dataset, truth: Mapping[int, str]) -> None:
    rows = Item.objects.filter(dataset=dataset).order_by("pk").values_list("pk", "sha256")
    with path.open("w", encoding="utf-8") as stream:
        for pk, sha256 in rows:
            line = {"id": pk, "sha256": sha256, "file": picture_path(sha256)}
            target = {"target": {truth[pk]: 1.0}} if pk in truth else {}
            stream.write(json.dumps(line | target) + "\n")


def foreign_figures(pictures: Pictures, path: Path, owner: User) -> dict[str, Any]:
    """Judge pictures that belong to no class beside the test items, by the last version made.

    AUROC of the p-value, and the shares flagged among the foreign ones and among the real ones.
    """
    strangers = _import(path, owner)
    version = ModelVersion.objects.select_related("run__snapshot").order_by("-pk").first()
    if version is None or version.run.snapshot is None:
        raise ValueError("no version was trained: there is nothing that could judge")
    found = {
        name: _p_values(version, dataset)
        for name, dataset in (("real", pictures.test), ("foreign", strangers))
    }
    real, foreign = found["real"]["p_value"], found["foreign"]["p_value"]
    return {
        "foreign": len(foreign),
        "real": len(real),
        "labels": version.run.snapshot.labelled,
        "auroc": round(auroc(real, foreign), 4),
        "flagged_foreign": round(float(found["foreign"]["flagged"].mean()), 4),
        "flagged_real": round(float(found["real"]["flagged"].mean()), 4),
    }


def _p_values(version: ModelVersion, dataset: Dataset) -> dict[str, Any]:
    assert version.run.snapshot is not None
    with tempfile.TemporaryDirectory(prefix="foreign-") as scratch:
        items, out = Path(scratch) / "items.jsonl", Path(scratch) / "judged.npz"
        _write(items, dataset, {})
        snapshot = snapshot_folder(version.run.snapshot.sha256)
        places = [str(path) for path in (snapshot, folder_of(version), items, out)]
        with Child(FIND_FOREIGN, places) as child:
            for _ in child.events():
                pass
            child.wait().raise_for_status()
        with np.load(out, allow_pickle=False) as found:
            return {name: found[name] for name in ("p_value", "flagged")}


def auroc(high: np.ndarray[Any, Any], low: np.ndarray[Any, Any]) -> float:
    """Chance that a draw of `high` is larger than one of `low`, ties counting half."""
    ordered = np.sort(low)
    below = np.searchsorted(ordered, high, "left") + np.searchsorted(ordered, high, "right")
    return float(below.mean() / (2 * len(low)))


def groups_of(dataset: Dataset) -> int:
    """How many groups the items of a dataset form."""
    named = dataset.items.exclude(group="")
    return int(named.aggregate(count=Count("group", distinct=True))["count"])
