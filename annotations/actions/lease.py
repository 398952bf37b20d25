"""Lease: give a labeler the next tasks for a while, and take them back when the while is over."""

from __future__ import annotations

import random
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, F, Min, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Now
from django.utils import timezone

from annotations.actions.gold_seats import draw_gold
from annotations.actions.hidden_seats import disguised, give_hidden_seats
from annotations.actions.hot_path import MOST_HELD, free_seats, hold_seats
from annotations.actions.proposals import show_proposals
from annotations.actions.repeats import draw_repeats
from annotations.actions.route import WINDOW, best_suited, look_at, may_route
from annotations.models import Draft, Membership, Project, Seat, Task
from labelhub.accounts.models import User
from labelhub.errors import Conflict, NotFound
from labelhub.sealed import unseal

# How many seats at the head of a lane are looked at for one that this labeler has not taken part
# in. Bounded, so that a lease costs the same in a queue of any length.
HEAD = 32
# Then as many as there may be that others are claiming or ordering anew at this very moment. Only
# where that is not enough either, all free seats are looked at, which takes long in a long queue.
WIDE_HEAD = 2_000
CLAIM_ATTEMPTS = 4

Lease = Seat  # a held seat is a lease


class LeaseLost(Conflict):
    """The seat went to somebody else, or is answered: the work stays with the client as a draft."""

    code = "lease_lost"


@dataclass(frozen=True)
class Offer:
    """What a labeler is given: leases with task and item loaded, and why when there are none."""

    leases: list[Seat]
    message: str | None = None
    paused: bool = False  # they themselves, so that they may ask the managers


def lease_tasks(
    *,
    project: Project,
    labeler: User,
    count: int = 1,
    resume: bool = False,
    hold_seconds: int | None = None,
) -> Offer:
    """Give a labeler up to `count` tasks new to them; `resume` gives back held ones first.

    `hold_seconds` is for work without a line: all that is given is held for so long at least.
    """
    if project.state != Project.State.ACTIVE:
        return Offer([], f"This project is {project.state}.")
    leases = held_leases(project=project, labeler=labeler)[:count] if resume else []
    show_proposals(project=project, labeler_id=labeler.pk, seats=leases)
    if hold_seconds is not None:
        project = _held_longer(project, hold_seconds)
        _prolong(leases, hold_seconds)
    if len(leases) < count:
        leases += _claim(project, labeler, count - len(leases))
    if not leases and reap_leases(project=project):
        leases = _claim(project, labeler, count)
    leases = in_reading_order(leases)
    if resume:
        show_drafts(labeler_id=labeler.pk, seats=leases)
    return Offer(leases) if leases else no_offer(project=project, labeler=labeler)


def show_drafts(*, labeler_id: int, seats: list[Seat]) -> None:
    """Put on each seat what its labeler has begun there, perhaps at another computer."""
    drafts = Draft.objects.by_seat(labeler_id=labeler_id, seats=seats)
    for seat in seats:
        seat.draft = drafts.get(seat.pk)


def in_reading_order(leases: list[Seat]) -> list[Seat]:
    """Return leases with the lines of each page together, as they are read; others stay."""
    first: dict[str, int] = {}
    places = []
    for at, seat in enumerate(leases):
        item = seat.task.item
        place = first.setdefault(item.page["sha256"], at) if item.page else at
        places.append((place, item.pk if item.page else 0, at))
    return [leases[at] for _, _, at in sorted(places)]


def _held_longer(project: Project, seconds: int) -> Project:
    """Return the project as it would be with longer leases; never saved."""
    other = copy(project)
    other.lease_seconds = max(project.lease_seconds, seconds)
    return other


def _prolong(leases: list[Seat], seconds: int) -> None:
    """Hold what a labeler holds already for so long from now, where it would end before."""
    end = timezone.now() + timedelta(seconds=seconds)
    short = [seat for seat in leases if seat.until is None or seat.until < end]
    for seat in short:
        seat.until = end
    Seat.objects.filter(
        pk__in=[seat.pk for seat in short], state=Seat.State.HELD, until__gt=Now()
    ).update(until=Now() + timedelta(seconds=seconds))


