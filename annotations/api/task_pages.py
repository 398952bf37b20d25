"""Pages of tasks: by uncertainty they show one version's word, also while the next one arrives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from rest_framework.request import Request

from labelhub.http.pagination import KeysetPagination

if TYPE_CHECKING:
    from rest_framework.views import APIView

SAID = "score__probability"
SAID_BEFORE = "score__before_probability"


class TaskPages(KeysetPagination):
    """While versions arrive, which the view's `arriving` names, two walks are merged.

    What they have written keeps beside it what was shown before; the rest still says that itself.
    An index serves either walk, and each is read as far as one page.
    """

    arriving: Sequence[int] = ()

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        self.arriving = getattr(view, "arriving", ())
        return super().paginate_queryset(queryset, request, view)

    def read(self, queryset: QuerySet[Any], cursor: list[Any] | None) -> list[Any]:
        if self.columns[0] != SAID or not self.arriving:
            return super().read(queryset, cursor)
        wanted, page = self.limit + 1, []
        new = Q(score__version__in=self.arriving)
        if cursor is None or cursor[0] is not None:
            page = self._merged(queryset, new, cursor, wanted)
            cursor = None
        if len(page) < wanted:
            unsaid = Q(score__isnull=True) | (new & Q(**{f"{SAID_BEFORE}__isnull": True}))
            behind = cursor[-1:] if cursor else None
            page += self.take(queryset.filter(unsaid), ("pk",), behind, wanted - len(page))
        return page

    def _merged(
        self, queryset: QuerySet[Any], new: Q, cursor: list[Any] | None, wanted: int
    ) -> list[Any]:
        still = queryset.filter(~new, **{f"{SAID}__isnull": False})
        before = queryset.filter(new, **{f"{SAID_BEFORE}__isnull": False})
        rows = self.take(still, self.columns, cursor, wanted)
        rows += self.take(before, (SAID_BEFORE, *self.columns[1:]), cursor, wanted)
        return sorted(rows, key=self.place_of, reverse=self.descending)[:wanted]

    def place_of(self, row: Any) -> list[Any]:
        place = super().place_of(row)
        if self.columns[0] == SAID:
            score = getattr(row, "score", None)
            shown = score.shown() if score is not None else None
            place[0] = shown["probability"] if shown else None
        return place
