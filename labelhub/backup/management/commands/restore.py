"""`manage.py restore FILE`: an archive in place of what is here, checked before that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from labelhub.backup.run import restore
from labelhub.errors import DomainError


class Command(BaseCommand):
    help = "Restore a backup. Refuses where accounts exist, unless --replace says it is meant."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--replace", action="store_true", help="give up what is here now")
        parser.add_argument(
            "--takedowns",
            type=Path,
            metavar="FILE",
            help="takedowns.jsonl of the installation; needed where its data folder is not here",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"]).absolute()
        try:
            kept = restore(
                path,
                replace=options["replace"],
                takedowns=options["takedowns"],
                say=self.stderr.write,
            )
        except DomainError as error:
            raise CommandError(error.detail) from error
        except OSError as error:
            raise CommandError(f"Cannot restore {path}: {error}.") from error
        self.stdout.write(f"Restored and checked. {kept}".strip())
