"""`manage.py alive NAME`: a health check of a worker or dispatcher on this machine."""

from __future__ import annotations

import socket
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from labelhub.jobs import pulse


class Command(BaseCommand):
    help = "Succeed if a process of this name and host was seen within the last 30 seconds."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="dispatcher, worker or trainer")

    def handle(self, *args: Any, **options: Any) -> None:
        here = socket.gethostname()
        alive = [process for process in pulse.alive() if process.name == options["name"]]
        if not any(process.host == here[:100] for process in alive):
            raise CommandError(f"No {options['name']} of {here} was seen in the last 30 seconds.")
