"""`manage.py load_samples`: the datasets that ship by way of libraries, and a project on each."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from annotations.actions.project import create_project, open_tasks_soon
from annotations.actions.upload import upload_items
from annotations.intake.archives import Member
from annotations.intake.samples import SAMPLES, Sample
from annotations.management.commands.import_items import find_owner
from annotations.models import Dataset, Project
from labelhub.accounts.models import User


class Command(BaseCommand):
    help = "Load the sample datasets, each with a project; a second time adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", help=f"of {', '.join(SAMPLES)}; all by default")
        parser.add_argument("--owner", help="user name of the owner; the first administrator")
        parser.add_argument("--no-projects", action="store_true", help="datasets only")

    def handle(self, *_: Any, **options: Any) -> None:
        owner = find_owner(options["owner"])
        for name in options["names"] or SAMPLES:
            if name not in SAMPLES:
                self.stderr.write(f"There is no sample {name!r}; there is {', '.join(SAMPLES)}.")
                continue
            dataset = load_sample(SAMPLES[name], owner)
            self.stdout.write(f"{dataset.name}: {dataset.item_count:,} items.")
            if owner is not None and not options["no_projects"]:
                ensure_project(SAMPLES[name], dataset, owner)


def load_sample(sample: Sample, owner: User | None) -> Dataset:
    """Return the sample's dataset, complete; it is made or completed where it is not."""
    dataset, _ = Dataset.objects.get_or_create(
        name=sample.name,
        source=sample.source,
        defaults={
            "kind": sample.kind,
            "description": sample.description,
            "licence": sample.licence,
            "created_by": owner,
        },
    )
    if dataset.item_count < sample.size:
        upload_items(dataset=dataset, members=_members(sample), by=owner)
        dataset.refresh_from_db()
    return dataset


def _members(sample: Sample) -> Iterator[Member]:
    """Yield the pictures, and after them the table of what they are known to show."""
    lines = ["filename,label,split"]
    for picture in sample.pictures():
        lines.append(f"{picture.filename},{picture.label},{picture.split}")
        yield Member(picture.filename, picture.data)
    yield Member("labels.csv", "\n".join(lines).encode(), done=1.0)


def ensure_project(sample: Sample, dataset: Dataset, owner: User) -> Project:
    """Return the sample's project; it asks about the pool, so the test split stays unseen."""
    project = Project.objects.filter(dataset=dataset, name=sample.name).first()
    if project is None:
        project = create_project(
            by=owner,
            dataset=dataset,
            name=sample.name,
            question=sample.question,
            schema={"labels": [{"name": label} for label in sample.labels]},
            splits=["pool"],
        )
    open_tasks_soon(project)
    return project