def no_offer(*, project: Project, labeler: User) -> Offer:
    """Return an empty offer that says why it is empty."""
    pause = Membership.objects.filter(project=project, user=labeler, paused_at__isnull=False)
    for reason in pause.values_list("paused_reason", flat=True):
        return Offer([], f"Your work here is paused. {reason}".strip(), paused=True)
    return Offer([], why_nothing(project=project, labeler=labeler))


def held_leases(*, project: Project, labeler: User) -> list[Seat]:
    """Return what a labeler holds in a project and may still answer, in the order of leasing."""
    seats = Seat.objects.filter(
        project=project, labeler=labeler, state=Seat.State.HELD, until__gt=Now()
    )
    shown = seats.select_related("task__item", *(["task__other_item"] if project.of_pairs else []))
    return [disguised(seat) for seat in shown.order_by("until", "-priority", "pk")]


def _claim(project: Project, labeler: User, count: int) -> list[Seat]:
    for attempt in range(CLAIM_ATTEMPTS):
        try:
            with transaction.atomic():
                return claim_seats(project=project, labeler_id=labeler.pk, count=count)
        except IntegrityError:
            # The same labeler took another seat of the task in a second tab, at the same moment.
            if attempt == CLAIM_ATTEMPTS - 1:
                raise
    return []


def claim_seats(*, project: Project, labeler_id: int, count: int) -> list[Seat]:
    """Hold the next seats for a labeler in the caller's transaction, with their proposals."""
    seats = _claim_with_tests(project, labeler_id, count)
    show_proposals(project=project, labeler_id=labeler_id, seats=seats)
    return seats


def _claim_with_tests(project: Project, labeler_id: int, count: int) -> list[Seat]:
    """Hold the best seats, and some gold.

    A gold item, or what they answered long ago, takes the place of a seat that waits, and looks as
    that one would have looked.
    """
    tests = draw_gold(project, labeler_id, count) if project.gold_count else []
    left = count - len(tests)
    again = draw_repeats(project, labeler_id, left) if project.repeat_share else []
    found = _claim_best(project, labeler_id, left - len(again))
    if not (tests or again):
        return found
    models = found or _claimable(project, labeler_id)
    if models:  # whoever has nothing left to answer is not tested for ever
        gold = [item.task for item in tests]
        hidden = give_hidden_seats(project, labeler_id, gold, models, Seat.Lane.GOLD)
        hidden += give_hidden_seats(project, labeler_id, again, models, Seat.Lane.REPEAT)
        found = [*found, *hidden]
        random.shuffle(found)
    return found


def _claimable(project: Project, labeler_id: int) -> list[Seat]:
    """Return a seat that the labeler could be given now, without holding it."""
    arms = [Task.Arm.ACTIVE, Task.Arm.RANDOM]
    if random.random() < project.random_share:
        arms.reverse()
    for arm in arms:
        seats = free_seats(project, labeler_id, arm, head=HEAD, count=1, everything=False)
        if seats:
            return seats
    return []


def _claim_best(project: Project, labeler_id: int, count: int) -> list[Seat]:
    """Hold the best free seats, on distinct tasks.

    Each of the `count` draws goes to the random arm with the project's random share, so the items
    of that arm are a uniform sample of what is served, for ever.
    """
    draws = sum(random.random() < project.random_share for _ in range(count))
    wanted = {Task.Arm.RANDOM: draws, Task.Arm.ACTIVE: count - draws}
    found: list[Seat] = []
    arms = sorted(wanted, key=lambda arm: -wanted[arm])
    for arm in arms:
        found += _take(project, labeler_id, arm, wanted[arm], found)
    # An arm that has run out is made up for by the other; then any free seat at all will do.
    for head, everything in ((HEAD, False), (WIDE_HEAD, False), (WIDE_HEAD, True)):
        for arm in arms:
            if len(found) < count:
                missing = count - len(found)
                found += _take(
                    project, labeler_id, arm, missing, found, head=head, everything=everything
                )
    return found


