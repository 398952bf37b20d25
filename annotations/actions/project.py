"""Project: ask a question of a dataset, and open a task with its seats for every item.

Pairs are not all opened, there are too many of them: see `pairs`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from annotations.actions.lease import next_seat_number
from annotations.actions.question import RULES, check_method
from annotations.consensus.gold import OFTEN, SELDOM
from annotations.models import Dataset, Item, LabelSchema, Membership, Project, Seat, Task
from annotations.models.dataset import PAGES
from annotations.task_types import ALL_TASK_TYPES, MERGED_TASK_TYPES
from annotations.task_types.base import SchemaInvalid as RuleBroken
from annotations.task_types.pair import PAIR
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Invalid
from labelhub.jobs.queue import enqueue

BATCH = 250  # tasks opened in one transaction: short enough that no submit waits for it
FEWEST_GROUPS = 30  # writers, pages or people from which whole groups can be held out
OPENED_AT_ONCE = 2_000  # a larger dataset is opened by a job


class SchemaInvalid(Invalid):
    """The label schema is not legal; `fields` names the place."""

    code = "schema_invalid"


class OverlapInvalid(Invalid):
    """The overlap rule contradicts itself."""

    code = "overlap_invalid"


@transaction.atomic
def create_project(
    *,
    by: User,
    dataset: Dataset,
    name: str,
    question: str,
    schema: Any,
    task_type: str = "choice",
    **options: Any,
) -> Project:
    """Ask one question about a dataset; its maker becomes its manager. Tasks open afterwards."""
    if task_type not in RULES:
        raise Invalid(
            f"There is no task type {task_type!r}; there is {', '.join(RULES)}.",
            fields={"task_type": "unknown"},
        )
    document = _checked_schema(task_type, schema)
    options = RULES[task_type].as_options() | options
    check_overlap(options)
    check_method(task_type, options["consensus_method"])
    _hold_out_groups(options, dataset, task_type)
    project = Project.objects.create(
        dataset=dataset, name=name, question=question, task_type=task_type, created_by=by, **options
    )
    project.schema = LabelSchema.objects.create(
        project=project, version=1, document=document, created_by=by
    )
    project.save(update_fields=["schema"])
    Membership.objects.create(project=project, user=by, role=Membership.Role.MANAGER)
    AuditEvent.record("project.created", actor=by, project_id=project.pk, name=name)
    return project


def _hold_out_groups(options: dict[str, Any], dataset: Dataset, task_type: str) -> None:
    """Fill in whether whole groups are held out; a pair joins two, so it belongs to none."""
    if task_type != PAIR:
        options.setdefault("split_by_group", groups_can_be_split(dataset))
    elif options.setdefault("split_by_group", False):
        raise Invalid(
            "A pair can join two groups, so pairs cannot be held out by group.",
            fields={"split_by_group": "false for pairs"},
        )


def open_tasks_soon(project: Project) -> int:
    """Open the tasks of a project now if they are few, else the first ones now and a job the rest.

    Returns how many were opened now.
    """
    opened = open_tasks(project=project, limit=OPENED_AT_ONCE)
    if opened == OPENED_AT_ONCE:
        enqueue(
            "open_tasks",
            payload={"project": project.pk},
            dedupe_key=f"open_tasks:{project.pk}",
            project_id=project.pk,
        )
    return opened


def open_tasks(*, project: Project, limit: int | None = None) -> int:
    """Open a task for every item that has none yet; running it twice opens nothing twice."""
    opened = 0
    if project.of_pairs:
        return opened
    while limit is None or opened < limit:
        size = BATCH if limit is None else min(BATCH, limit - opened)
        items = list(_items_without_task(project)[:size])
        if not items:
            break
        opened += len(_open_batch(project, items))
    return opened


def _items_without_task(project: Project) -> Any:
    has_task = Task.objects.filter(project=project, item=OuterRef("pk"))
    items = Item.objects.filter(dataset_id=project.dataset_id).exclude(Exists(has_task))
    if project.splits:
        items = items.filter(split__in=project.splits)
    else:
        items = items.exclude(split=PAGES)
    last = Task.objects.filter(project=project).aggregate(last=Max("item_id"))["last"]
    # Items are only ever added, with growing ids: start where the last batch ended.
    ahead = items.filter(pk__gt=last or 0).order_by("pk")
    return ahead if ahead.exists() else items.order_by("pk")


def _open_batch(project: Project, items: Iterable[Item]) -> list[Task]:
    return insert_tasks(project, [_new_task(project, item) for item in items])


@transaction.atomic
def insert_tasks(project: Project, tasks: Sequence[Task]) -> list[Task]:
    """Insert new tasks with their seats and return them, without those that were there already."""
    Task.objects.bulk_create(tasks, ignore_conflicts=True)
    rows = Task.objects.filter(project=project, item__in={task.item_id for task in tasks})
    # Seats of one priority are leased by id: lines of a page must get theirs in reading order.
    created = list(rows.filter(seats=None).order_by("pk"))
    Seat.objects.bulk_create(
        [seat for task in created for seat in _seats_of(project, task)], ignore_conflicts=True
    )
    return created


def _new_task(project: Project, item: Item) -> Task:
    arm_draw, order, audit_draw = draws_for(project.pk, item.sha256)
    if project.split_by_group and item.group:
        arm_draw, *_ = draws_for(project.pk, f"group {item.group}")
    if item.page and arm_draw >= project.random_share:
        # Lines of a page are read one after the other: the page draws, and equal places are served
        # in the order of items, which is that of reading. Each line of the random arm draws for
        # itself, since neighbours would be no uniform sample.
        _, order, _ = draws_for(project.pk, f"page {item.page.get('sha256')}")
    return drawn_task(project, (arm_draw, order, audit_draw), item=item)


def drawn_task(project: Project, draws: tuple[float, float, float], **shown: Any) -> Task:
    """Return a new task for what is shown, with the arm, order and audit that its draws give it."""
    arm_draw, order, audit_draw = draws
    arm = Task.Arm.RANDOM if arm_draw < project.random_share else Task.Arm.ACTIVE
    audit: dict[str, Any] | None = {} if audit_draw < project.audit_share else None
    return Task(project=project, arm=arm, priority=order, audit=audit, **shown)


def groups_can_be_split(dataset: Dataset) -> bool:
    """Whether a dataset has so many groups that a random share of them is never none or all."""
    groups = dataset.items.exclude(group="").order_by().values_list("group", flat=True)
    return len(groups.distinct()[:FEWEST_GROUPS]) == FEWEST_GROUPS


def draws_for(project_id: int, sha256: str) -> tuple[float, float, float]:
    """Return three uniform numbers in [0, 1) for an item in a project, always the same ones.

    The first decides the arm, the second the order within it, the third whether it is audited.
    They come from a hash, so opening the tasks again, in other batches or elsewhere, changes
    nothing.
    """
    word = hashlib.sha256(f"{project_id}:{sha256}".encode()).digest()
    first, second, third = (int.from_bytes(word[at : at + 6], "big") / 2**48 for at in (0, 6, 12))
    return first, second, third


def _seats_of(project: Project, task: Task) -> list[Seat]:
    return [
        Seat(
            project=project,
            task=task,
            no=no,
            arm=task.arm,
            lane=Seat.Lane.FRESH if no == 1 else Seat.Lane.PARALLEL,
            priority=task.priority,
        )
        for no in range(1, project.least_votes(task.arm) + 1)
    ]


def _checked_schema(task_type: str, document: Any) -> dict[str, Any]:
    try:
        return ALL_TASK_TYPES[task_type].check_schema(document)
    except RuleBroken as error:
        raise SchemaInvalid(str(error), fields={error.path or "schema": error.reason}) from error


@transaction.atomic
def change_schema(*, project: Project, document: Any, by: User) -> LabelSchema:
    """Make a new version of the label schema; labels may be added and retired, never removed."""
    rows = Project.objects.select_for_update(of=("self",)).select_related("schema")
    project = rows.get(pk=project.pk)
    assert project.schema is not None
    try:
        checked = ALL_TASK_TYPES[project.task_type].successor(project.schema.document, document)
    except RuleBroken as error:
        raise SchemaInvalid(str(error), fields={error.path or "schema": error.reason}) from error
    if checked == project.schema.document:
        return project.schema
    schema = LabelSchema.objects.create(
        project=project, version=project.schema.version + 1, document=checked, created_by=by
    )
    Project.objects.filter(pk=project.pk).update(schema=schema)
    if project.task_type in MERGED_TASK_TYPES or project.fit_id is not None:
        # What counts as the same answer, and what votes merge to, may follow the schema; and a fit
        # of other classes says nothing of these.
        refit_soon(project)
    AuditEvent.record(
        "project.schema_changed", actor=by, project_id=project.pk, version=schema.version
    )
    return schema


@transaction.atomic
def change_project(*, project: Project, by: User, **changes: Any) -> Project:
    """Change a project's settings; a new overlap rule is applied to its open tasks by a job."""
    overlap = {name: getattr(project, name) for name in ("min_votes", "max_votes", "confidence")}
    rates = {name: getattr(project, name) for name in ("gold_often", "gold_seldom")}
    check_overlap(overlap | rates | changes)
    if "consensus_method" in changes:
        check_method(project.task_type, changes["consensus_method"])
    if changes.get("consensus_method", project.consensus_method) != project.consensus_method:
        # Settings of another method, and the run that brought them, no longer hold.
        changes |= {"consensus_params": {}, "promoted_run": None}
    redraw = changes.get("audit_share", project.audit_share) != project.audit_share
    for name, value in changes.items():
        setattr(project, name, value)
    project.save(update_fields=[*changes])
    if redraw:
        _redraw_soon(project)
    elif (overlap.keys() | {"consensus_method", "model_in_consensus"}) & changes.keys():
        refit_soon(project, replan=True)
    AuditEvent.record("project.changed", actor=by, project_id=project.pk, fields=sorted(changes))
    return project


