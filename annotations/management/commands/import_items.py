"""`manage.py import_items DATASET PATH`: import a folder, an archive, a picture or a bucket."""

from __future__ import annotations

import dataclasses
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotations.actions.given_answers import KNOWN, ROLES, ImportOptions
from annotations.actions.import_places import known_sources
from annotations.actions.upload import preview_items, upload_items
from annotations.actions.upload_report import REFUSED, UploadReport
from annotations.intake.archives import Member
from annotations.intake.buckets import Bucket, BucketError
from annotations.intake.formats import FORMATS
from annotations.intake.limits import DEFAULT
from annotations.intake.sources import from_path
from annotations.models import Dataset
from annotations.task_types import ALL_TASK_TYPES
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
        parser.add_argument(
            "path", help="folder, ZIP or tar archive, PDF, one picture, or s3://BUCKET/PREFIX"
        )
        parser.add_argument("--kind", choices=Dataset.Kind.values, default=Dataset.Kind.OTHER)
        parser.add_argument("--owner", help="user name of the new dataset's owner")
        parser.add_argument(
            "--format", choices=sorted(FORMATS), default="", help="read labels of this format alone"
        )
        parser.add_argument(
            "--role",
            choices=ROLES,
            default=KNOWN,
            help="what labels become: hidden truth, which can become gold; votes; or proposals",
        )
        parser.add_argument("--source", default="", help="whose labels they are; votes need it")
        parser.add_argument(
            "--task-type",
            choices=sorted(ALL_TASK_TYPES),
            default="",
            help="keep answers of this kind alone, of files that have several",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen, and write nothing"
        )
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        chosen = _chosen(options)
        owner = find_owner(options["owner"])
        if options["dry_run"]:
            dataset = find_dataset(options["dataset"], kind=options["kind"], owner=owner, new=False)
            work = partial(preview_items, dataset=dataset)
        else:
            dataset = find_dataset(options["dataset"], kind=options["kind"], owner=owner)
            work = partial(upload_items, dataset=dataset, by=owner)
        try:
            report = work(
                members=_members(options["path"], dataset),
                limits=LIMITS,
                progress=self._progress,
                options=chosen,
            )
        except BucketError as error:
            raise CommandError(str(error)) from error
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
            where = f"line {row['line']}" if row["line"] else row["where"]
            place = f"{row['table']} {where}".rstrip()
            self.stdout.write(f"refused  {place}, {row['name']}: {row['detail']} ({row['code']})")
        told = report.as_json()
        place = f"{dataset.name} (id {dataset.pk})" if dataset.pk else f"{dataset.name} (new)"
        self.stdout.write(
            f"{place}: {told['taken']:,} taken, "
            f"{told['duplicate']:,} there already, {told['refused']:,} refused, "
            f"{told['ignored']:,} ignored; {told['labels']:,} known labels, "
            f"{told['votes']:,} votes, {told['proposals']:,} proposals, "
            f"{told['rows_refused']:,} rows refused."
        )
        if report.dry:
            self.stdout.write("This was a dry run: nothing was written.")


def _chosen(options: dict[str, Any]) -> ImportOptions:
    if options["role"] == "vote" and not options["source"]:
        raise CommandError("Votes need a --source: whose votes they are.")
    names = ("format", "role", "source", "task_type")
    return ImportOptions(**{name: options[name] for name in names})


def _members(path: str, dataset: Dataset) -> Iterator[Member]:
    """Return the files of a path on this machine, or of a bucket."""
    if path.startswith("s3://"):
        bucket, _, prefix = path.removeprefix("s3://").partition("/")
        return Bucket(bucket, prefix, limits=LIMITS).members(known_sources(dataset))
    if not Path(path).exists():
        raise CommandError(f"There is no {path}.")
    return from_path(Path(path), LIMITS)


def find_owner(username: str | None) -> User | None:
    """Return the named user, or the first administrator where none is named."""
    if not username:
        return User.objects.filter(is_superuser=True).order_by("pk").first()
    owner = User.objects.filter(username=username).first()
    if owner is None:
        raise CommandError(f"There is no user {username!r}.")
    return owner


def find_dataset(name: str, *, kind: str, owner: User | None, new: bool = True) -> Dataset:
    """Return the dataset of this id or name; a new one where no dataset has the name.

    Without `new`, that one is not written.
    """
    if name.isdecimal():
        dataset = Dataset.objects.filter(pk=int(name)).first()
        if dataset is None:
            raise CommandError(f"There is no dataset {name}.")
        return dataset
    found = list(Dataset.objects.filter(name=name)[:2])
    if len(found) > 1:
        raise CommandError(f"Several datasets are called {name!r}; give the id.")
    if found:
        return found[0]
    if new:
        return Dataset.objects.create(name=name, kind=kind, created_by=owner)
    return Dataset(pk=0, name=name, kind=kind)  # no dataset has this number, so no items either
