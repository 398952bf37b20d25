"""The files tool: votes in a file become labels and a report, with no database."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.annotations.consensus.crowd_sets import ROOT

VOTES = "task,worker,label\n" + "".join(
    f"t{task},w{worker},{'cat' if (task + (worker == 3)) % 2 else 'dog'}\n"
    for task in range(6)
    for worker in range(4)
)


def run(folder: Path, votes: str, *options: str, name: str = "votes.csv") -> tuple[list, dict]:
    """Rows of the labels file and the report."""
    (folder / name).write_text(votes, encoding="utf-8")
    out, report = folder / "labels.csv", folder / "report.json"
    call_command(
        "aggregate", str(folder / name), *options, "--out", str(out), "--json", str(report)
    )
    with out.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream)), json.loads(report.read_text(encoding="utf-8"))


def test_votes_become_labels_with_confidence_and_a_report(tmp_path: Path) -> None:
    rows, report = run(tmp_path, VOTES)
    assert [row["label"] for row in rows] == ["dog", "cat"] * 3
    assert all(0.5 < float(row["confidence"]) <= 1 and row["votes"] == "4" for row in rows)
    assert (report["tasks"], report["votes"], report["method"]) == (6, 24, "dawid_skene")
    assert [row["worker"] for row in report["labelers"]][-1] == "w3"


def test_gold_is_certain(tmp_path: Path) -> None:
    gold = tmp_path / "gold.csv"
    gold.write_text("task,label\nt0,bird\nother,cat\n", encoding="utf-8")
    rows, report = run(tmp_path, VOTES, "--gold", str(gold))
    assert (rows[0]["label"], float(rows[0]["confidence"])) == ("bird", 1.0)
    assert report["gold"] == 1


def test_the_order_of_lines_leaves_no_trace(tmp_path: Path) -> None:
    header, *lines = VOTES.splitlines()
    turned = "\n".join([header, *reversed(lines)]) + "\n"
    first, second = run(tmp_path, VOTES), run(tmp_path, turned)
    assert first[0] == second[0]
    assert first[1]["labelers"] == second[1]["labelers"]


def test_counts_without_workers_are_a_plurality(tmp_path: Path) -> None:
    rows, report = run(tmp_path, "task,label,count\n0,a,4\n0,b,1\n1,b,5\n")
    assert [row["label"] for row in rows] == ["a", "b"]
    assert (report["method"], report["labelers"], report["votes"]) == ("majority", [], 10)


def test_a_stop_rule_can_be_replayed(tmp_path: Path) -> None:
    _, report = run(tmp_path, VOTES, "--method", "majority", "--until", "0.6")
    assert 12 <= report["until"]["votes_used"] <= 24
    assert report["until"]["summary"]


@pytest.mark.parametrize(
    ("task_type", "labels", "expected"),
    [
        ("transcription", ["4925", "4925", "4935"], "4925"),
        ("boxes", [[[0, 0, 9, 9]], [[0, 0, 9, 9]], []], [{"label": "", "x": 0, "y": 0,
         "width": 9, "height": 9}]),
        ("multi_label", [["a", "b"], ["a"], ["a"]], ["a"]),
        ("keypoints", [{"instances": [{"label": "", "points": {"eye": [5, 5, 2]}}]}] * 3,
         [{"label": "", "points": {"eye": [5, 5, 2]}}]),
    ],
)  # fmt: skip
def test_texts_and_shapes_come_as_json_lines(
    tmp_path: Path, task_type: str, labels: list[object], expected: object
) -> None:
    lines = [{"task": "t", "worker": f"w{n}", "label": label} for n, label in enumerate(labels)]
    text = "\n".join(json.dumps(line) for line in lines)
    rows, _ = run(tmp_path, text, "--type", task_type, name="votes.jsonl")
    label = rows[0]["label"]
    assert (label if task_type == "transcription" else json.loads(label)) == expected


@pytest.mark.parametrize(
    ("votes", "reason"),
    [
        ("", "columns must be"),
        ("task,who,label\n", "columns must be"),
        ("task,worker,label\nt,w\n", "line 2: 2 values"),
        ("task,label,count\nt,a,many\n", "line 2: the count 'many'"),
    ],
)
def test_a_bad_file_is_refused_at_its_line(tmp_path: Path, votes: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        run(tmp_path, votes)


def test_a_missing_file_and_an_unreadable_answer_are_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.csv"):
        call_command("aggregate", str(tmp_path / "none.csv"))
    with pytest.raises(CommandError, match="task 't': not a boxes answer"):
        run(tmp_path, "task,worker,label\nt,w,oops\n", "--type", "boxes")


def test_real_votes_reach_the_accuracy_of_the_method(tmp_path: Path) -> None:
    if not (ROOT / "web").exists():
        pytest.skip(f"no crowd votes at {ROOT / 'web'}")
    rows, report = run(tmp_path, (ROOT / "web" / "labels.csv").read_text(encoding="utf-8"))
    with (ROOT / "web" / "gold.csv").open(newline="", encoding="utf-8") as stream:
        gold = {row["task"]: row["label"] for row in csv.DictReader(stream)}
    right = [row["label"] == gold[row["task"]] for row in rows if row["task"] in gold]
    assert sum(right) / len(right) > 0.86
    assert report["agreement"]["alpha"] == pytest.approx(0.2104, abs=1e-3)
