"""`manage.py create_admin`: the first administrator, with a generated password shown once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from labelhub import env
from labelhub.accounts.actions import create_user
from labelhub.accounts.models import User
from labelhub.errors import DomainError


class Command(BaseCommand):
    help = "Make the first site administrator; does nothing when there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", default=env.text("ADMIN_USERNAME"))

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(is_superuser=True, is_active=True).exists():
            self.stdout.write("There is an administrator already; nothing was changed.")
            return
        try:
            user, password = create_user(by=None, username=options["username"], is_admin=True)
        except DomainError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"Made the administrator {user.username!r}.")
        self.stdout.write(f"Password, shown only now: {password}")
