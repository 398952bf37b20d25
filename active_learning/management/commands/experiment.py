"""`manage.py experiment DATASET.zip`: policy against policy, with a simulated crowd."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from active_learning.simulation.experiment import (
    Pictures,
    foreign_figures,
    groups_of,
    import_pictures,
    look_at_pictures,
    run_trial,
)
from active_learning.simulation.plot import curves_svg
from active_learning.simulation.policies import Policy, PolicyUnknown
from active_learning.simulation.summary import summarise
from active_learning.simulation.trial import TrialFailed, cpu_seconds
from labelhub.accounts.models import User

INSIDE = "LABELHUB_EXPERIMENT"
PERFECT = "perfect"


class Command(BaseCommand):
    help = (
        "Run policies against each other on a ZIP of pictures with labels.csv (filename, label, "
        "split, group), by the product's own actions and jobs, in a database that is thrown away."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", type=Path, help="ZIP; its items of the split `test` judge")
        parser.add_argument(
            "--policies",
            default="default,uniform3,margin3",
            help="default, default@CONFIDENCE, uniformN, marginN: N votes for each item",
        )
        parser.add_argument("--labelers", default="0.6,0.7,0.8,0.9,0.95", help="skills, or perfect")
        parser.add_argument("--votes", type=int, default=2400)
        parser.add_argument("--seeds", type=int, default=3)
        parser.add_argument(
            "--first-seed", type=int, default=0, help="to go on from earlier crowds"
        )
        parser.add_argument("--foreign", type=Path, help="ZIP of pictures that are of no class")
        parser.add_argument("--json", type=Path, help="file to write; a plot is put beside it")

    def handle(self, *_: Any, **options: Any) -> None:
        policies = [parse_policy(name) for name in options["policies"].split(",")]
        skills = parse_skills(options["labelers"])
        if skills == [1.0]:
            policies = [policy.for_one_labeler() for policy in policies]
        check_options(options)
        if os.environ.get(INSIDE):
            self._run(policies, skills, options)
        else:
            run_in_throw_away_folder()

    def _run(self, policies: list[Policy], skills: list[float], options: dict[str, Any]) -> None:
        owner = prepare_database()
        try:
            pictures = import_pictures(options["dataset"], owner)
            look_at_pictures()
            self._say(
                f"{pictures.pool.item_count:,} items; {cpu_seconds():.0f} CPU s to look at them"
            )
            report = self._report(pictures, policies, skills, options, owner)
        except (ValueError, TrialFailed) as error:
            raise CommandError(str(error)) from error
        self._write(report, options["json"])

    def _report(
        self,
        pictures: Pictures,
        policies: list[Policy],
        skills: list[float],
        options: dict[str, Any],
        owner: User,
    ) -> dict[str, Any]:
        report = describe(pictures, skills, options)
        trials = []
        for seed in range(options["first_seed"], options["first_seed"] + options["seeds"]):
            for policy in policies:
                trial = run_trial(
                    pictures, policy, skills, votes=options["votes"], seed=seed, owner=owner
                )
                trials.append(trial)
                self._say(sentence(trial))
        report["policies"] = summarise(trials, reference=reference_of(policies))
        report["trials"] = trials
        if options["foreign"]:
            report["foreign"] = foreign_figures(pictures, options["foreign"], owner)
            self._say(f"foreign pictures: {report['foreign']}")
        return report

    def _say(self, words: str) -> None:
        self.stderr.write(words)
        self.stderr.flush()

    def _write(self, report: dict[str, Any], path: Path | None) -> None:
        if path is None:
            self.stdout.write(json.dumps(report["policies"], indent=1))
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        title = f"{report['dataset']}: test accuracy, {report['seeds']} crowds"
        plot = path.with_suffix(".svg")
        plot.write_text(curves_svg(title, report["policies"]), encoding="utf-8")
        self._say(f"Wrote {path} and {plot.name}.")


def parse_policy(name: str) -> Policy:
    """Return the policy of this name; CommandError says which there are."""
    try:
        return Policy.named(name.strip())
    except PolicyUnknown as error:
        raise CommandError(f"--policies: {error}") from error


def parse_skills(text: str) -> list[float]:
    """Return the skills in `0.6,0.7`, or [1.0] for `perfect`; CommandError for anything else."""
    if text.strip() == PERFECT:
        return [1.0]
    try:
        skills = [float(word) for word in text.split(",")]
    except ValueError as error:
        raise CommandError(f"--labelers is 0.6,0.9 or perfect, not {text!r}.") from error
    if not all(0 < skill <= 1 for skill in skills):
        raise CommandError("--labelers: each skill lies between 0 and 1.")
    return skills


def check_options(options: dict[str, Any]) -> None:
    """Raise CommandError, naming the option, for what would only fail after minutes."""
    for name in ("dataset", "foreign"):
        if options[name] is not None and not options[name].is_file():
            raise CommandError(f"There is no file {options[name]}.")
    for name in ("votes", "seeds"):
        if options[name] < 1:
            raise CommandError(f"--{name} must be at least 1.")
    if options["first_seed"] < 0:
        raise CommandError("--first-seed must not be negative.")


def reference_of(policies: list[Policy]) -> str | None:
    """The first uniform policy: what the others are held against."""
    return next((one.name for one in policies if one.name.startswith("uniform")), None)


def describe(pictures: Pictures, skills: list[float], options: dict[str, Any]) -> dict[str, Any]:
    """What was asked, for whoever reads the file later."""
    return {
        "dataset": options["dataset"].stem,
        "items": pictures.pool.item_count,
        "test_items": pictures.test.item_count,
        "classes": len(pictures.classes),
        "groups": groups_of(pictures.pool),
        "labelers": skills,
        "votes": options["votes"],
        "seeds": options["seeds"],
    }


def sentence(trial: dict[str, Any]) -> str:
    """Return one line about a trial for whoever waits."""
    final = trial["final"]
    test = final["test_accuracy"]
    return (
        f"{trial['policy']}, crowd {trial['seed']}: {final['votes']} votes, "
        f"{final['labels']} labels of accuracy {final['label_accuracy']}, "
        f"test {test if test is None else round(test, 4)}, {trial['cpu_seconds']:.0f} CPU s"
    )


def run_in_throw_away_folder() -> None:
    """Run this very command again, on a database and files of its own that nobody keeps."""
    with tempfile.TemporaryDirectory(prefix="labelhub-experiment-") as folder:
        own = {
            INSIDE: "1",
            "DJANGO_SETTINGS_MODULE": "labelhub.settings.dev",
            "DATA_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "REDIS_URL": "",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "OMP_NUM_THREADS": "1",
        }
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py"), *sys.argv[1:]]
        with subprocess.Popen(manage, env=os.environ | own) as child:
            signal.signal(signal.SIGTERM, lambda *_: child.terminate())
            status = child.wait()
    if status:
        raise SystemExit(status if status > 0 else 128 - status)


def prepare_database() -> User:
    """Make the tables and an owner; nothing here survives a power cut, so no disk is waited for."""
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
    return User.objects.create_superuser(username="experiment", password=secrets.token_urlsafe(20))
