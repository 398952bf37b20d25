"""Names: who may read that somebody is who they are, and under which name they go otherwise."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from django.conf import settings

from annotations.models import Membership, Project

Name = Callable[[int, str], str]  # labeler id and name -> what the reader may see


def pseudonym(project: Project, labeler_id: int) -> str:
    """Return a labeler's name in exports: the same in all of a project's, unlike any other's.

    A keyed hash: without the server's key nobody can find the person by trying all ids.
    """
    message = f"export labeler/{project.pk}/{labeler_id}".encode()
    mac = hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256)
    return f"labeler-{mac.hexdigest()[:12]}"


def shows_names(project: Project) -> bool:
    """Whether the caller, whose role the project carries, may read who labeled what.

    Managers always may, reviewers where the project says so; to labelers nobody has a name.
    """
    role = getattr(project, "my_role", Membership.Role.MANAGER)
    return role == Membership.Role.MANAGER or (
        role == Membership.Role.REVIEWER and project.reviewers_see_names
    )


def name_for(project: Project) -> Name:
    """Return how the caller may read labelers: by name, or by the pseudonym of exports."""
    if shows_names(project):
        return lambda labeler_id, name: name
    return lambda labeler_id, name: pseudonym(project, labeler_id)
