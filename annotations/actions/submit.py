"""Submit: check an answer, keep it, close the lease, and let the vote count, all in one commit."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from annotations.actions.bulk_weights import weighed, weight_of
from annotations.actions.gold_seats import judge_answer
from annotations.actions.hot_path import (
    close_seat,
    insert_annotation,
    lock_seat,
    open_seat,
    write_verdict,
)
from annotations.actions.lease import (
    LeaseLost,
    claim_seats,
    find_lease,
    still_held,
)
from annotations.actions.merge import Answers, is_merged, verdict_on, vote_key
from annotations.actions.pause import judge_labeler
from annotations.actions.project import replan_task
from annotations.actions.proposals import given_with, note_answer, silence_model
from annotations.actions.settle import (
    Verdict,
    agreement_in,
    answer_for,
    audit_mark,
    audited_status,
    next_place,
    status_of,
)
from annotations.models import Annotation, Draft, Project, Seat, ShownProposal, Task
from annotations.task_types import ALL_TASK_TYPES
from annotations.task_types.base import AnswerInvalid as RuleBroken
from labelhub.accounts.models import User
from labelhub.errors import Conflict, Invalid, NotFound, Stale

JsonObject = dict[str, Any]


class AnswerInvalid(Invalid):
    """The answer is not legal under the project's label schema."""

    code = "answer_invalid"


class IdempotencyConflict(Invalid):
    """The key was used before, with another body."""

    code = "idempotency_conflict"


class ProjectOver(Conflict):
    """The project is finished or archived."""

    code = "project_over"


@dataclass(frozen=True)
class Submitted:
    """The kept annotation, whether it had been kept before, and the leases that follow it."""

    annotation: Annotation
    repeated: bool
    next_leases: list[Seat]


def submit_annotation(
    *,
    labeler: User,
    lease_id: str,
    answer: Any,
    key: str,
    duration_ms: int | None = None,
    source: str = Annotation.Source.API,
    next_count: int = 0,
    took_proposal: bool | None = None,
) -> Submitted:
    """Keep a labeler's answer to a leased task, once, and give the next tasks in the same commit.

    The same key with the same body gives the same annotation again; with another body it raises
    IdempotencyConflict. Raises LeaseLost when the task went to somebody else, AnswerInvalid when
    the answer breaks the label schema; then nothing was changed. `took_proposal` says whether the
    labeler took the proposal that came with the lease, None where they were shown none.
    """
    seat_id, token = find_lease(lease_id=lease_id, labeler=labeler)
    body_hash = hash_of({"lease": lease_id, "answer": answer})
    try:
        with transaction.atomic():
            seat, counted = _lock(seat_id, labeler)
            if seat.state == Seat.State.DONE and seat.labeler_id == labeler.pk:
                return Submitted(_repeated(labeler, key, body_hash), True, [])
            if not still_held(seat, labeler, token):
                raise LeaseLost("This lease ran out and the task was given to somebody else.")
            refuse_when_over(seat.project)
            checked = check_answer(seat.project, answer, seat.task.item)
            shown = _shown(seat, labeler, lease_id, counted=counted, told=took_proposal)
            annotation = _keep(
                seat, labeler, checked, key, body_hash, duration_ms, source, version=1
            )
            if seat.begun:
                Draft.objects.filter(seat=seat).delete()
            _count(seat, annotation, counted)
            if shown is not None:
                taken = bool(took_proposal)
                note_answer(shown=shown, annotation=annotation, project=seat.project, taken=taken)
            return Submitted(annotation, False, _next(seat.project, labeler, next_count))
    except IntegrityError:
        # The key was used for another lease, or the labeler has answered on another seat.
        return Submitted(_repeated(labeler, key, body_hash), True, [])


def _lock(seat_id: int, labeler: User) -> tuple[Seat, bool]:
    """Return a seat, locked, and whether this labeler's vote counts."""
    found = lock_seat(seat_id, labeler.pk)
    if found is None or not (found[1] or labeler.is_admin):
        raise NotFound("This lease does not exist.", code="lease_unknown")
    return found[0], found[2]


def _shown(
    seat: Seat, labeler: User, lease_id: str, *, counted: bool, told: bool | None
) -> ShownProposal | None:
    """Return the proposal behind an answer; the model that made it has no vote of its own now.

    Where a client tells of one, it is looked for even if proposals are off by now.
    """
    if seat.project.prelabels == Project.Prelabels.OFF and told is None:
        return None
    shown = given_with(seat=seat, labeler=labeler, lease_id=lease_id)
    if shown is not None and counted and not seat.is_gold:
        silence_model(task=seat.task, shown=shown)
    return shown


