"""What an export holds: which columns, and the rows of the chosen tasks, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from django.db.models import QuerySet

from annotations.actions.export_proposals import PROPOSAL_COLUMNS, UNAIDED
from annotations.actions.export_selection import Content, Selection
from annotations.actions.export_votes import as_time, votes_of
from annotations.exporters.base import Columns
from annotations.media_links import picture_address
from annotations.models import Adjudication, Annotation, Project, Task
from annotations.reports.names import pseudonym
from annotations.reports.provenance import in_brief
from annotations.task_types import ALL_TASK_TYPES, MERGED_TASK_TYPES
from annotations.task_types.pair import PAIR

BATCH = 1_000

ITEM_COLUMNS: Columns = {
    "task": "whole",
    "item": "whole",
    "filename": "text",
    "sha256": "text",
    "url": "text",  # opens the picture, for whoever may see it
    "group": "text",
    "split": "text",
}
# The second item of a pair.
OTHER_COLUMNS: Columns = {
    "other_item": "whole",
    "other_filename": "text",
    "other_sha256": "text",
    "other_url": "text",
    "other_group": "text",
    "other_split": "text",
}
CONSENSUS_COLUMNS: Columns = {
    **ITEM_COLUMNS,
    "status": "text",
    "arm": "text",
    "answer": "json",
    "label": "text",
    "confidence": "number",
    "method": "text",
    "votes": "whole",
    "distribution": "json",
    "adjudicated": "flag",
    "settled_at": "text",
}
VOTE_COLUMNS: Columns = {
    **ITEM_COLUMNS,
    "annotation": "whole",
    "labeler": "text",
    "answer": "json",
    "label": "text",
    "version": "whole",
    "schema_version": "whole",
    "source": "text",
    "duration_ms": "whole",
    "created_at": "text",
    # Whether it was given under cover to a gold item, and whether it counts in the consensus:
    # answers to gold do not, nor do those of members who are left out.
    "gold": "flag",
    "counts": "flag",
    **PROPOSAL_COLUMNS,
}
# Of votes that were frozen before they were marked.
UNMARKED: dict[str, Any] = {"gold": None, "counts": None}
# Of merged answers: what stands behind the parts of the answer (characters, boxes, points).
MERGED: Columns = {"detail": "json"}
PROVENANCE: Columns = {"provenance": "json"}
# Whether it is a second answer to the same question, which is no vote.
REPEAT: Columns = {"repeat": "flag"}


def columns_of(
    task_type: str, content: Content, *, provenance: bool = False, repeats: bool = False
) -> Columns:
    """Return an export's columns in order; how a label came about is a long one, so on demand."""
    item = {**ITEM_COLUMNS, **(OTHER_COLUMNS if task_type == PAIR else {})}
    vote = {**VOTE_COLUMNS, **(REPEAT if repeats else {})}
    if content == "votes":
        return {**item, **vote}
    consensus = {
        **item,
        **CONSENSUS_COLUMNS,
        **(MERGED if task_type in MERGED_TASK_TYPES else {}),
    }
    origin = PROVENANCE if provenance else {}
    if content == "consensus":
        return {**consensus, **origin}
    # A task's line, then a line for each of its votes; `record` says which it is.
    return {"record": "text", **consensus, **vote, **origin}


def _of_item(column: str) -> bool:
    return column.startswith("item__")


class Source(Protocol):
    """Where an export's tasks come from: the project as it is now, or a release's frozen list.

    A task is a row of plain values under the names of `batches`, with `detail` under pseudonyms
    already; votes come by task. Without `verdicts`, what was agreed on is left out.
    """

    def count_tasks(self, *, voted: bool = False) -> int: ...
    def count_votes(self) -> int: ...
    def read(
        self, *columns: str, votes: bool = False, provenance: bool = False, verdicts: bool = True
    ) -> Iterator[tuple[list[dict[str, Any]], dict[int, list[dict[str, Any]]]]]: ...


@dataclass(frozen=True)
class LiveTasks:
    """A project's tasks as the connection `using` sees them, with `repeats` among the votes."""

    project: Project
    selection: Selection
    using: str = "default"
    repeats: bool = False

    def count_tasks(self, *, voted: bool = False) -> int:
        tasks = self.selection.tasks(self.project, self.using)
        return (tasks.filter(votes__gt=0) if voted else tasks).count()

    def count_votes(self) -> int:
        tasks = self.selection.tasks(self.project, self.using)
        rows = Annotation.every if self.repeats else Annotation.objects
        given = rows.using(self.using).filter(project=self.project, current=True)
        return given.filter(task__in=tasks.values("pk")).count()

    def read(
        self,
        *columns: str,
        votes: bool = False,
        provenance: bool = False,
        verdicts: bool = True,
        by: str = "pk",
    ) -> Iterator[tuple[list[dict[str, Any]], dict[int, list[dict[str, Any]]]]]:
        merged = verdicts and self.project.task_type in MERGED_TASK_TYPES
        if self.project.of_pairs:
            columns += (*OTHER_FIELDS, *(f"other_{name}" for name in columns if _of_item(name)))
        if verdicts:
            columns = VERDICT_FIELDS + columns
        for tasks in batches(self.selection.tasks(self.project, self.using), *columns, by=by):
            if merged:
                for task in tasks:
                    task["detail"] = pseudonymous(self.project, task["detail"])
            if provenance:
                origins = _origins(self.project, tasks, self.using)
                for task in tasks:
                    task["provenance"] = origins[task["pk"]]
            given = votes_of(self.project, tasks, self.using, self.repeats) if votes else {}
            yield tasks, given


