"""Times by the database's clock, which all processes share; a worker's own clock may be wrong."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import DateTimeField, Expression, ExpressionWrapper, Value
from django.db.models.functions import Now


def now() -> Expression:
    """Return the database's present moment, for use in a query."""
    return Now()


def in_future(delta: timedelta) -> Expression:
    """Return the moment `delta` after (or, negative, before) the database's present."""
    return ExpressionWrapper(Now() + Value(delta), output_field=DateTimeField())