def refuse_when_over(project: Project) -> None:
    """Raise ProjectOver for a finished or archived project: its labels stand as they are."""
    if project.state in (Project.State.FINISHED, Project.State.ARCHIVED):
        raise ProjectOver(
            f"This project is {project.state}, so its labels cannot change any more. "
            "A manager can make it active again."
        )


def check_answer(project: Project, answer: Any, item: Any) -> JsonObject:
    """Return the answer in normal form; raises AnswerInvalid naming the place and the reason."""
    assert project.schema is not None
    task_type = ALL_TASK_TYPES[project.task_type]
    try:
        return task_type.check_answer(answer, project.schema.document, (item.width, item.height))
    except RuleBroken as error:
        raise AnswerInvalid(str(error), fields={error.path or "answer": error.reason}) from error


def _repeated(labeler: User, key: str, body_hash: str) -> Annotation:
    earlier = Annotation.every.filter(labeler=labeler, key=key).select_related("task").first()
    if earlier is None:
        raise LeaseLost(
            "You have answered this task already; revise that answer instead.",
            code="already_answered",
        )
    if earlier.body_hash != body_hash:
        raise IdempotencyConflict("This Idempotency-Key was used before with another body.")
    return earlier


def _keep(
    seat: Seat,
    labeler: User,
    answer: JsonObject,
    key: str,
    body_hash: str,
    duration_ms: int | None,
    source: str,
    *,
    version: int,
) -> Annotation:
    assert seat.project.schema_id is not None
    return insert_annotation(
        Annotation(
            project_id=seat.project_id,
            task=seat.task,
            seat=seat,
            labeler=labeler,
            schema_id=seat.project.schema_id,
            repeat=seat.is_repeat,
            version=version,
            answer=answer,
            source=str(source),
            duration_ms=duration_ms,
            key=key,
            body_hash=body_hash,
            gold_right=judge_answer(seat, answer) if seat.is_gold else None,
        )
    )


def _count(seat: Seat, annotation: Annotation, counted: bool) -> None:
    """Let an answer count, then give its task the seats that follow from what it says now."""
    task, project = seat.task, seat.project
    first = annotation.version == 1
    if seat.is_repeat:
        # It is held against the labeler's own first answer, and nothing else follows from it.
        if first:
            close_seat(seat, annotation.labeler_id)
        return
    if seat.is_gold:
        # It is judged, and teaches the next fit; the overlap of the item is none of its business.
        if first:
            close_seat(seat, annotation.labeler_id)
        if annotation.gold_right is False:
            judge_labeler(project=project, labeler_id=annotation.labeler_id)
        return
    others = [entry for entry in task.ballot if entry[1] != annotation.labeler_id]
    if not counted:
        if first:
            close_seat(seat, annotation.labeler_id)
        decide(task=task, project=project, ballot=others)
        replan_task(project=project, task=task)
        return
    ballot = sorted([*others, ballot_entry(project, annotation)])
    decide(task=task, project=project, ballot=ballot, answers={annotation.pk: annotation.answer})
    if first:
        _close(seat, annotation.labeler_id)
    elif task.is_asked:
        open_next_seat(project=project, task=task)
    else:
        close_free_seats(task)


def _close(seat: Seat, labeler_id: int) -> None:
    """Close an answered seat, and put the next one in line or the others out of it."""
    task, project = seat.task, seat.project
    least = project.least_votes(task.arm)
    if task.aside:
        close_seat(seat, labeler_id, last=True)
    elif task.status != Task.Status.OPEN:
        # Where seats were answered in order, up to the least number, none is left over.
        close_seat(seat, labeler_id, last=task.votes < least or seat.no != task.votes)
    elif task.votes < least:
        place = next_place(task, task.prior_in(project))
        close_seat(seat, labeler_id, promote=place)
    else:
        close_seat(seat, labeler_id)
        open_next_seat(project=project, task=task)


def ballot_entry(project: Project, annotation: Annotation) -> list[Any]:
    """Return a vote as the ballot of its task keeps it."""
    entry = [annotation.pk, annotation.labeler_id, vote_key(project, annotation.answer)]
    if annotation.source != Annotation.Source.BULK:
        return entry
    return weighed(entry, weight_of(project.pk, annotation.labeler_id))


def decide(
    *, task: Task, project: Project, ballot: list[list[Any]], answers: Answers | None = None
) -> None:
    """Write what a ballot says on its task: verdict, status, votes; an adjudication stands.

    `answers` are those of the ballot that the caller has at hand; merging reads the others.
    """
    if task.adjudicated:
        Task.objects.filter(pk=task.pk).update(
            ballot=ballot, votes=len(ballot), agreement=agreement_in(ballot)
        )
        task.ballot, task.votes = ballot, len(ballot)
        return
    verdict = verdict_on(project, ballot, answers, prior=task.prior_in(project))
    write_decision(task=task, project=project, ballot=ballot, verdict=verdict)