def _redraw_soon(project: Project) -> None:
    enqueue(
        "redraw_audit",
        payload={"project": project.pk},
        dedupe_key=f"redraw_audit:{project.pk}",
        project_id=project.pk,
    )


def refit_soon(project: Project, *, replan: bool = False) -> None:
    """Have labelers fitted anew and every verdict follow; `replan` gives all tasks new seats."""
    enqueue(
        "refit_consensus",
        payload={"project": project.pk, "replan": replan},
        dedupe_key=f"{'replan' if replan else 'refit'}:{project.pk}",
        project_id=project.pk,
    )


def check_overlap(options: dict[str, Any]) -> None:
    """Raise OverlapInvalid for a rule that cannot be followed."""
    least, most = options.get("min_votes", 2), options.get("max_votes", 5)
    if not 1 <= least <= most <= 50:
        raise OverlapInvalid(
            f"Votes per item must satisfy 1 ≤ min ≤ max ≤ 50, not min {least} and max {most}.",
            fields={"min_votes": "1 ≤ min ≤ max ≤ 50"},
        )
    if not 0.5 <= options.get("confidence", 0.95) <= 1:
        raise OverlapInvalid(
            "The confidence must lie between 0.5 and 1.", fields={"confidence": "0.5 to 1"}
        )
    if not 0 <= options.get("random_share", 0.1) <= 1:
        raise OverlapInvalid(
            "The random share must lie between 0 and 1.", fields={"random_share": "0 to 1"}
        )
    if not 0 <= options.get("audit_share", 0.02) <= 1:
        raise OverlapInvalid(
            "The audited share must lie between 0 and 1.", fields={"audit_share": "0 to 1"}
        )
    if not 0 <= options.get("repeat_share", 0.02) <= 0.5:
        raise Invalid(
            "The share of repeated questions must lie between 0 and 0.5.",
            fields={"repeat_share": "0 to 0.5"},
        )
    often, seldom = options.get("gold_often", OFTEN), options.get("gold_seldom", SELDOM)
    if not 0 <= seldom <= often <= 0.5:
        raise Invalid(
            "The shares of gold items must satisfy 0 ≤ seldom ≤ often ≤ 0.5, "
            f"not seldom {seldom:g} and often {often:g}.",
            fields={"gold_seldom": "0 ≤ seldom ≤ often ≤ 0.5"},
        )


