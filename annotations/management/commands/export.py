"""`manage.py export PROJECT`: a project's labels to a file or to standard output."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.actions.export import (
    BLUR,
    OPTIONS,
    Order,
    preview_export,
    write_aside,
    write_labels,
)
from annotations.actions.export_selection import CONTENTS
from annotations.exporters import FORMATS
from annotations.exporters.base import to_json
from annotations.exporters.blurring import MODES
from annotations.management.item_filters import add_filters, filters_of, project_of, word_of
from annotations.models import Project, Release
from labelhub.accounts.models import AuditEvent
from labelhub.errors import DomainError

HELP = {
    "provenance": "with what each vote counted",
    "pictures": "put the pictures in",
    "repeats": "with second answers to the same question; they are no votes",
    "without_metadata": "pictures written anew, without EXIF, comments and profiles",
}


class Command(BaseCommand):
    help = "Write a project's consensus labels, votes, or both to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", type=int, help="the project's id")
        parser.add_argument("--format", choices=sorted(FORMATS), default="jsonl")
        parser.add_argument("--content", choices=CONTENTS, default="consensus")
        add_filters(parser)
        for name in OPTIONS:
            parser.add_argument(word_of(name), action="store_true", help=HELP.get(name))
        parser.add_argument(
            "--blur",
            choices=MODES,
            help="make marked regions, or all the rest, unrecognizable in the pictures",
        )
        parser.add_argument("--blur-label", help="go by regions of this label alone")
        parser.add_argument(
            "--release", help="NAME@NUMBER: its frozen list, whole; no filters then"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="count the rows, show the first, write nothing"
        )
        parser.add_argument("--out", default="-", help="a file; - is standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        project = project_of(options)
        chosen = {name: options[name] for name in OPTIONS + BLUR} | filters_of(project, options)
        try:
            release = _release(project, options["release"])
            order = Order.of(project, options["format"], options["content"], chosen, release)
        except DomainError as error:
            raise CommandError(error.detail) from error
        if options["dry_run"]:
            preview = preview_export(order)
            for row in preview.sample:
                self.stdout.write(to_json(row))
            self.stderr.write(f"{preview.rows} rows; nothing was written.")
            return
        rows = self._write(order, options["out"])
        AuditEvent.record(
            "export.by_command",
            actor=None,
            project_id=project.pk,
            format=order.format,
            content=order.content,
            rows=rows,
        )
        self.stderr.write(f"{rows} rows.")

    def _write(self, order: Order, out: str) -> int:
        if out == "-":
            return write_labels(order=order, file=sys.stdout.buffer)
        path = Path(out).absolute()
        try:
            with write_aside(path.parent) as part:
                rows = write_labels(order=order, file=part.file)
                part.finish()
                part.rename(path.name)
        except OSError as error:
            raise CommandError(f"Cannot write {out}: {error.strerror}.") from error
        return rows


def _release(project: Project, label: str | None) -> Release | None:
    if not label:
        return None
    name, _, number = label.rpartition("@")
    releases = Release.objects.filter(project=project, name=name)
    found = releases.filter(number=int(number)).first() if number.isdecimal() else None
    if found is None:
        raise CommandError(f"The project has no release {label!r}.")
    return found
