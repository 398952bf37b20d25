"""`manage.py export PROJECT`: a project's labels to a file or to standard output."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.actions.export import Order, write_aside, write_labels
from annotations.actions.export_rows import ALL, CONTENTS
from annotations.exporters import FORMATS
from annotations.models import Project, Task
from labelhub.accounts.models import AuditEvent
from labelhub.errors import DomainError

FILTERS = ("status", "label", "min_confidence", "provenance", "pictures")


class Command(BaseCommand):
    help = "Write a project's consensus labels, votes, or both to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", type=int, help="the project's id")
        parser.add_argument("--format", choices=sorted(FORMATS), default="jsonl")
        parser.add_argument("--content", choices=CONTENTS, default="consensus")
        parser.add_argument("--status", choices=[*Task.Status.values, ALL])
        parser.add_argument("--label")
        parser.add_argument("--min-confidence", type=float)
        parser.add_argument("--provenance", action="store_true", help="with what each vote counted")
        parser.add_argument("--pictures", action="store_true", help="put the pictures in")
        parser.add_argument("--out", default="-", help="a file; - is standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(pk=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']}.")
        filters = {name: options[name] for name in FILTERS}
        try:
            order = Order.of(project, options["format"], options["content"], filters)
        except DomainError as error:
            raise CommandError(error.detail) from error
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
