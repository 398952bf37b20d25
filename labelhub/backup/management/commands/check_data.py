"""`manage.py check_data`: whether all that is stored fits together."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from labelhub.backup.run import check_data


class Command(BaseCommand):
    help = "Check database, files, votes, labels and releases; exit status 1 where any is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--quick", action="store_true", help="look for files without reading them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        troubles = check_data(deep=not options["quick"])
        for trouble in troubles:
            self.stdout.write(f"{trouble.where}: {trouble.what}")
        if troubles:
            sys.exit(1)
        self.stdout.write("All data fits together.")