def replan_task(*, project: Project, task: Task) -> None:
    """Give a task the seats that the overlap rule asks for now: no more, no fewer."""
    seats = Seat.objects.filter(task=task, lane__lt=Seat.Lane.GOLD)
    if not task.is_asked:
        seats.filter(state=Seat.State.FREE).update(state=Seat.State.CLOSED)
        return
    free = list(seats.filter(state=Seat.State.FREE).order_by("no"))
    held = seats.filter(state=Seat.State.HELD).count()
    wanted = max(project.least_votes(task.arm) - task.votes - held, 0 if held else 1)
    for seat in free[wanted:]:
        Seat.objects.filter(pk=seat.pk, state=Seat.State.FREE).update(state=Seat.State.CLOSED)
    lane = Seat.Lane.NEXT if task.votes else Seat.Lane.FRESH
    if free[:wanted] and not held:
        Seat.objects.filter(pk=free[0].pk, state=Seat.State.FREE).update(lane=lane)
    first_number = next_seat_number(task.pk)
    Seat.objects.bulk_create(
        Seat(
            project=project,
            task=task,
            no=first_number + extra,
            arm=task.arm,
            lane=lane if not (free or held or extra) else Seat.Lane.PARALLEL,
            priority=task.priority,
        )
        for extra in range(wanted - len(free))
    )
