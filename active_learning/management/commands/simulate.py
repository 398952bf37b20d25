"""Simulate a crowd: real HTTP clients with tokens against the running server."""

from __future__ import annotations

import json
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from active_learning.simulation.client import Budget, CrowdClient, Tally
from active_learning.simulation.crowd import SimulatedLabeler, draw_crowd
from active_learning.simulation.figures import hidden_truth, label_figures, model_curve
from annotations.actions.project import create_project, open_tasks
from annotations.models import Membership, Project
from labelhub import env
from labelhub.accounts.models import ApiToken, User


class Command(BaseCommand):
    help = "Let a simulated crowd label a project over HTTP, and judge what comes of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="id or name of the project")
        parser.add_argument("--labelers", type=int, default=5)
        parser.add_argument("--skill", default="0.6-0.95", help="range of skills, LOW-HIGH")
        parser.add_argument("--votes", type=int, default=500, help="answers to give in all")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--url", default="", help="server; this machine's by default")
        parser.add_argument("--pace", type=float, default=0.0, help="seconds between two answers")
        parser.add_argument("--settle", type=float, default=15.0, help="seconds to let jobs finish")
        parser.add_argument(
            "--uniform", action="store_true", help="run a twin in uniform order beside it"
        )
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stopped = False
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        url = options["url"] or f"http://{env.text('HOST')}:{env.text('PORT')}"
        project = find_project(options["project"])
        runs = {project.strategy: project}
        if options["uniform"]:
            runs["uniform"] = uniform_twin(project)
        report = {name: self._run(row, url, options) for name, row in runs.items()}
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=1))
        else:
            for name, figures in report.items():
                self._print(name, figures)

    def _stop(self, *_: object) -> None:
        self.stopped = True

    def _run(self, project: Project, url: str, options: dict[str, Any]) -> dict[str, Any]:
        truth = hidden_truth(project)
        if not truth:
            raise CommandError(f"The items of {project.name!r} came without labels to draw on.")
        assert project.schema is not None
        crowd = draw_crowd(
            project.schema.label_names,
            labelers=options["labelers"],
            skill=skill_range(options["skill"]),
            seed=options["seed"],
        )
        budget = Budget(options["votes"])
        clients = [
            CrowdClient(
                labeler,
                url=url,
                token=token_for(project, labeler),
                project=project.pk,
                truth=truth,
                budget=budget,
                pace=options["pace"],
                stopping=lambda: self.stopped,
            )
            for labeler in crowd
        ]
        begun = time.perf_counter()
        with ThreadPoolExecutor(len(clients)) as pool:
            tallies = list(pool.map(CrowdClient.work, clients))
        seconds = time.perf_counter() - begun
        if not self.stopped:
            self._wait_for_jobs(project, options["settle"])
        figures = label_figures(project, truth, options["seed"])
        figures |= promises(clients, tallies)
        figures |= {
            "seconds": round(seconds, 2),
            "labels_per_second": round(
                sum(len(t.promised) for t in tallies) / max(seconds, 1e-9), 2
            ),
            "model": model_curve(project, truth),
        }
        return figures

    def _wait_for_jobs(self, project: Project, seconds: float) -> None:
        from labelhub.jobs.models import Job

        deadline = time.monotonic() + seconds
        unfinished = Job.objects.filter(project_id=project.pk, state__in=["pending", "running"])
        quiet_since = time.monotonic()
        while time.monotonic() < deadline and not self.stopped:
            if unfinished.exists():
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > 3:
                return
            time.sleep(0.5)

    def _print(self, name: str, figures: dict[str, Any]) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"{name} order"))
        for key in (
            "votes", "items", "votes_per_item", "settled", "consensus_accuracy",
            "settled_accuracy", "majority_accuracy", "one_vote_accuracy", "lost", "repeated",
            "refused", "retries", "labels_per_second",
        ):  # fmt: skip
            self.stdout.write(f"  {key.replace('_', ' '):20} {figures[key]}")
        for point in figures["model"]:
            self.stdout.write(
                f"  model {point['version']:3}: {point['labels']:5} labels, "
                f"{point['votes']:5} votes, accuracy {point['accuracy']:.3f}"
            )


def find_project(name: str) -> Project:
    """Return a project by id or name; CommandError names what there is."""
    rows = Project.objects.select_related("schema", "dataset")
    found = rows.filter(pk=int(name)).first() if name.isdecimal() else None
    found = found or rows.filter(name=name).first()
    if found is None:
        known = ", ".join(rows.values_list("name", flat=True)[:20]) or "none"
        raise CommandError(f"There is no project {name!r}. There is: {known}.")
    return found


def skill_range(text: str) -> tuple[float, float]:
    """Parse LOW-HIGH or one number; CommandError for anything else."""
    low, _, high = text.partition("-")
    try:
        skills = float(low), float(high or low)
    except ValueError as error:
        raise CommandError(f"--skill is LOW-HIGH such as 0.6-0.95, not {text!r}.") from error
    if not 0 < skills[0] <= skills[1] <= 1:
        raise CommandError("--skill must lie between 0 and 1, the lower first.")
    return skills


def token_for(project: Project, labeler: SimulatedLabeler) -> str:
    """Make the labeler's user, membership and token for this run."""
    name = f"sim-{labeler.seed}-{labeler.number + 1}"
    user, _ = User.objects.get_or_create(
        username=name, defaults={"display_name": f"Simulated {labeler.number + 1}"}
    )
    Membership.objects.update_or_create(
        project=project, user=user, defaults={"role": Membership.Role.LABELER, "active": True}
    )
    ApiToken.objects.filter(user=user, name="simulation").delete()
    return ApiToken.issue(user=user, name="simulation", scopes=["read", "write"])[1]


def uniform_twin(project: Project) -> Project:
    """Make a project of the same rules whose queue no model ever orders."""
    assert project.schema is not None and project.created_by is not None
    same = (
        "min_votes", "max_votes", "confidence", "random_share", "audit_share", "splits",
        "consensus_method", "recipe", "guidelines",
    )  # fmt: skip
    twin = create_project(
        by=project.created_by,
        dataset=project.dataset,
        name=f"{project.name}, uniform order",
        question=project.question,
        schema=project.schema.document,
        task_type=project.task_type,
        strategy="uniform",
        **{name: getattr(project, name) for name in same},
    )
    open_tasks(project=twin)
    return Project.objects.select_related("schema", "dataset").get(pk=twin.pk)


def promises(clients: list[CrowdClient], tallies: list[Tally]) -> dict[str, Any]:
    """Compare what the server had acknowledged with what it holds now."""
    lost = 0
    for client, tally in zip(clients, tallies, strict=True):
        kept = client.kept()
        lost += sum(kept.get(answer) != label for answer, label in tally.promised.items())
    refused = [words for tally in tallies for words in tally.refused]
    return {
        "acknowledged": sum(len(tally.promised) for tally in tallies),
        "lost": lost,
        "repeated": sum(tally.repeated for tally in tallies),
        "refused": len(refused),
        "refusals": refused[:10],
        "retries": sum(tally.retries for tally in tallies),
        "submit_seconds": _quantiles([s for tally in tallies for s in tally.seconds]),
    }


def _quantiles(values: list[float]) -> dict[str, float]:
    if not values:
        return {}
    ordered = sorted(values)
    return {
        name: round(ordered[min(int(share * len(ordered)), len(ordered) - 1)], 5)
        for name, share in (("p50", 0.5), ("p95", 0.95), ("max", 1.0))
    }