def count_rows(source: Source, content: Content) -> int:
    """Return how many rows an export of this has."""
    lines = source.count_tasks() if content != "votes" else 0
    return lines + (source.count_votes() if content != "consensus" else 0)


def rows_of(
    source: Source, task_type: str, content: Content, *, provenance: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield an export's rows in the order of its tasks, with one batch in memory at a time."""
    label_of = ALL_TASK_TYPES[task_type].summary
    merged = task_type in MERGED_TASK_TYPES
    origins = provenance and content != "votes"
    only_votes = content == "votes"
    for tasks, votes in source.read(
        votes=content != "consensus", provenance=origins, verdicts=not only_votes
    ):
        for task in tasks:
            item = _item_columns(task)
            if content != "votes":
                row = item | _consensus_columns(task)
                if origins:
                    row["provenance"] = task["provenance"]
                if merged:
                    row["detail"] = task["detail"]
                yield row if content == "consensus" else {"record": "consensus"} | row
            for vote in votes.get(task["pk"], []):
                row = {
                    **item, **UNMARKED, **UNAIDED, **vote, "label": label_of(vote["answer"])
                }  # fmt: skip
                yield row if content == "votes" else {"record": "vote"} | row


# Documents, most of them, which take longer to read than all the rest of a task.
VERDICT_FIELDS = (
    "status",
    "arm",
    "answer",
    "label",
    "confidence",
    "method",
    "distribution",
    "detail",
    "adjudicated",
    "settled_at",
    "fit_id",
    "audit",
    "prior",
)
OTHER_FIELDS = (
    "other_item_id",
    "other_item__filename",
    "other_item__sha256",
    "other_item__group",
    "other_item__split",
)


def batches(tasks: QuerySet[Task], *columns: str, by: str = "pk") -> Iterator[list[dict[str, Any]]]:
    """Page by an id: each batch costs the same, and nothing is held open in the database."""
    rows: QuerySet[Task, Any] = tasks.order_by(by).values(
        "pk",
        "item_id",
        "item__filename",
        "item__sha256",
        "item__group",
        "item__split",
        "votes",
        "ballot",
        *columns,
    )
    batch = list(rows[:BATCH])
    while batch:
        yield batch
        batch = list(rows.filter(**{f"{by}__gt": batch[-1][by]})[:BATCH])


def _item_columns(task: dict[str, Any]) -> dict[str, Any]:
    item = {
        "task": task["pk"],
        "item": task["item_id"],
        "filename": task["item__filename"],
        "sha256": task["item__sha256"],
        "url": picture_address(task["item_id"]),
        "group": task["item__group"],
        "split": task["item__split"],
    }
    if task.get("other_item_id") is None:
        return item
    names = [name for name in OTHER_COLUMNS if name != "other_url"]
    other = dict(zip(names, (task[name] for name in OTHER_FIELDS), strict=True))
    return item | other | {"other_url": picture_address(task["other_item_id"])}


def _consensus_columns(task: dict[str, Any]) -> dict[str, Any]:
    names = ("status", "arm", "answer", "label", "confidence", "method", "votes", "distribution")
    return {
        **{name: task[name] for name in names},
        "adjudicated": task["adjudicated"],
        "settled_at": as_time(task["settled_at"]),
    }


def _origins(
    project: Project, tasks: list[dict[str, Any]], using: str
) -> dict[int, dict[str, Any]]:
    """How each task of a batch came to its label."""
    ids = [task["pk"] for task in tasks if task["adjudicated"]]
    standing = Adjudication.objects.using(using).filter(task__in=ids, reopened_at=None)
    notes = dict(standing.values_list("task_id", "note"))
    who: Callable[[int], str] = cache(lambda labeler_id: pseudonym(project, labeler_id))
    said = _said(project, tasks, using)
    return {
        task["pk"]: in_brief(
            task["ballot"],
            task["fit_id"] or (project.fit_id if task["adjudicated"] else None),
            decision=notes.get(task["pk"]),
            who=who,
            said=said,
            prior=_prior(project, task),
        )
        for task in tasks
    }


def _said(project: Project, tasks: list[dict[str, Any]], using: str) -> dict[int, str]:
    """What the votes of a batch said in a line each, by annotation; merged answers alone need it:
    of theirs the ballot keeps a hash."""
    if project.task_type not in MERGED_TASK_TYPES:
        return {}
    summary = ALL_TASK_TYPES[project.task_type].summary
    votes = Annotation.objects.using(using).filter(
        task__in=[task["pk"] for task in tasks if task["votes"]], current=True
    )
    return {pk: summary(answer) for pk, answer in votes.values_list("pk", "answer")}


def _prior(project: Project, task: dict[str, Any]) -> dict[str, Any] | None:
    if task["adjudicated"]:
        return None
    row = Task(arm=task["arm"], audit=task["audit"], prior=task["prior"])
    return row.prior_in(project)


def pseudonymous(project: Project, detail: dict[str, Any]) -> dict[str, Any]:
    """Return a verdict's detail with the labelers that it names under their export names."""
    parts = {
        name: [_without_ids(project, part) for part in detail[name]]
        for name in ("kept", "rejected")
        if name in detail
    }
    return detail | parts


def _without_ids(project: Project, part: dict[str, Any]) -> dict[str, Any]:
    members = [[pseudonym(project, labeler), place] for labeler, place in part["members"]]
    changed = part | {"members": members}
    if "swapped" in part:
        changed["swapped"] = [pseudonym(project, labeler) for labeler in part["swapped"]]
    return changed
