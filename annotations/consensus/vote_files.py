"""Votes and gold in files: CSV or JSONL to columns, and verdicts back to CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from annotations.consensus.base import IntArray, VoteTable

ANONYMOUS = "anonymous"


class VoteFileInvalid(ValueError):
    """A file that cannot be read: names the file, the line and the reason."""


@dataclass
class Votes:
    """Columns of equal length; counts is empty unless votes are anonymous and counted."""

    tasks: list[str] = field(default_factory=list)
    workers: list[str] = field(default_factory=list)
    labels: list[Any] = field(default_factory=list)
    counts: list[float] = field(default_factory=list)

    @property
    def anonymous(self) -> bool:
        return bool(self.counts)


def read_votes(path: Path) -> Votes:
    """Votes from CSV (task,worker,label or task,label,count) or JSONL of the same fields.

    Raises VoteFileInvalid for a missing column or value, or a count that is not one.
    """
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return _from_records(path, _json_lines(path))
    with _opened(path) as stream:
        reader = csv.reader(stream)
        header = [name.strip() for name in next(reader, [])]
        counted = _is_counted(path, header)
        first, second, third = (
            header.index(name)
            for name in (("task", "label", "count") if counted else ("task", "worker", "label"))
        )
        votes, wide = Votes(), len(header)
        for row in reader:
            if not row:
                continue
            if len(row) != wide:
                reason = f"{len(row)} values, the first line names {wide}"
                raise VoteFileInvalid(f"{path.name}, line {reader.line_num}: {reason}")
            if counted:
                place = f"{path.name}, line {reader.line_num}"
                _add_counted(votes, row[first], row[second], row[third], place)
            else:
                votes.tasks.append(row[first])
                votes.workers.append(row[second])
                votes.labels.append(row[third])
    return votes


def read_gold(path: Path) -> dict[str, Any]:
    """Known answers from CSV (task,label) or JSONL; of two for a task the last counts."""
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        records: Iterable[tuple[int, dict[str, Any]]] = _json_lines(path)
    else:
        with _opened(path) as stream:
            records = list(enumerate(csv.DictReader(stream), start=2))
    gold = {}
    for line, record in records:
        if record.get("task") is None or record.get("label") is None:
            raise VoteFileInvalid(f"{path.name}, line {line}: task and label are needed")
        gold[str(record["task"])] = record["label"]
    return gold


def _opened(path: Path) -> Any:
    try:
        return path.open(newline="", encoding="utf-8-sig")
    except OSError as error:
        raise VoteFileInvalid(f"{path}: {error.strerror}") from None


def _is_counted(path: Path, header: Sequence[str]) -> bool:
    if {"task", "worker", "label"} <= set(header):
        return False
    if {"task", "label", "count"} <= set(header):
        return True
    reason = "the columns must be task,worker,label or task,label,count"
    raise VoteFileInvalid(f"{path.name}, line 1: {reason}, not {','.join(header) or 'none'}")


def _add_counted(votes: Votes, task: str, label: Any, count: Any, place: str) -> None:
    try:
        number = float(count)
    except (TypeError, ValueError):
        number = -1.0
    if not (np.isfinite(number) and number >= 0):
        raise VoteFileInvalid(f"{place}: the count {count!r} is not a number of votes")
    votes.tasks.append(task)
    votes.workers.append(ANONYMOUS)
    votes.labels.append(label)
    votes.counts.append(number)


def _json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with _opened(path) as stream:
        for line, text in enumerate(stream, start=1):
            if not text.strip():
                continue
            try:
                record = json.loads(text)
            except ValueError as error:
                raise VoteFileInvalid(f"{path.name}, line {line}: not JSON ({error})") from None
            if not isinstance(record, dict):
                raise VoteFileInvalid(f"{path.name}, line {line}: not a JSON object")
            yield line, record


def _from_records(path: Path, records: Iterable[tuple[int, dict[str, Any]]]) -> Votes:
    votes = Votes()
    for line, record in records:
        place = f"{path.name}, line {line}"
        if "task" not in record or "label" not in record:
            raise VoteFileInvalid(f"{place}: task and label are needed")
        if "worker" in record:
            votes.tasks.append(str(record["task"]))
            votes.workers.append(str(record["worker"]))
            votes.labels.append(record["label"])
        elif "count" in record:
            _add_counted(votes, str(record["task"]), record["label"], record["count"], place)
        else:
            raise VoteFileInvalid(f"{place}: worker or count is needed")
    if votes.counts and len(votes.counts) != len(votes.tasks):
        raise VoteFileInvalid(f"{path.name}: some votes have a worker and some a count")
    return votes


@dataclass(frozen=True)
class Coded:
    """A vote table with the names behind its numbers, all in sorted order."""

    table: VoteTable
    tasks: list[str]
    workers: list[str]
    classes: list[str]

    def known(self, gold: dict[str, Any]) -> tuple[IntArray, IntArray]:
        """Gold of tasks that have votes, as (items, codes)."""
        place = {task: index for index, task in enumerate(self.tasks)}
        code = {name: index for index, name in enumerate(self.classes)}
        pairs = sorted((place[task], code[str(v)]) for task, v in gold.items() if task in place)
        items = np.array([item for item, _ in pairs], dtype=np.int32)
        return items, np.array([value for _, value in pairs], dtype=np.int32)


def coded(votes: Votes, gold: dict[str, Any]) -> Coded:
    """Number tasks, workers and classes; gold may name classes nobody voted for."""
    labels = [str(label) for label in votes.labels]
    tasks, items = _numbered(votes.tasks, ())
    workers, labelers = _numbered(votes.workers, ())
    classes, codes = _numbered(labels, (str(value) for value in gold.values()))
    weights = np.array(votes.counts) if votes.anonymous else None
    table = VoteTable(
        items,
        labelers,
        codes,
        len(tasks),
        np.arange(len(workers), dtype=np.int64),
        max(len(classes), 1),
        weights,
    )
    return Coded(table, tasks, workers, classes)


def _numbered(values: Sequence[str], more: Iterable[str]) -> tuple[list[str], IntArray]:
    names = sorted({*values, *more})
    place = {name: index for index, name in enumerate(names)}
    return names, np.fromiter(map(place.__getitem__, values), dtype=np.int32, count=len(values))


def write_labels(path: Path, rows: Iterable[tuple[str, Any, float, float]]) -> None:
    """task,label,confidence,votes; labels that are not text as JSON."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["task", "label", "confidence", "votes"])
        for task, label, confidence, votes in rows:
            shown = label if isinstance(label, str) else json.dumps(label, ensure_ascii=False)
            writer.writerow([task, shown, f"{confidence:.6f}", f"{votes:g}"])
