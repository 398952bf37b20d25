"""The whole loop on the digits sample: model order against uniform order, and the consensus.

    python -m tests.benchmarks.bench_labels_saved [--seeds 3] [--labels 400]

Five simulated labelers of skill 0.6 to 0.95 answer through the product's own lease and submit
actions; at fixed numbers of settled items its own jobs refit, train, score and re-order. Accuracy
is that on the 500 test digits, which nobody is asked about. Writes results/labels_saved.json.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean, stdev
from typing import Any

RESULTS = Path(__file__).parent / "results" / "labels_saved.json"
ROUNDS = [20, 40, 60, 80, 100, 125, 150, 180, 220, 270, 330, 400, 500, 620, 760, 930]
GOAL = 0.95  # of the accuracy with all labels


def prepare() -> Any:
    folder = tempfile.mkdtemp(prefix="labelhub-bench-")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "labelhub.settings.dev",
        "DATA_DIR": folder,
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "OMP_NUM_THREADS": "1",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("create_admin", verbosity=0, stdout=sys.stderr)
    call_command("load_samples", verbosity=0, stdout=sys.stderr)
    from annotations.models import Project

    return Project.objects.select_related("schema", "dataset").get(name="Digits")


def twin(original: Any, name: str, **options: Any) -> Any:
    from annotations.actions.project import create_project, open_tasks
    from annotations.models import Project

    made = create_project(
        by=original.created_by,
        dataset=original.dataset,
        name=name,
        question=original.question,
        schema=original.schema.document,
        splits=original.splits,
        auto_train=False,
        **options,
    )
    open_tasks(project=made)
    return Project.objects.select_related("schema", "dataset").get(pk=made.pk)


def label_until(project: Any, crowd: list[Any], users: list[Any], truth: Any, goal: int) -> int:
    """Let labelers take turns until so many items are settled; return the votes it took."""
    import itertools

    from annotations.actions.lease import lease_tasks
    from annotations.actions.submit import submit_annotation
    from annotations.actions.trust import project_needs_refit, refit_consensus
    from annotations.models import Annotation, Project, Task

    idle = 0
    for turn, (labeler, user) in enumerate(itertools.cycle(zip(crowd, users, strict=True))):
        settled = Task.objects.filter(project=project, status="settled").count()
        if settled >= goal or idle > 2 * len(users):
            break
        leases = lease_tasks(project=project, labeler=user).leases
        idle = 0 if leases else idle + 1
        for seat in leases:
            item = seat.task.item
            label = labeler.answer(truth[item.pk], str(item.pk))
            submit_annotation(
                labeler=user, lease_id=seat.lease_id, answer={"choice": label},
                key=f"{project.pk}-{seat.lease_id}",
            )  # fmt: skip
        if turn % 10 == 9:
            project = Project.objects.select_related("schema", "dataset").get(pk=project.pk)
            if project_needs_refit(project):
                refit_consensus(project=project)
                project = Project.objects.select_related("schema", "dataset").get(pk=project.pk)
    return Annotation.objects.filter(project=project, current=True).count()


def learn(project: Any, seed: int) -> None:
    """Train, score and re-order now, by the product's own jobs."""
    from active_learning.actions.start import start_run
    from labelhub.jobs.models import Job
    from labelhub.jobs.run import run_job

    start_run(project=project, trigger="benchmark", seed=seed)
    while job := Job.objects.filter(project_id=project.pk, state="pending").order_by("pk").first():
        Job.objects.filter(pk=job.pk).update(run_after="2020-01-01T00:00Z")
        run_job(job.pk)
        job.refresh_from_db()
        if job.state not in ("done", "cancelled"):
            raise SystemExit(f"{job.kind} ended as {job.state}: {job.error}")


def one_run(original: Any, truth: Any, seed: int, strategy: str, labels: int) -> dict[str, Any]:
    from active_learning.simulation.crowd import draw_crowd
    from active_learning.simulation.figures import label_figures, model_curve
    from annotations.models import Membership
    from labelhub.accounts.models import User

    project = twin(original, f"{strategy} {seed}", strategy=strategy)
    crowd = draw_crowd(project.schema.label_names, labelers=5, skill=(0.6, 0.95), seed=seed)
    users = [User.objects.get_or_create(username=f"sim {k}")[0] for k in range(5)]
    for user in users:
        Membership.objects.create(project=project, user=user, role="labeler")
    for goal in [n for n in ROUNDS if n <= labels]:
        label_until(project, crowd, users, truth, goal)
        learn(project, seed)
    figures = label_figures(project, truth, seed)
    curve = model_curve(project, truth)
    print(strategy, seed, figures, [(p["labels"], p["accuracy"]) for p in curve], flush=True)
    return {"strategy": strategy, "seed": seed, "figures": figures, "curve": curve}


