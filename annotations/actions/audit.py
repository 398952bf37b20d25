"""Audit: the share of items that gets every vote there may be, so that the error is measured."""

from __future__ import annotations

from collections.abc import Iterator

from annotations.actions.project import draws_for
from annotations.models import Project, Task

CHUNK = 500  # tasks looked at in one statement

Row = tuple[int, str, bool, bool, int]


def redraw_audit(*, project: Project) -> int:
    """Let the audited share be what the project says; return how many tasks it changed for.

    The draw of an item never changes, so a larger share takes in all of a smaller one. Settled
    items that come in are asked again until they have every vote: only the ones still open would
    be the harder ones. What has every vote already stays, as a figure that was paid for. Running
    it twice changes nothing more; a refit with new plans has to follow.
    """
    changed = 0
    for rows in _chunks(project):
        wanted = {
            pk: draws_for(project.pk, sha256)[2] < project.audit_share for pk, sha256, *_ in rows
        }
        come = [pk for pk, _, audited, certain, _ in rows
                if wanted[pk] and not audited and not certain]  # fmt: skip
        leave = [pk for pk, _, audited, _, votes in rows
                 if not wanted[pk] and audited and votes < project.max_votes]  # fmt: skip
        tasks = Task.objects.filter(project=project)
        changed += tasks.filter(pk__in=come, audit__isnull=True).update(audit={})
        changed += tasks.filter(pk__in=leave, votes__lt=project.max_votes).update(audit=None)
    return changed


def _chunks(project: Project) -> Iterator[list[Row]]:
    tasks = Task.objects.filter(project=project).order_by("pk")
    last = 0
    while True:
        found = tasks.filter(pk__gt=last).values_list(
            "pk", "item__sha256", "audit", "adjudicated", "votes"
        )[:CHUNK]
        rows = [(pk, sha, audit is not None, sure, votes) for pk, sha, audit, sure, votes in found]
        if not rows:
            return
        last = rows[-1][0]
        yield rows
