"""`manage.py aggregate`: consensus of votes in a file, without a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.consensus import AUTO, METHODS
from annotations.consensus.aggregate import TYPES, Aggregate, aggregate
from annotations.consensus.vote_files import (
    VoteFileInvalid,
    read_gold,
    read_votes,
    write_labels,
)
from annotations.measures.text import TextPolicy


class Command(BaseCommand):
    """Votes: CSV of task,worker,label or task,label,count, or JSONL of the same fields."""

    help = "Turn votes in a file into labels with a confidence. Needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("votes", type=Path, help="CSV or JSONL")
        parser.add_argument("--type", choices=TYPES, default="choice")
        parser.add_argument("--gold", type=Path, help="task,label: answers that are certain")
        parser.add_argument("--method", choices=[AUTO, *METHODS], default=AUTO)
        parser.add_argument("--out", type=Path, help="CSV of task,label,confidence,votes")
        parser.add_argument("--json", type=Path, help="report as JSON")
        parser.add_argument("--until", type=float, help="replay a stop rule at this confidence")
        parser.add_argument("--fold-case", action="store_true", help="texts: ignore case")
        parser.add_argument(
            "--fold-punctuation", action="store_true", help="texts: ignore punctuation"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        until = options["until"]
        if until is not None and not 0.0 < until <= 1.0:
            raise CommandError("--until must be above 0 and at most 1")
        policy = TextPolicy(
            fold_case=options["fold_case"], fold_punctuation=options["fold_punctuation"]
        )
        try:
            result = aggregate(
                read_votes(options["votes"]),
                read_gold(options["gold"]) if options["gold"] else {},
                task_type=options["type"],
                method=options["method"],
                until=until,
                policy=policy,
            )
        except (VoteFileInvalid, ValueError) as error:
            raise CommandError(str(error)) from None
        self._write(result, options["out"], options["json"])

    def _write(self, result: Aggregate, out: Path | None, report: Path | None) -> None:
        try:
            if out is not None:
                write_labels(out, result.rows)
            if report is not None:
                text = json.dumps(result.report, indent=2, ensure_ascii=False)
                report.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None
        found = result.report
        used = found.get("method") or ", ".join(found["methods"])
        self.stdout.write(
            f"{found['tasks']} tasks, {found['votes']:,.0f} votes, {found['gold']} known; {used}; "
            f"{found['cpu_seconds']:.2f} CPU seconds"
        )
        if "until" in found:
            self.stdout.write(found["until"]["summary"])