def write_decision(
    *, task: Task, project: Project, ballot: list[list[Any]], verdict: Verdict | None
) -> None:
    """Write a ballot with the verdict that it gave, and the status that follows."""
    votes = len(ballot)
    status = status_of(project, ballot=ballot, verdict=verdict, now=task.status, arm=task.arm)
    before, changes = task.status, verdict_fields(project, verdict)
    changes["audit"] = audit_mark(task, status=status, verdict=verdict, votes=votes)
    status = audited_status(task, status=status, votes=votes, most=project.max_votes)
    changes |= {"ballot": ballot, "votes": votes, "status": str(status)}
    changes["agreement"] = agreement_in(ballot)
    write_verdict(
        task.pk,
        changes,
        decided=status != before and status != Task.Status.OPEN,
        opened=status == Task.Status.OPEN,
    )
    for name, value in changes.items():
        setattr(task, name, value)


def verdict_fields(project: Project, verdict: Verdict | None) -> JsonObject:
    """Return the columns of a task that hold its verdict; all empty while there is none."""
    fields = {
        "label": verdict.label if verdict else "",
        "answer": _answer(project, verdict) if verdict else None,
        "confidence": verdict.confidence if verdict else None,
        "distribution": verdict.distribution if verdict else {},
        "method": verdict.method if verdict else "",
        "fit_id": verdict.fit_id if verdict else None,
    }
    # Answers of classes have no parts, and no column is written for nothing.
    return fields | {"detail": verdict.detail if verdict else {}} if is_merged(project) else fields


def _answer(project: Project, verdict: Verdict) -> JsonObject:
    return answer_for(project, verdict.label) if verdict.answer is None else verdict.answer


def close_free_seats(task: Task) -> None:
    """Take the seats of a task that wants no more votes out of the queue."""
    waiting = Seat.objects.filter(task=task, state=Seat.State.FREE, lane__lt=Seat.Lane.GOLD)
    waiting.update(state=Seat.State.CLOSED)


def open_next_seat(*, project: Project, task: Task) -> None:
    """See that a task with enough votes that wants another one has a seat for it in the queue."""
    if task.votes < project.min_votes:
        return  # the seats up to the least number of votes exist since the task was opened
    open_seat(task, Seat.Lane.NEXT, next_place(task, task.prior_in(project)))


def _next(project: Project, labeler: User, count: int) -> list[Seat]:
    if count <= 0 or project.state != Project.State.ACTIVE:
        return []
    try:
        with transaction.atomic():
            return claim_seats(project=project, labeler_id=labeler.pk, count=count)
    except IntegrityError:
        return []  # the client asks for a lease as usual; the answer is kept all the same


def revise_annotation(
    *,
    annotation_id: int,
    labeler: User,
    answer: Any,
    version: int,
    key: str,
    duration_ms: int | None = None,
    source: str = Annotation.Source.API,
) -> Annotation:
    """Supersede one's own answer by a new version; the old one stays on record.

    Raises Stale when `version` is not the latest: both versions are named, none is overwritten.
    """
    body_hash = hash_of({"annotation": annotation_id, "answer": answer, "version": version})
    try:
        with transaction.atomic():
            if Annotation.every.filter(labeler=labeler, key=key).exists():
                return _repeated(labeler, key, body_hash)
            seat, current, counted = _lock_answered(annotation_id, labeler, version)
            checked = check_answer(seat.project, answer, seat.task.item)
            Annotation.every.filter(pk=current.pk).update(current=False)
            revised = _keep(
                seat, labeler, checked, key, body_hash, duration_ms, source, version=version + 1
            )
            _count(seat, revised, counted)
            return revised
    except IntegrityError:
        # The same request came twice at the same moment; the other one was kept.
        return _repeated(labeler, key, body_hash)


def _lock_answered(
    annotation_id: int, labeler: User, version: int
) -> tuple[Seat, Annotation, bool]:
    first = Annotation.every.filter(pk=annotation_id, labeler=labeler).first()
    if first is None:
        raise NotFound("There is no such annotation of yours.")
    seat, counted = _lock(first.seat_id, labeler)
    current = Annotation.every.get(
        task=first.task_id, labeler=labeler, repeat=first.repeat, current=True
    )
    if current.version != version:
        raise Stale(
            f"This answer has version {current.version} by now, not {version}.",
            extra={"current": {"version": current.version, "answer": current.answer}},
        )
    refuse_when_over(seat.project)
    return seat, current, counted


def hash_of(value: Any) -> str:
    """Return the SHA-256 of a JSON value in canonical form."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