def _take(
    project: Project,
    labeler_id: int,
    arm: str,
    count: int,
    found: list[Seat],
    *,
    head: int = HEAD,
    everything: bool = False,
) -> list[Seat]:
    if count <= 0:
        return []
    look = count if everything else look_at(project, arm, count)
    seats = free_seats(project, labeler_id, arm, head=head, count=look, everything=everything)
    routed = not everything and may_route(project, seats)
    if routed and look < WINDOW:
        look = WINDOW
        seats = free_seats(project, labeler_id, arm, head=head, count=look, everything=False)
    taken = {seat.task_id for seat in found}
    seats = [seat for seat in _one_per_task(seats) if seat.task_id not in taken]
    if routed:
        seats = best_suited(project=project, labeler_id=labeler_id, seats=seats, count=count)
    return _hold(seats[:count], labeler_id, project.lease_seconds)


def _one_per_task(seats: list[Seat]) -> list[Seat]:
    first: dict[int, Seat] = {}
    for seat in seats:
        first.setdefault(seat.task_id, seat)
    return list(first.values())


def _hold(seats: list[Seat], labeler_id: int, seconds: int) -> list[Seat]:
    if not seats:
        return []
    if hold_seats(seats, labeler_id, seconds) != len(seats):
        raise IntegrityError("a seat was taken between choosing and holding it")
    until = timezone.now() + timedelta(seconds=seconds)
    for seat in seats:
        seat.labeler_id, seat.token, seat.until = labeler_id, seat.token + 1, until
        seat.state = Seat.State.HELD
    return seats


def reap_leases(*, project: Project | None = None) -> int:
    """Free the seats whose time is over; their last holder may still answer until they are taken.

    Returns how many. The database's clock decides, so a machine with a wrong clock does no harm.
    """
    expired = Seat.objects.filter(state=Seat.State.HELD, until__lte=Now())
    if project is not None:
        expired = expired.filter(project=project)
    return free_leases(expired)


def free_leases(seats: QuerySet[Seat]) -> int:
    """Free some seats; hidden ones stay their labeler's, who is never given the same twice.

    Those of tasks that were set aside meanwhile are closed.
    """
    kept = When(lane__gte=Seat.Lane.GOLD, then=F("labeler"))
    aside = Exists(Task.objects.filter(pk=OuterRef("task_id"), aside=True))
    state = Case(When(aside, then=Value(Seat.State.CLOSED)), default=Value(Seat.State.FREE))
    return seats.update(state=state, labeler=Case(kept, default=Value(None)), until=None)


def find_lease(*, lease_id: str, labeler: User) -> tuple[int, int]:
    """Return seat id and token of a lease id (`Seat.lease_id`); raises NotFound if it is none."""
    word, _, token = str(lease_id).partition(".")
    seat = unseal(word)
    if seat is None or not (token.isascii() and token.isdecimal() and len(token) < 10):
        raise NotFound("This is not the id of a lease.", code="lease_unknown")
    return seat, int(token)


def held_by(labeler: User, token: int) -> Q:
    """When a lease still stands: held by them, or free and last held by them."""
    return Q(token=token) & (
        Q(state=Seat.State.HELD, labeler=labeler)
        | Q(state=Seat.State.FREE, last_labeler_id=labeler.pk)
    )


def still_held(seat: Seat, labeler: User, token: int) -> bool:
    """The same condition on a locked row."""
    if seat.token != token:
        return False
    if seat.state == Seat.State.HELD:
        return seat.labeler_id == labeler.pk
    return seat.state == Seat.State.FREE and seat.last_labeler_id == labeler.pk


