"""Pairs: open the tasks of a project that asks about two items at a time, by a list or by drawing.

A dataset has too many pairs to ask about all of them, so its projects say which.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Q

from annotations.actions.draw_pairs import draw_pairs
from annotations.actions.given_votes import cast_vote
from annotations.actions.gold_many import make_gold_of_pairs
from annotations.actions.paired_items import ItemFinder, PairedItem
from annotations.actions.project import BATCH, drawn_task, draws_for, insert_tasks
from annotations.actions.submit import refuse_when_over
from annotations.intake.pairs import PairList, PairRow
from annotations.intake.refusals import Refusal
from annotations.models import Project, Task
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Conflict, Invalid

MOST_PAIRS = 20_000  # in one request: some seconds of work
MOST_VOTES = 2_000  # likewise: each is cast as if somebody had given it
MOST_REFUSALS = 200  # told one by one; the rest are counted


class NotOfPairs(Conflict):
    """The project asks about single items."""

    code = "not_of_pairs"


@dataclass
class PairsReport:
    """What became of a list: pairs opened and known before, gold made, and lines refused."""

    made: int = 0
    known: int = 0
    gold: int = 0
    votes: int = 0
    refused: dict[int, Refusal] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        told = islice(sorted(self.refused.items()), MOST_REFUSALS)
        return {
            "made": self.made,
            "known": self.known,
            "gold": self.gold,
            "votes": self.votes,
            "refused": len(self.refused),
            "refusals": [
                {"line": line, "code": refusal.code, "detail": refusal.detail}
                for line, refusal in told
            ],
        }


@dataclass(frozen=True)
class _Wanted:
    """Two items and what they are known to be, if anything."""

    first: PairedItem
    second: PairedItem
    label: str = ""

    @property
    def key(self) -> tuple[int, int]:
        return tuple(sorted((self.first.pk, self.second.pk)))  # type: ignore[return-value]


def add_pairs(
    *, project: Project, by: User, pairs: PairList, gold: bool = False, votes_of: str = ""
) -> PairsReport:
    """Open a task for every pair of a list that has none; a second time adds nothing.

    With `gold` the list's labels become known answers, with `votes_of` votes of that source; else
    they are left out. Pairs have no proposals: what a picture shows does not say who else it is.
    """
    _refuse_unfit(project, len(pairs.rows))
    if votes_of and len(pairs.rows) > MOST_VOTES:
        raise Invalid(
            f"These are {len(pairs.rows):,} pairs; votes come {MOST_VOTES:,} at a time.",
            code="too_many_pairs",
        )
    report = PairsReport(refused=dict(pairs.refused))
    wanted = _found(project, pairs.rows, report)
    _open(project, wanted, report)
    if gold:
        report.gold = _make_gold(project, by, wanted)
    if votes_of:
        report.votes = _cast_votes(project, votes_of, wanted)
    _record(project, by, report)
    return report


def add_drawn_pairs(*, project: Project, by: User, same: int, different: int) -> PairsReport:
    """Open tasks for pairs drawn at random from items of one group, and from two groups."""
    _refuse_unfit(project, same + different)
    report = PairsReport()
    drawn = draw_pairs(project=project, same=same, different=different)
    if not drawn:
        raise Invalid(
            "There is no such pair left: items need groups, two of one group for pairs of the "
            "same, and two groups for others.",
            code="no_pairs_left",
        )
    _open(project, [_Wanted(first, second) for first, second in drawn], report)
    _record(project, by, report)
    return report


def _refuse_unfit(project: Project, count: int) -> None:
    if not project.of_pairs:
        raise NotOfPairs(f"This project asks {project.task_type} questions, not about pairs.")
    refuse_when_over(project)
    if count > MOST_PAIRS:
        raise Invalid(
            f"These are {count:,} pairs; send at most {MOST_PAIRS:,} at a time.",
            code="too_many_pairs",
        )


def _found(project: Project, rows: Sequence[PairRow], report: PairsReport) -> list[_Wanted]:
    finder = ItemFinder(project, rows)
    assert project.schema is not None
    labels = {label["name"] for label in project.schema.labels if not label.get("retired")}
    lines: dict[tuple[int, int], int] = {}
    wanted = []
    for row in rows:
        try:
            pair = _Wanted(*finder.find(row), row.label)
            if row.label and row.label not in labels:
                raise Refusal("unknown_label", f"The project has no label {row.label!r}.")
            if lines.setdefault(pair.key, row.line) != row.line:
                raise Refusal("duplicate_row", f"Line {lines[pair.key]} is about the same pair.")
            wanted.append(pair)
        except Refusal as refusal:
            report.refused[row.line] = refusal
    return wanted


def _open(project: Project, wanted: Sequence[_Wanted], report: PairsReport) -> None:
    for pairs in _batches(wanted):
        made = insert_tasks(project, [_new_task(project, pair) for pair in pairs])
        report.made += len(made)
        report.known += len(pairs) - len(made)


def _new_task(project: Project, pair: _Wanted) -> Task:
    # Drawn by content and not by order, so that turning a pair around changes nothing.
    content = ":".join(sorted((pair.first.sha256, pair.second.sha256)))
    draws = draws_for(project.pk, content)
    return drawn_task(project, draws, item_id=pair.first.pk, other_item_id=pair.second.pk)


def _make_gold(project: Project, by: User, wanted: Sequence[_Wanted]) -> int:
    made = 0
    for pairs in _batches([pair for pair in wanted if pair.label]):
        labels = {pair.key: pair.label for pair in pairs}
        with transaction.atomic():
            tasks = tasks_of_pairs(project, labels)
            made += make_gold_of_pairs(
                project=project, by=by, labels={task: labels[key] for key, task in tasks.items()}
            )
    return made


def _cast_votes(project: Project, source: str, wanted: Sequence[_Wanted]) -> int:
    """Cast the labels of a list as one person's votes; what was cast before counts as it did."""
    labels = {pair.key: pair.label for pair in wanted if pair.label}
    cast = 0
    for key, task in tasks_of_pairs(project, labels).items():
        cast += cast_vote(
            project=project,
            source=source,
            answer={"choice": labels[key]},
            task_id=task,
            key=f"pair-{project.pk}-{task}-{hashlib.sha256(source.encode()).hexdigest()[:16]}",
        )
    return cast


def tasks_of_pairs(project: Project, keys: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Return the tasks of some pairs of items by (lower id, higher id)."""
    wanted = set(keys)
    lower, higher = {key[0] for key in wanted}, {key[1] for key in wanted}
    rows = Task.objects.filter(project=project).filter(
        Q(item__in=lower, other_item__in=higher) | Q(item__in=higher, other_item__in=lower)
    )
    found = {}
    for task, first, second in rows.values_list("pk", "item_id", "other_item_id"):
        key = (min(first, second), max(first, second))
        if key in wanted:
            found[key] = task
    return found


def _batches(pairs: Sequence[_Wanted]) -> Iterable[Sequence[_Wanted]]:
    return (pairs[start : start + BATCH] for start in range(0, len(pairs), BATCH))


def _record(project: Project, by: User, report: PairsReport) -> None:
    AuditEvent.record(
        "project.pairs_added", actor=by, project_id=project.pk, made=report.made, gold=report.gold
    )
