"""`manage.py takedown DATASET --group NAME --reason WHY`: remove items for good."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotations.actions.takedown import Preview, Wanted, preview_takedown, request_takedown
from annotations.actions.takedown_list import lift, lines, list_path, write_list
from annotations.management.commands.import_items import find_owner
from annotations.models import Dataset, Takedown
from labelhub.errors import DomainError
from labelhub.jobs.run import run_job


class Command(BaseCommand):
    help = (
        "Remove items for good: files, votes, predictions, features, exports; their contents are "
        "refused from then on. Without --yes it only says what would go."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", nargs="?", help="name or id")
        parser.add_argument("--items", help="item ids, separated by commas")
        parser.add_argument("--group", help="all items of this group: a writer, person or page")
        parser.add_argument("--everywhere", action="store_true", help="copies in all datasets too")
        parser.add_argument("--reason", default="", help="is kept; so without names")
        parser.add_argument("--by", help="user name of who does it; else the first administrator")
        parser.add_argument("--yes", action="store_true", help="do it; there is no way back")
        parser.add_argument(
            "--list", action="store_true", help="print the list, as restore takes it"
        )
        parser.add_argument(
            "--lift", type=int, metavar="TAKEDOWN", help="let its contents come back"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            if options["list"]:
                for line in lines():
                    self.stdout.write(json.dumps(line))
            elif options["lift"]:
                self._lift(options)
            else:
                self._take_down(options)
        except DomainError as error:
            raise CommandError(error.detail) from error

    def _lift(self, options: dict[str, Any]) -> None:
        takedown = Takedown.objects.filter(pk=options["lift"]).first()
        by = find_owner(options["by"])
        if takedown is None or by is None:
            raise CommandError("There is no such takedown, or no administrator.")
        self.stdout.write(f"{lift(takedown=takedown, by=by):,} contents may come back.")

    def _take_down(self, options: dict[str, Any]) -> None:
        dataset, wanted = _dataset(options["dataset"]), _wanted(options)
        preview = preview_takedown(dataset=dataset, wanted=wanted, everywhere=options["everywhere"])
        self._tell(preview)
        if not options["yes"]:
            self.stdout.write("Nothing was removed. Say --yes and --reason to do it.")
            return
        by = find_owner(options["by"])
        if by is None:
            raise CommandError("There is no administrator; name somebody with --by.")
        takedown = request_takedown(
            dataset=dataset,
            by=by,
            wanted=wanted,
            reason=options["reason"],
            expected=len(preview.items),
            everywhere=options["everywhere"],
        )
        if takedown.job is not None:
            run_job(takedown.job.pk)  # unless a worker has it already
        takedown.refresh_from_db()
        write_list()
        self.stdout.write(
            f"Takedown {takedown.pk}: {takedown.removed:,} of {takedown.expected:,} items removed. "
            f"Keep {list_path()} beside your backups."
        )
        for model in takedown.found.get("models", []):
            self.stdout.write(
                f"Model version {model['version']} of {model['project_name']} learned from "
                f"{model['items']:,} of them; train a new one."
            )

    def _tell(self, preview: Preview) -> None:
        projects = ", ".join(row["name"] for row in preview.projects) or "none"
        self.stdout.write(
            f"{len(preview.items):,} items with {preview.votes:,} votes; projects: {projects}; "
            f"releases: {', '.join(preview.releases) or 'none'}; files of exports: "
            f"{preview.exports:,}; same bytes in other datasets: {preview.elsewhere:,}."
        )


def _dataset(name: str | None) -> Dataset:
    if not name:
        raise CommandError("Name a dataset.")
    rows = Dataset.objects.filter(name=name)
    if not rows and name.isdigit():
        rows = Dataset.objects.filter(pk=int(name))
    if len(rows) != 1:
        raise CommandError(f"There are {len(rows)} datasets called {name!r}; give the id.")
    return rows[0]


def _wanted(options: dict[str, Any]) -> Wanted:
    if (options["items"] is None) == (options["group"] is None):
        raise CommandError("Name either --items or a --group.")
    if options["group"] is not None:
        return Wanted(group=options["group"])
    try:
        return Wanted(items=tuple(sorted({int(part) for part in options["items"].split(",")})))
    except ValueError as error:
        raise CommandError(f"{options['items']!r} are no item ids.") from error
