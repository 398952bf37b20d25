"""Rows for tests, made through the project's own actions wherever there is one."""

from __future__ import annotations

import hashlib
import itertools
from typing import Any

from annotations.actions.lease import lease_tasks
from annotations.actions.project import create_project, open_tasks
from annotations.actions.submit import submit_annotation
from annotations.models import Annotation, Dataset, Item, KnownLabel, Membership, Project, Seat
from labelhub.accounts.models import User

DIGITS = [str(digit) for digit in range(10)]
_numbers = itertools.count(1)


def user(username: str | None = None, *, password: str = "a good pass phrase", **more: Any) -> User:
    return User.objects.create_user(
        username=username or f"user{next(_numbers)}", password=password, **more
    )


def admin(username: str | None = None) -> User:
    return user(username, is_superuser=True, is_staff=True)


def dataset(*, items: int = 0, owner: User | None = None, **more: Any) -> Dataset:
    row = Dataset.objects.create(
        name=f"dataset {next(_numbers)}", created_by=owner or user(), **more
    )
    add_items(row, items)
    return row


def add_items(row: Dataset, count: int, **more: Any) -> list[Item]:
    """Items without files behind them, for what never looks at pixels."""
    made = [
        Item(
            dataset=row,
            sha256=hashlib.sha256(f"{row.pk}/{next(_numbers)}".encode()).hexdigest(),
            filename=f"item{index:05}.png",
            media_type="image/png",
            byte_size=100,
            width=28,
            height=28,
            **more,
        )
        for index in range(count)
    ]
    Item.objects.bulk_create(made)
    Dataset.objects.filter(pk=row.pk).update(item_count=row.item_count + count)
    row.refresh_from_db()
    return made


def know(item: Item, value: str) -> KnownLabel:
    return KnownLabel.objects.create(item=item, value=value)


def project(
    *,
    items: int = 10,
    labels: list[str] | None = None,
    labelers: int = 0,
    manager: User | None = None,
    on: Dataset | None = None,
    schema: dict[str, Any] | None = None,
    **options: Any,
) -> Project:
    options.setdefault("random_share", 0.0)
    options.setdefault("audit_share", 0.0)
    options.setdefault("repeat_share", 0.0)
    by = manager or user()
    row = create_project(
        by=by,
        dataset=on or dataset(items=items, owner=by),
        name=f"project {next(_numbers)}",
        question="Which digit is this?",
        schema=schema
        if schema is not None
        else {"labels": [{"name": n} for n in labels or DIGITS]},
        **options,
    )
    open_tasks(project=row)
    for _ in range(labelers):
        member(row)
    return row


def member(row: Project, *, role: str = Membership.Role.LABELER, who: User | None = None) -> User:
    who = who or user()
    Membership.objects.create(project=row, user=who, role=role)
    return who


def labelers_of(row: Project) -> list[User]:
    memberships = Membership.objects.filter(project=row, role=Membership.Role.LABELER)
    return [membership.user for membership in memberships.select_related("user").order_by("pk")]


def lease(row: Project, labeler: User) -> Seat:
    offer = lease_tasks(project=row, labeler=labeler)
    assert offer.leases, offer.message
    return offer.leases[0]


def vote(row: Project, labeler: User, label: str, *, seat: Seat | None = None) -> Annotation:
    """Lease the next task (or take the given seat) and answer it."""
    held = seat or lease(row, labeler)
    return submit_annotation(
        labeler=labeler,
        lease_id=held.lease_id,
        answer={"choice": label},
        key=f"key-{next(_numbers)}",
    ).annotation
