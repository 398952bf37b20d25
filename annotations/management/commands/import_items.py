"""`manage.py import_items DATASET PATH`: import a folder, an archive or a picture on the server."""

from __future__ import annotations

import dataclasses
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotations.actions.upload import upload_items
from annotations.actions.upload_report import REFUSED, UploadReport
from annotations.intake.limits import DEFAULT
from annotations.intake.sources import from_path
from annotations.models import Dataset
from labelhub.accounts.models import User

# Whoever can run this command owns the server: only the count of files is theirs to judge.
LIMITS = dataclasses.replace(
    DEFAULT,
    archive_max_entries=5_000_000,
    archive_max_listed=10_000_000,
    archive_max_total_bytes=1_000_000_000_000,
)


class Command(BaseCommand):
    help = "Import pictures, with their labels.csv, into a dataset; a second time adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="name or id; a new name makes a new dataset")
        parser.add_argument("path", type=Path, help="folder, ZIP or tar archive, or one picture")
        parser.add_argument("--kind", choices=Dataset.Kind.values, default=Dataset.Kind.OTHER)
        parser.add_argument("--owner", help="user name of the new dataset's owner")
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"There is no {path}.")
        owner = find_owner(options["owner"])
        dataset = find_dataset(options["dataset"], kind=options["kind"], owner=owner)
        report = upload_items(
            dataset=dataset,
            members=from_path(path, LIMITS),
            by=owner,
            limits=LIMITS,
            progress=self._progress,
        )
        self._print(dataset, report, as_json=options["json"])

    def _progress(self, fraction: float, message: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{fraction:4.0%}  {message}", ending="")
            self.stderr.flush()

    def _print(self, dataset: Dataset, report: UploadReport, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False))
            return
        for entry in report.files:
            if entry["status"] == REFUSED:
                self.stdout.write(f"refused  {entry['name']}: {entry['detail']} ({entry['code']})")
        for row in report.rows:
            place = f"{row['table']} line {row['line']}"
            self.stdout.write(f"refused  {place}, {row['name']}: {row['detail']} ({row['code']})")
        told = report.as_json()
        self.stdout.write(
            f"{dataset.name} (id {dataset.pk}): {told['taken']:,} taken, "
            f"{told['duplicate']:,} there already, {told['refused']:,} refused, "
            f"{told['ignored']:,} ignored; {told['labels']:,} known labels, "
            f"{told['rows_refused']:,} rows refused."
        )


def find_owner(username: str | None) -> User | None:
    """Return the named user, or the first administrator where none is named."""
    if not username:
        return User.objects.filter(is_superuser=True).order_by("pk").first()
    owner = User.objects.filter(username=username).first()
    if owner is None:
        raise CommandError(f"There is no user {username!r}.")
    return owner


def find_dataset(name: str, *, kind: str, owner: User | None) -> Dataset:
    """Return the dataset of this id or name; a new one where no dataset has the name."""
    if name.isdecimal():
        dataset = Dataset.objects.filter(pk=int(name)).first()
        if dataset is None:
            raise CommandError(f"There is no dataset {name}.")
        return dataset
    found = list(Dataset.objects.filter(name=name)[:2])
    if len(found) > 1:
        raise CommandError(f"Several datasets are called {name!r}; give the id.")
    return found[0] if found else Dataset.objects.create(name=name, kind=kind, created_by=owner)
