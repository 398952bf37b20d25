"""One trial: a simulated crowd spends its votes through the product's own actions and jobs."""

from __future__ import annotations

import itertools
import resource
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db.models import F

from active_learning.jobs import check
from active_learning.models import ModelVersion, TrainingRun
from active_learning.simulation.crowd import SimulatedLabeler
from annotations.actions.lease import lease_tasks
from annotations.actions.submit import submit_annotation
from annotations.jobs import check_refits
from annotations.models import Annotation, ConsensusFit, Project, Seat, Task
from annotations.reports.labelers import open_fit, skill_of
from labelhub.accounts.models import User
from labelhub.jobs.models import Job
from labelhub.jobs.run import run_job

# What a run says that found labels of one class alone.
TOO_LITTLE = ("not_enough_labels", "cannot_train")
CHECK_EVERY = 20  # votes between two looks at what is due, as the dispatcher takes every 2 seconds


class TrialFailed(RuntimeError):
    """A job of the trial ended badly; the message is the job's."""


@dataclass
class Trial:
    """What one policy made of one crowd; `curve` has a point for each version that served."""

    project: Project
    crowd: Sequence[SimulatedLabeler]
    users: Sequence[User]
    truth: Mapping[int, str]
    seed: int
    curve: list[dict[str, Any]] = field(default_factory=list)
    votes: int = 0
    cpu_seconds: float = 0.0

    def run(self, votes: int) -> None:
        """Spend the votes; ends earlier when nothing is left to ask."""
        began = cpu_seconds()
        rng = np.random.default_rng([self.seed, 1])
        self._work()
        while self.votes < votes and self._one_vote(rng):
            if self.votes % CHECK_EVERY == 0:
                self._work()
        self._work()
        self._note()
        Project.objects.filter(pk=self.project.pk).update(state=Project.State.FINISHED)
        self.cpu_seconds = cpu_seconds() - began

    def _one_vote(self, rng: np.random.Generator) -> bool:
        """Let whoever is there answer one task; False when nobody is given any."""
        for attempt in range(2):
            for place in rng.permutation(len(self.crowd)).tolist():
                offer = lease_tasks(project=self.project, labeler=self.users[place])
                if offer.leases:
                    self._answer(offer.leases[0], place)
                    return True
            if attempt == 0:
                self._work()
        return False

    def _answer(self, seat: Seat, place: int) -> None:
        item = seat.task.item_id
        label = self.crowd[place].answer(self.truth[item], str(item))
        submit_annotation(
            labeler=self.users[place],
            lease_id=seat.lease_id,
            answer={"choice": label},
            key=f"{self.project.pk}-{seat.lease_id}",
            source=Annotation.Source.SIMULATOR,
        )
        self.votes += 1

    def _work(self) -> None:
        """Do what dispatcher and workers would have done by now."""
        check_refits()
        check()
        run_jobs()
        # This crowd answers within seconds what people answer in hours: no pause is still on.
        runs = TrainingRun.objects.filter(project=self.project)
        runs.filter(finished_at__gt=F("started_at")).update(started_at=F("finished_at"))
        self.project = Project.objects.select_related("schema", "dataset").get(pk=self.project.pk)
        serving = self.project.model_versions.filter(serving=True).first()
        if serving and (not self.curve or self.curve[-1]["version"] != serving.pk):
            self._note()

    def _note(self) -> None:
        serving = self.project.model_versions.filter(serving=True).first()
        point = {"votes": self.votes, "version": serving.pk if serving else None}
        self.curve.append(point | self._labels())

    def _labels(self) -> dict[str, Any]:
        answered = Task.objects.filter(project=self.project, votes__gt=0)
        rows = answered.values_list("item_id", "label", "status")
        right = [self.truth[item] == label for item, label, _ in rows]
        settled = [self.truth[i] == label for i, label, status in rows if status == "settled"]
        return {
            "items": len(right),
            "labels": len(settled),
            "correct_labels": sum(settled),
            "label_accuracy": _mean(settled),
            "all_items_accuracy": _mean(right),
        }

    def skill_error(self) -> float | None:
        """Mean absolute error of the labelers' estimated skills."""
        row = ConsensusFit.objects.filter(project=self.project).order_by("-pk").first()
        fit = open_fit(row.pk if row else None)
        pairs = zip(self.users, self.crowd, strict=True)
        errors = [
            abs(estimate - labeler.skill)
            for user, labeler in pairs
            if (estimate := skill_of(fit, user.pk)["skill"]) is not None
        ]
        return _mean(errors)

    def versions(self) -> list[ModelVersion]:
        """Every version that was made, oldest first."""
        return list(self.project.model_versions.order_by("number"))


def run_jobs() -> None:
    """Run what waits, now, until nothing does; raises TrialFailed for a job that failed."""
    for _ in itertools.count():
        job = Job.objects.filter(state=Job.State.PENDING).order_by("pk").first()
        if job is None:
            return
        Job.objects.filter(pk=job.pk).update(run_after=F("created_at"))
        run_job(job.pk)
        job.refresh_from_db()
        if job.state not in (Job.State.DONE, Job.State.CANCELLED) and not _harmless(job):
            raise TrialFailed(f"{job.kind} ended as {job.state}: {job.error}")


def _harmless(job: Job) -> bool:
    """A run that had too little to learn from fails by design; the next one has more."""
    error = job.error or {}
    return job.kind == "train_model" and error.get("code") in TOO_LITTLE


def cpu_seconds() -> float:
    """CPU seconds of this process and of the learning processes that it waited for."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _mean(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None
