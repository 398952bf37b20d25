"""Silent repeats: ask a labeler again what they answered a while ago, to see how steady they are.

The second answer is kept beside the first and is no vote: consensus never hears of it.
"""

from __future__ import annotations

import random
from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from annotations.models import Annotation, GoldItem, Project, Seat, Task

WINDOW = 16  # answers that are looked at for some that were not repeated yet
# Answers that somebody gave one by one: neither many at once nor brought along in a file.
SINGLY = (Annotation.Source.BROWSER, Annotation.Source.API, Annotation.Source.SIMULATOR)


def draw_repeats(project: Project, labeler_id: int, count: int) -> list[Task]:
    """Return the tasks, answered by this labeler long enough ago, to ask them once more.

    Most draws are decided before the database is asked anything, and the rest looks at one short
    stretch of their answers, so that it costs the same after any number of them.
    """
    wanted = sum(random.random() < project.repeat_share for _ in range(count))
    if not wanted:
        return []
    old = _old_answers(project, labeler_id)
    if old is None:
        return []
    rows = list(_repeatable(project, labeler_id, old))
    return [row.task for row in random.sample(rows, min(wanted, len(rows)))]


def _old_answers(project: Project, labeler_id: int) -> list[int] | None:
    """Return the ids of a stretch of the labeler's answers that are old enough, by chance."""
    mine = Annotation.objects.filter(project=project, labeler=labeler_id).order_by()
    ids = mine.values_list("pk", flat=True)
    newest = list(ids.order_by("-pk")[project.repeat_answers : project.repeat_answers + 1])
    oldest = ids.order_by("pk").first()
    if not newest or oldest is None:
        return None
    start = random.randint(oldest, newest[0])
    before = list(ids.filter(pk__lte=start).order_by("-pk")[: WINDOW // 2])
    after = list(ids.filter(pk__gt=start, pk__lte=newest[0]).order_by("pk")[: WINDOW // 2])
    return before + after


def _repeatable(project: Project, labeler_id: int, ids: list[int]) -> QuerySet[Annotation]:
    """Those of some answers that may be repeated: once each, and never where the answer is known.

    What is gold, flagged or decided by a reviewer may have been talked about; the second answer
    would tell of that, and not of the labeler.
    """
    gold = GoldItem.objects.filter(task=OuterRef("task"), active=True)
    again = Seat.objects.filter(task=OuterRef("task"), labeler=labeler_id, lane=Seat.Lane.REPEAT)
    pictures = ["task__item", *(["task__other_item"] if project.of_pairs else [])]
    return (
        Annotation.objects.filter(
            pk__in=ids,
            current=True,
            gold_right__isnull=True,
            source__in=SINGLY,
            created_at__lte=timezone.now() - timedelta(days=project.repeat_days),
            task__adjudicated=False,
            task__flags=0,
        )
        .exclude(Exists(gold))
        .exclude(Exists(again))
        .select_related(*pictures)
    )
