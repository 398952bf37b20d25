"""Proposals: what goes to a labeler with a lease, what the draw hides, and what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from annotations.actions.given_answers import fitted
from annotations.actions.shown_rows import (
    find_open,
    find_proposals,
    keep_shown,
    read_json,
    write_answered,
)
from annotations.models import Annotation, Project, Seat, ShownProposal, Task
from annotations.task_types import ALL_TASK_TYPES
from annotations.task_types.base import AnswerInvalid
from labelhub.accounts.models import User

JsonObject = dict[str, Any]
EQUAL = 1e-9  # a distance of answers that say the same

_SHOWN = ("pk", "lease", "hidden", "version", "source", "answer", "confidence", "characters")


def show_proposals(*, project: Project, labeler_id: int, seats: Sequence[Seat]) -> None:
    """Put on each seat of a lease what its labeler is shown, and note it; nothing where it is off.

    Uniformly drawn items have no proposal, and a gold one only if the item has whose place it
    took. The same lease always brings the same proposal, whatever a model has said since. Somebody
    who is asked again sees, or does not see, a proposal as before.
    """
    if project.prelabels == Project.Prelabels.OFF or project.of_pairs:
        return
    able = {seat.task_id: seat for seat in seats if seat.task.arm == Task.Arm.ACTIVE}
    if not able:
        return
    fresh = []
    for row in find_proposals(task_type=project.task_type, labeler_id=labeler_id, tasks=list(able)):
        seat = able[row[0]]
        earlier = _earlier(row)
        if earlier is not None and earlier.lease == seat.lease_id:
            seat.shown = earlier
            continue
        seat.shown = _drawn(project, labeler_id, seat, row, earlier)
        again = row[-1]  # asked in silence what they answered before: that stays as it was
        if seat.shown is not None and not again:
            fresh.append(seat.shown)
    keep_shown(fresh)


def _earlier(row: tuple[Any, ...]) -> ShownProposal | None:
    if row[1] is None:
        return None
    fields = dict(zip(_SHOWN, row[1:9], strict=True))
    fields["hidden"] = bool(fields["hidden"])
    fields |= {name: read_json(fields[name]) for name in ("answer", "characters")}
    return ShownProposal(task_id=row[0], annotation_id=row[9], **fields)


def _drawn(
    project: Project,
    labeler_id: int,
    seat: Seat,
    row: tuple[Any, ...],
    earlier: ShownProposal | None,
) -> ShownProposal | None:
    """The newest proposal for a task, and whether it is hidden; None where there is none."""
    found = _newest(project, seat, row[10:17])
    if found is None:
        return None
    hidden = earlier.hidden if earlier else is_hidden(project, seat.task_id, labeler_id)
    return ShownProposal(
        project_id=project.pk,
        task_id=seat.task_id,
        labeler_id=labeler_id,
        lease=seat.lease_id,
        hidden=hidden,
        **found,
    )


def _newest(project: Project, seat: Seat, row: tuple[Any, ...]) -> JsonObject | None:
    version, said, confidence, characters, source, given, given_confidence = row
    assert project.schema is not None
    if said is not None and project.prelabels != Project.Prelabels.IMPORTED:
        answer = legal_proposal(project, read_json(said), seat.task.item)
        sure = {"confidence": confidence, "characters": read_json(characters)}
        return answer and {"version": version, "answer": answer, **sure}
    if given is not None and project.prelabels != Project.Prelabels.MODEL:
        answer = legal_proposal(
            project, fitted(read_json(given), project.schema.document), seat.task.item
        )
        return answer and {"source": source, "answer": answer, "confidence": given_confidence}
    return None


def legal_proposal(project: Project, answer: JsonObject, item: Any) -> JsonObject | None:
    """The answer in normal form; None where it is not legal any more, or says nothing at all."""
    assert project.schema is not None
    try:
        checked: JsonObject = ALL_TASK_TYPES[project.task_type].check_answer(
            answer, project.schema.document, (item.width, item.height)
        )
    except AnswerInvalid:
        return None
    return checked if any(checked.values()) else None


def is_hidden(project: Project, task_id: int, labeler_id: int) -> bool:
    """Whether the draw hides the proposal for a task from a labeler: the same whenever asked."""
    word = f"proposal {project.pk}:{task_id}:{labeler_id}"
    drawn = int.from_bytes(hashlib.sha256(word.encode()).digest()[:6], "big") / 2**48
    return drawn < project.prelabels_hidden


def given_with(*, seat: Seat, labeler: User, lease_id: str) -> ShownProposal | None:
    """Return what was shown with a lease, or hidden from it, while that is not answered yet."""
    return find_open(task_id=seat.task_id, labeler_id=labeler.pk, lease_id=lease_id)


def silence_model(*, task: Task, shown: ShownProposal) -> None:
    """Take the model's own opinion off a locked task whose labeler saw what the model proposes.

    Counted beside an answer that may follow it, it would count twice.
    """
    if shown.hidden or shown.version is None or task.prior is None:
        return
    Task.objects.filter(pk=task.pk).update(prior=None)
    task.prior = None


def note_answer(
    *, shown: ShownProposal, annotation: Annotation, project: Project, taken: bool
) -> None:
    """Keep what became of a proposal: whether it was taken, and if the answer says the same."""
    assert project.schema is not None
    task_type = ALL_TASK_TYPES[project.task_type]
    try:
        apart = task_type.distance(annotation.answer, shown.answer, project.schema.document)
    except (KeyError, ValueError):
        apart = 1.0  # proposed under a label schema that is no longer in force
    shown.annotation, shown.same = annotation, apart <= EQUAL
    shown.taken = taken and not shown.hidden
    write_answered(shown)
