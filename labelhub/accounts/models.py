"""Who works here: users, their API tokens, invitations, and the log of what was done."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone


def digest(secret: str) -> str:
    """Return the SHA-256 of a random secret (long and random, so no salt or stretching needed)."""
    return hashlib.sha256(secret.encode()).hexdigest()


class User(AbstractUser):
    """A person, or a program that acts as one."""

    display_name = models.CharField(max_length=100, blank=True, default="")
    # Empty: whatever the browser asks for.
    language = models.CharField(max_length=10, blank=True, default="")
    theme = models.CharField(max_length=10, default="auto")

    @property
    def shown_name(self) -> str:
        return self.display_name or self.username

    @property
    def is_admin(self) -> bool:
        return self.is_superuser


SCOPES = ("read", "write", "admin")


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def valid(self) -> ApiTokenQuerySet:
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=timezone.now()), user__is_active=True
        )


class ApiToken(models.Model):
    """A program's key: stored as a hash, shown once, limited in scope and time."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ApiTokenQuerySet.as_manager()

    @classmethod
    def issue(
        cls,
        *,
        user: User,
        name: str,
        scopes: list[str] | None = None,
        expires_at: datetime | None = None,
    ) -> tuple[ApiToken, str]:
        """Make a token; return the row and the secret, which nobody can read again."""
        secret = "lh_" + secrets.token_urlsafe(32)
        token = cls.objects.create(
            user=user,
            name=name,
            prefix=secret[:10],
            digest=digest(secret),
            scopes=list(scopes or SCOPES),
            expires_at=expires_at,
        )
        return token, secret


class Invitation(models.Model):
    """A link that lets one person join a project with a role."""

    project_id = models.BigIntegerField(db_index=True)
    role = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations_made")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="invitations_accepted"
    )
    accepted_at = models.DateTimeField(null=True)

    @classmethod
    def issue(
        cls, *, project_id: int, role: str, by: User, days: int = 14
    ) -> tuple[Invitation, str]:
        secret = secrets.token_urlsafe(24)
        invitation = cls.objects.create(
            project_id=project_id,
            role=role,
            digest=digest(secret),
            created_by=by,
            expires_at=timezone.now() + timedelta(days=days),
        )
        return invitation, secret


class AuditEvent(models.Model):
    """One line of the append-only log: who did what to which thing."""

    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    action = models.CharField(max_length=60)
    project_id = models.BigIntegerField(null=True, db_index=True)
    detail = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    @classmethod
    def record(
        cls, action: str, *, actor: User | None, project_id: int | None = None, **detail: Any
    ) -> AuditEvent:
        return cls.objects.create(action=action, actor=actor, project_id=project_id, detail=detail)


class SignInFailure(models.Model):
    """A failed sign-in; enough of them within a while lock the name out."""

    username = models.CharField(max_length=150, db_index=True)
    address = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
