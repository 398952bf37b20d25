"""Release: freeze a project's labels under a name and a number, with all that one must know."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from annotations.actions.export_rows import LiveTasks
from annotations.actions.export_selection import Selection
from annotations.actions.read_snapshot import read_snapshot
from annotations.actions.release_document import document_of
from annotations.actions.release_lines import (
    ITEM_COLUMNS,
    Tally,
    key_of,
    line_of,
    part_of,
    text_of,
)
from annotations.actions.release_sides import refuse_torn_groups, sides_of
from annotations.actions.still_there import refuse_if_taken_down, taken_down_so_far
from annotations.actions.webhooks import tell
from annotations.models import Project, Release, ReleasePart
from annotations.releases.splits import BadShares, check_shares
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Conflict, Invalid
from labelhub.jobs.claim import Claim
from labelhub.jobs.pulse import run_inline_if_no_worker
from labelhub.jobs.queue import enqueue

INLINE_ITEMS = 500  # a smaller release does not wait for a worker that is not there
NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,58}[a-z0-9])?")
SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}
By = Release.SplitBy


def request_release(
    *,
    project: Project,
    by: User,
    name: str,
    filters: Mapping[str, Any] | None = None,
    split_by: str = By.GROUP,
    shares: Mapping[str, float] | None = None,
    with_votes: bool = True,
    note: str = "",
) -> Release:
    """Put a release in line under the next number of its name; raises Invalid where it cannot be.

    Splitting by item is refused where any item has a group: its group would lie on both sides.
    """
    selection = Selection.of("consensus", filters or {})
    kept, schema_id = _checked_shares(split_by, shares), project.schema_id
    assert schema_id is not None
    _check_name(name)
    chosen = selection.tasks(project)
    if not chosen.exists():
        raise Invalid("Nothing fits these filters, so there is nothing to release.", code="empty")
    refuse_torn_groups(split_by, project, chosen)
    with transaction.atomic():
        # Two requests at once get two numbers.
        Project.objects.select_for_update().get(pk=project.pk)
        last = Release.objects.filter(project=project, name=name).aggregate(last=Max("number"))
        release = Release.objects.create(
            project=project,
            name=name,
            number=(last["last"] or 0) + 1,
            note=note,
            filters=selection.as_filters(),
            split_by=split_by,
            shares=kept,
            schema_id=schema_id,
            with_votes=with_votes,
            created_by=by,
        )
        job = enqueue(
            "release", payload={"release": release.pk}, project_id=project.pk, created_by=by
        )
        Release.objects.filter(pk=release.pk).update(job=job)
        AuditEvent.record(
            "release.requested", actor=by, project_id=project.pk, release=str(release)
        )
    if chosen[: INLINE_ITEMS + 1].count() <= INLINE_ITEMS:
        run_inline_if_no_worker(job)
    return Release.objects.select_related("job", "project").get(pk=release.pk)


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise Invalid(
            "A release's name has lower-case letters a to z, digits, and . _ - between them.",
            code="bad_name",
            fields={"name": "like letters or street-names.v2"},
        )


def _checked_shares(split_by: str, shares: Mapping[str, float] | None) -> dict[str, float]:
    if split_by in (By.NONE, By.GIVEN):
        if shares:
            raise Invalid(
                f"With split_by {split_by} no shares are drawn; leave them out.",
                fields={"shares": f"none with {split_by}"},
            )
        return {}
    try:
        return check_shares(shares or SHARES)
    except BadShares as error:
        raise Invalid(f"Bad shares: {error}.", fields={"shares": str(error)}) from error


def delete_release(*, release: Release, by: User) -> None:
    """Take away a release that never came to be; a finished one stays for good."""
    with transaction.atomic():
        gone, _ = Release.objects.filter(pk=release.pk, sha256="").delete()
        if not gone:
            raise Conflict(
                "A finished release is never deleted: others may rely on it.",
                code="release_is_final",
            )
        AuditEvent.record(
            "release.deleted", actor=by, project_id=release.project_id, release=str(release)
        )


# --- the job ---------------------------------------------------------------------------------


def build_release(*, release: Release, claim: Claim) -> Release:
    """Freeze the tasks of one moment; repeated after a crash it starts over.

    Everything is read from one snapshot of the database, and written part by part, so that nobody
    waits for it. Only the last write, with the hash, makes it a release.
    """
    if release.sha256:
        return release
    project = Project.objects.select_related("schema", "fit", "dataset").get(pk=release.project_id)
    _clear(release, claim)
    before = taken_down_so_far(project.dataset_id)
    selection = Selection.of("consensus", release.filters)
    tally, digest = Tally(), hashlib.sha256()
    with read_snapshot() as using:
        source = LiveTasks(project, selection, using)
        total = source.count_tasks()
        side_of = sides_of(release, source)
        for first, lines in _stretches(release, source, side_of):
            digest.update(text_of(lines))
            for line in lines:
                tally.add(line)
            with transaction.atomic():
                claim.hold()
                part_of(release, first, lines).save(force_insert=True)
            claim.progress(tally.items / max(total, 1), f"{tally.items:,} of {total:,} items")
        document = document_of(project, release, source, tally)
    with transaction.atomic():
        refuse_if_taken_down(project.dataset_id, before)
        claim.finish({"release": release.pk, "items": tally.items, "sha256": digest.hexdigest()})
        Release.objects.filter(pk=release.pk, sha256="").update(
            sha256=digest.hexdigest(),
            items=tally.items,
            votes=tally.votes,
            document=document,
            finished_at=Now(),
        )
        AuditEvent.record(
            "release.built",
            actor=release.created_by,
            project_id=release.project_id,
            release=str(release),
            sha256=digest.hexdigest(),
        )
        told = {"release": release.pk, "name": str(release), "items": tally.items}
        tell("release.made", release.project_id, told)
    release.refresh_from_db()
    return release


def _clear(release: Release, claim: Claim) -> None:
    """Forget what an attempt before this one left."""
    parts = ReleasePart.objects.filter(release=release)
    while ids := list(parts.values_list("pk", flat=True)[:200]):
        with transaction.atomic():
            claim.hold()
            ReleasePart.objects.filter(pk__in=ids).delete()


def _stretches(
    release: Release, source: LiveTasks, side_of: Callable[[dict[str, Any]], str]
) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Yield (first id, lines) for each stretch of items, or of pairs, that has any."""
    lines = _lines(release, source, side_of)
    for number, stretch in groupby(lines, key=lambda line: key_of(line) // ReleasePart.SPAN):
        yield number * ReleasePart.SPAN, list(stretch)


def _lines(
    release: Release, source: LiveTasks, side_of: Callable[[dict[str, Any]], str]
) -> Iterator[dict[str, Any]]:
    whole = release.with_votes
    by = "pk" if source.project.of_pairs else "item_id"  # an item may be in several pairs
    for tasks, votes in source.read(*ITEM_COLUMNS, votes=whole, provenance=whole, by=by):
        for task in tasks:
            given = votes.get(task["pk"], []) if whole else None
            yield line_of(task, given, side_of(task))
