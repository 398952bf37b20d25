"""Who may do what in a project: the one place that every project view asks."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.request import Request

from annotations.actions.hot_path import find_member
from annotations.models import Dataset, Membership, Project
from labelhub.accounts.models import ApiToken, User
from labelhub.errors import NotAllowed, NotFound
from labelhub.http.authentication import TokenAuthentication
from labelhub.http.caller import caller

MANAGER = Membership.Role.MANAGER
REVIEWER = Membership.Role.REVIEWER
LABELER = Membership.Role.LABELER
Row = TypeVar("Row", bound=Model)


class MemberTokenAuthentication(TokenAuthentication):
    """Finds the token together with its owner's membership of the address's project, in one query.

    Labels are given at a rate at which a second query for every request would be felt.
    """

    def find(self, request: Request, secret_digest: str) -> ApiToken | None:
        project_id = request.parser_context["kwargs"].get("project_id")
        found = find_member(secret_digest, project_id)
        if found is None:
            return None
        token, membership = found
        token.user.member_of_project = membership  # type: ignore[attr-defined]
        return token


def membership_of(user: User, project_id: int) -> Membership | None:
    """Return a user's active membership with its project; what authentication fetched is reused."""
    fetched: Membership | None = getattr(user, "member_of_project", None)
    if fetched is not None and fetched.project_id == project_id:
        return fetched if fetched.active else None
    return (
        Membership.objects.filter(user=user, project_id=project_id, active=True)
        .select_related("project__schema")
        .first()
    )


def project_for(request: Request, project_id: int, *roles: str) -> Project:
    """Return the project if the caller is a site admin or has one of the roles in it (any if none).

    Raises NotFound for strangers, so that nobody learns which projects exist, and NotAllowed for
    members in another role.
    """
    user = caller(request)
    membership = membership_of(user, project_id)
    if membership is not None:
        project = membership.project
        project.my_role = membership.role  # type: ignore[attr-defined]
        if not roles or membership.role in roles or user.is_admin:
            return project
        raise NotAllowed(f"Your role in this project, {membership.role}, does not allow this.")
    if user.is_admin:
        admin_project = Project.objects.select_related("schema").filter(pk=project_id).first()
        if admin_project is not None:
            admin_project.my_role = MANAGER  # type: ignore[attr-defined]
            return admin_project
    raise NotFound("There is no such project, or you are not a member of it.")


def find_in_project(request: Request, rows: QuerySet[Row], pk: int, what: str, *roles: str) -> Row:
    """Return a row by id, with its project as `project_for` gives it.

    Raises NotFound in the same words for a row that is not there and for one in a project that the
    caller has no part in.
    """
    row: Any = rows.filter(pk=pk).first()
    if row is None:
        raise no_such(what)
    try:
        row.project = project_for(request, row.project_id, *roles)
    except NotFound:
        raise no_such(what) from None
    found: Row = row
    return found


def no_such(what: str) -> NotFound:
    return NotFound(f"There is no such {what}, or you may not see it.")


def dataset_for(request: Request, dataset_id: int, *, change: bool = False) -> Dataset:
    """Return a dataset that the caller may see, or change; raises NotFound or NotAllowed."""
    dataset = Dataset.objects.for_user(caller(request)).filter(pk=dataset_id).first()
    if dataset is None:
        raise no_such("dataset")
    if change and not dataset.may_be_changed_by(caller(request)):
        raise NotAllowed("Only the owner of a dataset or a site administrator may change it.")
    return dataset


def managed_projects(user: User) -> QuerySet[Membership, int]:
    """Ids of the projects that a user manages: their jobs are this user's to see."""
    return Membership.objects.filter(user=user, active=True, role=MANAGER).values_list(
        "project_id", flat=True
    )
