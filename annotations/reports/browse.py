"""Looking through a project's items: which tasks a set of filters names, and about how many.

Every filter is one that an index serves, so that a page of a million items takes no longer than one
of a thousand. None of them is a path that a caller wrote.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from annotations.models import Annotation, Item, ItemTag, Project, Tag, Task
from labelhub.database import planned_for_its_values

# Up to here items are counted; beyond, PostgreSQL is asked what it expects, SQLite says "more".
EXACT = 20_000
# API name -> lookup.
LOOKUPS = {
    "status": "status",
    "arm": "arm",
    "label": "label",
    "min_confidence": "confidence__gte",
    "max_confidence": "confidence__lte",
    "min_agreement": "agreement__gte",
    "max_agreement": "agreement__lte",
    "min_votes": "votes__gte",
    "max_votes": "votes__lte",
    "split": "item__split",
    "group": "item__group",
    "text": "answer__text__icontains",
}
# API name -> what of a prediction it looks at, and what its value means there.
OF_MODEL: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "predicted": ("predicted", lambda name: name),
    "min_uncertainty": ("probability__lte", lambda share: 1 - share),
    "max_uncertainty": ("probability__gte", lambda share: 1 - share),
}
OF_ITEMS = ("split", "group", "file", "metadata")
# API name of an order -> the columns that it walks; with a leading - it is turned round.
ORDERS: dict[str, tuple[str, ...]] = {
    "priority": ("priority",),
    "confidence": ("confidence",),
    "agreement": ("agreement",),
    "votes": ("votes",),
    "label": ("label",),
    "status": ("status",),
    "settled": ("settled_at",),
    "uncertainty": ("-score__probability", "score__task_id"),
    "file": ("item__filename", "item_id"),
    "split": ("item__split", "item_id"),
    "group": ("item__group", "item_id"),
}


def tasks_where(
    project: Project, wanted: Mapping[str, Any], using: str = "default"
) -> QuerySet[Task]:
    """Return the tasks of a project that the filters name, by API name; unknown names are errors.

    Of a pair one item is enough: its split, group, tag, file name or metadata.
    """
    rows = Task.objects.using(using).filter(project=project)
    if any(name in OF_ITEMS for name in wanted):
        rows = rows.filter(item__dataset_id=project.dataset_id)  # what their indexes begin with
    if any(name in OF_MODEL for name in wanted):
        rows, said = with_predictions(rows, project)
    for name, value in wanted.items():
        if name in OF_MODEL:
            column, meant = OF_MODEL[name]
            rows = rows.filter(**{f"{said}{column}": meant(value)})
        elif name in LOOKUPS:
            rows = rows.filter(**{LOOKUPS[name]: value})
        else:
            rows = rows.filter(_SPECIAL[name](project, value))
    return rows


def with_predictions(rows: QuerySet[Task], project: Project) -> tuple[QuerySet[Task], str]:
    """Return rows, and the prefix by which filters name what pages show of the predictions.

    While a version arrives that is what was said before it, and no index serves it.
    """
    if not project.model_versions.filter(arriving=True).exists():
        return rows, "score__"
    arriving = Q(score__version__arriving=True)
    said = {
        f"said_{name}": Case(
            When(arriving, then=F(f"score__before_{name}")), default=F(f"score__{name}")
        )
        for name in ("predicted", "probability")
    }
    return rows.alias(**said), "said_"


def arriving_versions(project: Project) -> list[int]:
    """Return the ids of model versions whose predictions are being written and not yet shown."""
    return list(project.model_versions.filter(arriving=True).values_list("pk", flat=True))


def ordered_by(ordering: str, rows: QuerySet[Task], project: Project) -> QuerySet[Task]:
    """Say again what the project implies, where an order walks an index of the dataset's items."""
    columns = ORDERS.get(ordering.removeprefix("-"), ())
    if any(column.startswith("item__") for column in columns):
        return rows.filter(item__dataset_id=project.dataset_id)
    return rows


def _flagged(_: Project, value: bool) -> Q:
    return Q(flags__gt=0) if value else Q(flags=0)


def _labeler(project: Project, value: int) -> Any:
    votes = Annotation.objects.filter(
        task=OuterRef("pk"), project=project, labeler=value, current=True
    )
    return Exists(votes)


def _tag(project: Project, value: str) -> Any:
    # Its id, not its name: so the planner knows whether this tag is on ten items or on all.
    tag = Tag.objects.filter(dataset=project.dataset_id, name=value).values_list("pk", flat=True)
    uses = ItemTag.objects.filter(tag=tag.first() or 0)
    named = Exists(uses.filter(item=OuterRef("item")))
    return named | Exists(uses.filter(item=OuterRef("other_item"))) if project.of_pairs else named


def _file(project: Project, value: str) -> Q:
    named = Q(item__filename__icontains=value)
    return named | Q(other_item__filename__icontains=value) if project.of_pairs else named


def _metadata(_: Project, value: tuple[str, str]) -> Any:
    """Metadata hold texts and numbers; both are written the same in an address."""
    key, text = value
    if connection.vendor != "postgresql":
        value_of = Cast(KeyTextTransform(key, "metadata"), CharField())
        return Exists(Item.objects.alias(found=value_of).filter(pk=OuterRef("item"), found=text))
    found = Q(item__metadata__contains={key: text})
    try:
        number = json.loads(text)
    except ValueError:
        return found
    if isinstance(number, bool | int | float):
        found |= Q(item__metadata__contains={key: number})
    return found


_SPECIAL: dict[str, Any] = {
    "flagged": _flagged,
    "labeler": _labeler,
    "tag": _tag,
    "file": _file,
    "metadata": _metadata,
}
FILTERS = frozenset({*LOOKUPS, *OF_MODEL, *_SPECIAL})


@dataclass(frozen=True)
class Estimate:
    """How many rows there are: counted, or about, or (`about` and a full count) more than that."""

    count: int
    exact: bool


def count_about(rows: QuerySet[Any], *, exact_to: int = EXACT) -> Estimate:
    """Count rows as long as that is quick; beyond, say about how many there are.

    The count stops one row after `exact_to`, so it costs the same however many there are.
    """
    rows = rows.order_by()
    expected = _expected(rows)
    if expected is not None and expected > 4 * exact_to:
        return Estimate(expected, exact=False)
    with planned_for_its_values():
        counted = rows.values("pk")[: exact_to + 1].count()
    if counted <= exact_to:
        return Estimate(counted, exact=True)
    return Estimate(max(exact_to, expected or 0), exact=False)


def _expected(rows: QuerySet[Any]) -> int | None:
    """What the planner of PostgreSQL expects; None on SQLite, whose planner does not say."""
    if connection.vendor != "postgresql":
        return None
    # EXPLAIN is never prepared, so it plans for the values of the filters.
    (plan,) = json.loads(rows.values("pk").explain(format="json"))
    return int(plan["Plan"]["Plan Rows"])


def tags_of(items: Iterable[int]) -> dict[int, list[str]]:
    """Return the tags of some items by item id, in one query."""
    found: dict[int, list[str]] = {}
    rows = ItemTag.objects.filter(item__in=list(items)).order_by("tag__name")
    for item, name in rows.values_list("item_id", "tag__name"):
        found.setdefault(item, []).append(name)
    return found