def leased_seat(lease_id: str, labeler: User) -> tuple[Seat, int]:
    """Return the seat of a lease id, and the id's token; whoever has left knows of no lease."""
    seat_id, token = find_lease(lease_id=lease_id, labeler=labeler)
    seat = Seat.objects.select_related("project", "task").filter(pk=seat_id).first()
    if seat is None or not (labeler.is_admin or is_member(seat.project_id, labeler)):
        raise NotFound("This lease does not exist.", code="lease_unknown")
    return seat, token


def is_member(project_id: int, labeler: User) -> bool:
    return Membership.objects.filter(project=project_id, user=labeler, active=True).exists()


@transaction.atomic
def extend_lease(*, lease_id: str, labeler: User) -> datetime:
    """Start a lease's time anew; return when it ends. Raises LeaseLost if it no longer stands."""
    seat, token = leased_seat(lease_id, labeler)
    seconds = seat.project.lease_seconds
    try:
        with transaction.atomic():
            kept = Seat.objects.filter(held_by(labeler, token), pk=seat.pk).update(
                state=Seat.State.HELD, labeler=labeler, until=Now() + timedelta(seconds=seconds)
            )
    except IntegrityError:
        kept = 0
    if not kept:
        raise LeaseLost("This lease ran out and the task was given to somebody else.")
    return timezone.now() + timedelta(seconds=seconds)


def give_back(*, lease_ids: Iterable[str], labeler: User) -> int:
    """Free those of some leases that the labeler holds still; return how many.

    What they answered, and what went to somebody else meanwhile, is left as it is.
    """
    mine = [find_lease(lease_id=lease_id, labeler=labeler) for lease_id in lease_ids]
    held = Seat.objects.filter(
        pk__in=[seat for seat, _ in mine], labeler=labeler, state=Seat.State.HELD
    )
    tokens = dict(mine)
    standing = [pk for pk, token in held.values_list("pk", "token") if tokens[pk] == token]
    Draft.objects.filter(labeler=labeler, seat__in=standing).delete()
    return free_leases(held.filter(pk__in=standing))


def next_seat_number(task_id: int) -> int:
    """Return the first number above all seats of a task."""
    last = Seat.objects.filter(task_id=task_id).order_by("-no").values_list("no", flat=True).first()
    return (last or 0) + 1


def why_nothing(*, project: Project, labeler: User) -> str:
    """Say in a sentence why a labeler gets no task now, and when that may change."""
    tasks = Task.objects.filter(project=project)
    if not tasks.exists():
        return f"This project has no {'pairs' if project.of_pairs else 'items'} yet."
    if len(held_leases(project=project, labeler=labeler)) >= MOST_HELD:
        return f"You hold {MOST_HELD} items; answer or release some of them first."
    held = Seat.objects.filter(project=project, state=Seat.State.HELD, lane__lt=Seat.Lane.GOLD)
    others = held.filter(until__gt=Now()).exclude(
        Q(labeler=labeler) | Q(task__seats__labeler=labeler)
    )
    first = others.aggregate(first=Min("until"))["first"]
    if first is not None:
        count = others.values("task_id").distinct().count()
        left = max(0, int((first - timezone.now()).total_seconds()))
        noun, verb = ("item", "is") if count == 1 else ("items", "are")
        wait = f"{left // 60}:{left % 60:02d}"
        return f"{count} {noun} {verb} held by others; the next is free in {wait}."
    waiting = tasks.filter(status=Task.Status.OPEN, aside=False).count()
    if waiting:
        noun = "item waits" if waiting == 1 else "items wait"
        return f"You have answered all that is open to you; {waiting} {noun} for other labelers."
    aside = tasks.filter(status=Task.Status.OPEN, aside=True).count()
    if aside:
        noun = "item was" if aside == 1 else "items were"
        return (
            f"Every item is answered but those a reviewer looks at first: {aside} {noun} set aside."
        )
    return "Every item is answered. Thank you."
