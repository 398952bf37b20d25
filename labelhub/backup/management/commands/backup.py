"""`manage.py backup FILE`: database and files in one archive, while work goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from labelhub.backup.run import MADE_ANEW, back_up


class Command(BaseCommand):
    help = "Write all data to one archive. Keep SECRET_KEY beside it: it is not in the archive."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="where to, such as labelhub-2026-01-31.tar")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"]).absolute()
        if path.is_dir():
            raise CommandError(f"{path} is a folder; name a file.")
        try:
            written = back_up(path, say=self.stderr.write)
        except OSError as error:
            raise CommandError(f"Cannot write {path}: {error.strerror}.") from error
        self.stdout.write(f"{path}: {written.entries:,} entries, {written.bytes:,} bytes.")
        anew = "; ".join(f"{name} ({why})" for name, why in MADE_ANEW.items())
        self.stdout.write(
            f"Not in it: SECRET_KEY and .env, keep them beside it. Made anew: {anew}."
        )