def full_accuracy(original: Any, truth: Any) -> float:
    """Accuracy on the test digits of the same recipe trained on every pool item's true label."""
    import numpy as np

    from active_learning.learning.datasets.snapshot import Item, Snapshot, write_snapshot
    from active_learning.learning.predictor import Predictor
    from annotations.models import Item as Row
    from labelhub.storage import path_of

    rows = list(Row.objects.filter(dataset=original.dataset))
    with tempfile.TemporaryDirectory() as scratch:
        items = [
            Item(row.pk, row.sha256, path_of(row.sha256), "train", {truth[row.pk]: 1.0})
            for row in rows
            if row.split == "pool"
        ]
        classes = tuple(original.schema.label_names)
        write_snapshot(Path(scratch) / "s", Snapshot("0" * 64, "choice", classes, 0, tuple(items)))
        command = [sys.executable, "-m", "active_learning.learning.fit", f"{scratch}/s",
                   f"{scratch}/a", "--recipe", original.recipe, "--seed", "0"]  # fmt: skip
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        test = [row for row in rows if row.split == "test"]
        predictor = Predictor.open(f"{scratch}/a")
        best = predictor.predict_proba([path_of(row.sha256) for row in test]).argmax(axis=1)
    right = [predictor.classes[k] == truth[row.pk] for k, row in zip(best, test, strict=True)]
    return float(np.mean(right))


def labels_to_reach(curve: list[dict[str, Any]], goal: float) -> float | None:
    """Labels at which the isotonic fit of a curve over log(labels) first reaches an accuracy.

    The raw curve goes up and down by a point or two with each model; its first lucky crossing says
    little.
    """
    import numpy as np
    from sklearn.isotonic import IsotonicRegression

    labels = np.log([point["labels"] for point in curve])
    fit = IsotonicRegression().fit(labels, [point["accuracy"] for point in curve])
    grid = np.linspace(labels[0], labels[-1], 2001)
    reached = np.flatnonzero(fit.predict(grid) >= goal)
    return float(np.exp(grid[reached[0]])) if len(reached) else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--labels", type=int, default=500)
    parser.add_argument("--strategies", default="")
    options = parser.parse_args()
    original = prepare()
    from active_learning.simulation.figures import hidden_truth

    truth = hidden_truth(original)
    full = full_accuracy(original, truth)
    strategies = options.strategies.split(",") if options.strategies else [original.strategy]
    runs = [
        one_run(original, truth, seed, strategy, options.labels)
        for seed in range(options.seeds)
        for strategy in [*strategies, "uniform"]
    ]
    report = summary(runs, full)
    print(json.dumps(report, indent=1))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report | {"runs": runs}, indent=1) + "\n")


def summary(runs: list[dict[str, Any]], full: float) -> dict[str, Any]:
    goal = GOAL * full
    needed: dict[str, list[float | None]] = {}
    for run in runs:
        needed.setdefault(run["strategy"], []).append(labels_to_reach(run["curve"], goal))
    figures = [run["figures"] for run in runs]
    gain = [f["consensus_accuracy"] - f["one_vote_accuracy"] for f in figures]
    over = [f["consensus_accuracy"] - f["majority_accuracy"] for f in figures]
    uniform = needed["uniform"]
    ratios = {
        name: [a / b for a, b in zip(values, uniform, strict=True) if a and b]
        for name, values in needed.items()
        if name != "uniform"
    }
    return {
        "full_data_accuracy": full,
        "goal_accuracy": goal,
        "labels_to_goal": needed,
        "share_of_uniform_labels": {
            name: {
                "of_means": mean(filter(None, needed[name])) / mean(filter(None, uniform)),
                "mean_of_seeds": mean(values),
                "spread": stdev(values) if len(values) > 1 else 0.0,
            }
            for name, values in ratios.items()
            if values
        },
        "consensus_minus_one_vote_points": round(100 * mean(gain), 2),
        "consensus_minus_majority_points": round(100 * mean(over), 2),
        "votes_per_item": round(mean(f["votes_per_item"] for f in figures), 2),
    }


if __name__ == "__main__":
    main()
