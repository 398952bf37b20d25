"""`manage.py import_predictions PROJECT FILE --name NAME`: a model's predictions from elsewhere."""

from __future__ import annotations

import json
import uuid
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from active_learning.actions.predictions import check_predictable, request_predictions
from active_learning.models import PredictionTable
from annotations.intake.sources import TableSpool
from annotations.management.commands.import_items import find_owner
from annotations.models import Project
from labelhub.errors import DomainError
from labelhub.jobs.run import run_job

PIECE = 1024 * 1024
REFUSALS_SHOWN = 20


class Command(BaseCommand):
    help = (
        "Make a model version of predictions that a model from elsewhere made: CSV, JSON Lines or "
        "Parquet, each row with an item and its label, probabilities or text."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", type=int, help="id of the project")
        parser.add_argument("file", type=Path)
        parser.add_argument("--name", required=True, help="what the model is called")
        parser.add_argument(
            "--trained-on",
            choices=[str(one) for one in PredictionTable.TrainedOn],
            default=str(PredictionTable.TrainedOn.UNKNOWN),
            help="what the model has learned from: nothing of this project (elsewhere), its "
            "labels but no held-out ones (labels), or nobody knows (unknown)",
        )
        parser.add_argument("--by", help="user name of who does it; else the first administrator")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        project = Project.objects.select_related("schema").filter(pk=options["project"]).first()
        by = find_owner(options["by"])
        if project is None or by is None:
            raise CommandError("There is no such project, or no administrator.")
        try:
            check_predictable(project)
            table = request_predictions(
                project=project,
                by=by,
                name=options["name"][:100],
                trained_on=options["trained_on"],
                upload=_spooled(options["file"]),
            )
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        except DomainError as error:
            raise CommandError(error.detail) from error
        assert table.job is not None
        run_job(table.job.pk)
        self._tell(
            PredictionTable.objects.select_related("job", "run__version").get(pk=table.pk), options
        )

    def _tell(self, table: PredictionTable, options: dict[str, Any]) -> None:
        report = table.report
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=1))
        for error in [] if options["json"] else report.get("errors", [])[:REFUSALS_SHOWN]:
            self.stderr.write(f"line {error['line']}: {error['detail']}")
        if table.run is None:
            reason = (table.error or {}).get("detail", "")
            raise CommandError(reason or "A worker reads the table; see the project's page Runs.")
        version = table.run.version
        self.stdout.write(
            f"Version {version.number} {'serves' if version.serving else 'waits'}: "
            f"{report['taken']:,} rows taken, {report['refused']:,} refused, "
            f"{report['without']:,} of {report['items']:,} items without a prediction. "
            f"{table.run.metrics['promotion']['reason']}"
        )


def _spooled(file: Path) -> str:
    """Copy a table to where uploads lie, as a worker may read it; returns the upload's name."""
    with file.open("rb") as stream:
        spool = TableSpool(Path(settings.UPLOADS_DIR) / uuid.uuid4().hex)
        spool.begin(file.name)
        while piece := stream.read(PIECE):
            spool.write(piece)
    spool.close()
    return spool.folder.name
