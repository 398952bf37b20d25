"""Splits of a release: whole units to sides, steady from one release to the next."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

Shares = Mapping[str, float]


class BadShares(ValueError):
    """Shares that cannot be: not between 0 and 1, not together 1, or without a name."""


def check_shares(shares: Shares) -> dict[str, float]:
    """Return the shares as they will be kept; raises BadShares with a sentence."""
    if not 1 <= len(shares) <= 10:
        raise BadShares("name between one and ten splits")
    for name, share in shares.items():
        if not name.strip() or len(name) > 40 or not name.isprintable():
            raise BadShares(f"{name!r} cannot be the name of a split")
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
            raise BadShares(f"the share of {name} must lie above 0 and not above 1")
    if abs(sum(shares.values()) - 1) > 1e-6:
        raise BadShares(f"the shares must be 1 together, they are {sum(shares.values()):g}")
    return {name: float(share) for name, share in shares.items()}


def assign(
    sizes: Mapping[str, int], shares: Shares, *, before: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Give each unit (a group, or an item on its own) a side; `sizes` counts its items.

    A unit that had a side in the release before keeps it: nothing that a network was trained on
    can come back as a test. New ones come in the order of their hashes, each to the side that
    lacks most of its share, so the result depends on nothing but names and sizes.
    """
    kept = {unit: side for unit, side in (before or {}).items() if unit in sizes and side in shares}
    have = dict.fromkeys(shares, 0)
    for unit, side in kept.items():
        have[side] += sizes[unit]
    total = sum(sizes.values())
    for unit in sorted(sizes.keys() - kept.keys(), key=_draw):
        side = max(shares, key=lambda name: shares[name] * total - have[name])
        kept[unit] = side
        have[side] += sizes[unit]
    return kept


def leaks(sides: Iterable[tuple[str, str]]) -> list[str]:
    """Return the groups that lie on more than one side, of (group, side) pairs; no group is ''."""
    first: dict[str, str] = {}
    torn = {group for group, side in sides if group and first.setdefault(group, side) != side}
    return sorted(torn)


def _draw(unit: str) -> bytes:
    return hashlib.sha256(unit.encode()).digest()
