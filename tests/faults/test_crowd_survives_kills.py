"""A simulated crowd labels while web server, worker and trainer are killed again and again."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.stack import ROOT, Stack, running_stack
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.faults
KILLS = int(os.environ.get("LABELHUB_CROWD_KILLS", "3"))  # of each; the benchmark asks for 20
RESULTS = Path(__file__).parents[1] / "benchmarks" / "results" / "kills.json"


def kill_in_turn(stack: Stack) -> dict[str, int]:
    """Kill -9 one process after the other, each at another moment of its work."""
    killed = {"web": 0, "worker": 0, "trainer": 0}
    for turn, name in enumerate(itertools.islice(itertools.cycle(killed), 3 * KILLS)):
        time.sleep(1.0 + (turn * 0.37) % 1.5)
        stack.kill(name)
        stack.start(name)
        killed[name] += 1
    return killed


def runs(stack: Stack, token: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = stack.api("GET", "projects/1/runs/?limit=100", token)["results"]
    return rows


def unfinished(stack: Stack, token: str) -> bool:
    return any(row["state"] in ("pending", "running") for row in runs(stack, token))


def votes(stack: Stack, token: str) -> int:
    return int(stack.api("GET", "projects/1/", token)["progress"]["votes"])


def test_no_answer_and_no_run_is_lost(tmp_path: Path) -> None:
    with running_stack() as stack:
        token = stack.manage("create_token", "root").strip()
        command = [sys.executable, "manage.py", "simulate", "Digits", "--votes", "100000",
                   "--pace", "0.05", "--seed", "5", "--json", "--url", stack.url]  # fmt: skip
        with (tmp_path / "crowd").open("w") as out:
            crowd = subprocess.Popen(
                command, cwd=ROOT, env=stack.environment, stdout=out, text=True
            )
            until(lambda: votes(stack, token) > 0, "the crowd begins")
            killed = kill_in_turn(stack)
            stack.wait_until_up()
            until(lambda: votes(stack, token) > 50, "the crowd goes on")
            until(lambda: runs(stack, token), "a training is started")
            crowd.terminate()  # it stops asking, then compares what was promised and what is kept
            assert crowd.wait(PATIENCE) == 0
        figures = json.loads((tmp_path / "crowd").read_text())
        (figures,) = figures.values()
        until(lambda: not unfinished(stack, token), "the trainings end", seconds=2 * PATIENCE)
        states = [row["state"] for row in runs(stack, token)]
    assert figures["lost"] == 0
    assert figures["refused"] == 0, figures["refusals"]
    assert figures["votes"] > 50
    assert figures["acknowledged"] == figures["votes"] + figures["asked_again"]
    assert states and set(states) == {"done"}, states
    if os.environ.get("LABELHUB_BENCH"):
        kept = ("votes", "acknowledged", "lost", "repeated", "refused", "retries")
        report = {name: figures[name] for name in kept} | {"killed": killed, "runs": len(states)}
        RESULTS.write_text(json.dumps(report, indent=1) + "\n")
