"""`manage.py snapshot PROJECT NAME`: freeze a project's labels as a release, and print its hash."""

from __future__ import annotations

import json
import time
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.actions.release import request_release
from annotations.management.commands.import_items import find_owner
from annotations.management.item_filters import add_filters, filters_of, project_of
from annotations.models import Release
from labelhub.errors import DomainError
from labelhub.jobs.models import Job
from labelhub.jobs.run import run_job

POLL_SECONDS = 0.5
_UNDER_WAY = (Job.State.PENDING, Job.State.RUNNING)


class Command(BaseCommand):
    help = (
        "Freeze a project's labels under the next number of a name: an immutable release with "
        "splits and a data card. Prints NAME@NUMBER and the SHA-256 of its list."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", type=int, help="the project's id")
        parser.add_argument("name", help="such as letters; the release is letters@1, then @2 ...")
        parser.add_argument(
            "--split-by", choices=Release.SplitBy.values, default=str(Release.SplitBy.GROUP)
        )
        parser.add_argument(
            "--share",
            action="append",
            type=_share,
            metavar="SPLIT=SHARE",
            help="such as train=0.9, once for each split; together 1",
        )
        parser.add_argument("--without-votes", action="store_true")
        parser.add_argument("--note", default="")
        parser.add_argument("--by", help="user name of who releases; else the first administrator")
        parser.add_argument("--json", action="store_true", help="print what was made as JSON")
        add_filters(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        project, by = project_of(options), find_owner(options["by"])
        if by is None:
            raise CommandError("There is no administrator; name somebody with --by.")
        try:
            release = request_release(
                project=project,
                by=by,
                name=options["name"],
                filters=filters_of(project, options),
                split_by=options["split_by"],
                shares=dict(options["share"]) if options["share"] else None,
                with_votes=not options["without_votes"],
                note=options["note"],
            )
        except DomainError as error:
            raise CommandError(error.detail) from error
        self._print(_finished(release), as_json=options["json"])

    def _print(self, release: Release, *, as_json: bool) -> None:
        made = {"release": str(release), "sha256": release.sha256, "items": release.items}
        if as_json:
            splits = release.document["counts"]["splits"]
            self.stdout.write(json.dumps({**made, "id": release.pk, "splits": splits}))
        else:
            self.stdout.write(f"{release}  {release.sha256}  {release.items:,} items")


def _share(text: str) -> tuple[str, float]:
    name, _, share = text.rpartition("=")
    try:
        return name, float(share)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not SPLIT=SHARE") from None


def _finished(release: Release) -> Release:
    """Run the release's job here, or wait for the worker that has taken it."""
    job = release.job
    assert job is not None
    run_job(job.pk)
    job.refresh_from_db()
    while job.state in _UNDER_WAY:
        time.sleep(POLL_SECONDS)
        run_job(job.pk)  # where its worker died, it falls to this process
        job.refresh_from_db()
    if job.state != Job.State.DONE:
        raise CommandError((job.error or {}).get("detail", f"The job was {job.state}."))
    release.refresh_from_db()
    return release
