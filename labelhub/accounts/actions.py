"""Accounts: sign in, make users and tokens, give and take rights; each leaves a line in the log."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from labelhub.accounts.models import SCOPES, ApiToken, AuditEvent, SignInFailure, User
from labelhub.errors import Conflict, DomainError, Invalid, NotAllowed

TOKENS_ALLOWED = 100


class SignInFailed(DomainError):
    """Name or password is wrong; which of them is not told."""

    code, status = "sign_in_failed", 400


class LockedOut(DomainError):
    """Too many failures under this name; it opens again by itself."""

    code, status, permanent = "locked_out", 429, False


def sign_in(*, username: str, password: str, address: str = "") -> User:
    """Return the user of a name and password and note it in the log; raises as `check_password`."""
    user = check_password(username=username, password=password, address=address)
    AuditEvent.record("user.signed_in", actor=user, address=address)
    return user


def check_password(*, username: str, password: str, address: str = "") -> User:
    """Return the user of a name and password, or raise SignInFailed or LockedOut.

    An attempt is written down before the password is looked at, so that a thousand attempts at
    once get no more tries than a thousand in a row. Unknown names take the same time and give the
    same answers as known ones.
    """
    username = User.normalize_username(username)
    name = username.casefold()[:150]
    attempt = _attempt(name, address)
    # Hashing takes long on purpose: no transaction is open meanwhile.
    user = authenticate(username=username, password=password)
    if not isinstance(user, User):
        raise SignInFailed("Wrong name or password.")
    SignInFailure.objects.filter(username=name, pk__lte=attempt.pk).delete()
    return user


def _attempt(name: str, address: str) -> SignInFailure:
    since = timezone.now() - timedelta(seconds=settings.SIGN_IN_LOCKOUT_SECONDS)
    SignInFailure.objects.filter(at__lt=since).delete()
    attempt = SignInFailure.objects.create(username=name, address=address[:64])
    earlier = SignInFailure.objects.filter(username=name, pk__lt=attempt.pk, at__gte=since)
    if earlier.count() >= settings.SIGN_IN_FAILURES_ALLOWED:
        attempt.delete()  # a name under attack opens again once the attack has ended
        minutes = -(-settings.SIGN_IN_LOCKOUT_SECONDS // 60)
        raise LockedOut(
            f"Too many failed sign-ins for this name. Try again in {minutes} minutes.",
            extra={"retry_after": settings.SIGN_IN_LOCKOUT_SECONDS},
        )
    return attempt


def create_user(
    *,
    by: User | None,
    username: str,
    password: str | None = None,
    display_name: str = "",
    is_admin: bool = False,
) -> tuple[User, str | None]:
    """Make a user; without a password one is generated and returned, for this once."""
    generated = None if password else secrets.token_urlsafe(12)
    user = new_user(username=username, password=password, display_name=display_name)
    if generated:
        user.set_password(generated)
    user.is_superuser = user.is_staff = is_admin
    save_user(user=user, by=by)
    return user, generated


def new_user(*, username: str, password: str | None, display_name: str = "") -> User:
    """Return a user who is not stored yet: hashing takes long, so no transaction waits for it."""
    # One form for what looks the same: full-width letters, composed and decomposed accents.
    username = User.normalize_username(username)
    if User.objects.filter(username__iexact=username).exists():
        raise _taken(username)
    user = User(username=username, display_name=display_name)
    if password:
        check_new_password(password, user)
    user.set_password(password)
    return user


def save_user(*, user: User, by: User | None) -> User:
    """Store a new user; raises Conflict when the name was taken meanwhile."""
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            AuditEvent.record("user.created", actor=by, user=user.pk, is_admin=user.is_superuser)
    except IntegrityError as error:
        raise _taken(user.username) from error
    return user


def _taken(username: str) -> Conflict:
    return Conflict(
        f"The name {username!r} is taken.", code="name_taken", fields={"username": "taken"}
    )


def check_new_password(password: str, user: User) -> None:
    """Raise Invalid with the reasons when a password is too weak."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        reasons = " ".join(error.messages)
        raise Invalid(reasons, code="password_weak", fields={"password": reasons}) from error


def change_password(*, user: User, current: str, new: str, address: str = "") -> User:
    """Replace one's own password; the current one counts against the lockout like a sign-in."""
    check_password(username=user.username, password=current, address=address)
    check_new_password(new, user)
    user.set_password(new)
    with transaction.atomic():
        user.save(update_fields=["password"])
        AuditEvent.record("user.password_changed", actor=user)
    return user


@transaction.atomic
def change_user(
    *,
    by: User,
    user: User,
    display_name: str | None = None,
    is_admin: bool | None = None,
    is_active: bool | None = None,
    password: str | None = None,
) -> User:
    """Change another's name, rights or password, as a site administrator; one admin must remain."""
    admins = {admin.pk for admin in User.objects.select_for_update().filter(is_superuser=True)}
    user = User.objects.select_for_update().get(pk=user.pk)
    changes: dict[str, Any] = {}
    if display_name is not None:
        user.display_name = changes["display_name"] = display_name
    if is_admin is not None and is_admin != user.is_superuser:
        user.is_superuser = user.is_staff = changes["is_admin"] = is_admin
    if is_active is not None and is_active != user.is_active:
        user.is_active = changes["is_active"] = is_active
    if password:
        check_new_password(password, user)
        user.set_password(password)
        changes["password_changed"] = True
    _require_an_admin(user, admins)
    user.save()
    AuditEvent.record("user.changed", actor=by, user=user.pk, **changes)
    return user


def _require_an_admin(user: User, admins: set[int]) -> None:
    remaining = User.objects.filter(pk__in=admins - {user.pk}, is_active=True)
    if not (user.is_superuser and user.is_active) and not remaining.exists():
        raise NotAllowed(
            "This is the last administrator: make somebody else one first.", code="last_admin"
        )


def make_token(
    *,
    user: User,
    name: str,
    scopes: Sequence[str] = SCOPES,
    days: int | None = None,
    by: ApiToken | None = None,
) -> tuple[ApiToken, str]:
    """Make an API token; return the row and the secret, which nobody can read again.

    A token that makes another one can give it neither more scopes nor more time than its own.
    """
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes:
        raise Invalid(f"Scopes are among {', '.join(SCOPES)}.", fields={"scopes": "unknown"})
    expires_at = None if days is None else timezone.now() + timedelta(days=days)
    if by is not None:
        if not set(scopes) <= set(by.scopes):
            raise NotAllowed("A token cannot make one with more scopes than its own.")
        expires_at = min(filter(None, [expires_at, by.expires_at]), default=None)
    if ApiToken.objects.filter(user=user).count() >= TOKENS_ALLOWED:
        raise Conflict(f"You have {TOKENS_ALLOWED} tokens; revoke one first.", code="token_limit")
    in_order = [scope for scope in SCOPES if scope in scopes]
    with transaction.atomic():
        token, secret = ApiToken.issue(user=user, name=name, scopes=in_order, expires_at=expires_at)
        AuditEvent.record("token.made", actor=user, token=token.pk, name=name, scopes=in_order)
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User) -> None:
    """Delete a token; whoever holds it is out at once."""
    AuditEvent.record("token.revoked", actor=by, token=token.pk, name=token.name)
    token.delete()
