"""`manage.py create_token USER`: an API token for a program, alone on standard output."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from labelhub.accounts.actions import make_token
from labelhub.accounts.models import SCOPES, User
from labelhub.errors import DomainError


class Command(BaseCommand):
    help = "Make an API token for a user and print it; it cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the user's name")
        parser.add_argument("--name", default="command line", help="what the token is for")
        parser.add_argument("--days", type=int, default=None, help="days it is valid; for ever")
        parser.add_argument(
            "--scopes", default=",".join(SCOPES), help=f"comma-separated, of {', '.join(SCOPES)}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {options['user']!r}.")
        if options["days"] is not None and not 1 <= options["days"] <= 3650:
            raise CommandError("--days must be from 1 to 3650.")
        scopes = [scope.strip() for scope in options["scopes"].split(",") if scope.strip()]
        try:
            _, secret = make_token(
                user=user, name=options["name"][:100], scopes=scopes, days=options["days"]
            )
        except DomainError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(secret)
