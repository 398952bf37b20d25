"""A fixed share of many rows, for what need not look at all of them."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import F, QuerySet

Rows = TypeVar("Rows", bound=QuerySet[Any])
# Multiplying by a large primitive root modulo a prime scatters the ids (Fishman and Moore, An
# exhaustive analysis of multiplicative congruential random number generators, 1986), so that the
# share is independent of any pattern in the order of the items.
ROOT, PRIME = 742_938_285, 2_147_483_647


def fixed_share(rows: Rows, count: int, cap: int) -> Rows:
    """Return about `cap` of the `count` rows, always the same ones; all where there are fewer."""
    share = -(-count // cap)
    if share <= 1:
        return rows
    return rows.alias(scattered=(F("pk") * ROOT) % PRIME % share).filter(scattered=0)
