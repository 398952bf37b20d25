"""Policies that an experiment sets against each other: names -> options of a project."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_NAMED = re.compile(r"(uniform|margin)([1-9]\d?)")


class PolicyUnknown(ValueError):
    """No policy has this name; the message says which there are."""


@dataclass(frozen=True)
class Policy:
    """How a project asks; empty `options` are the product's own defaults."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def named(cls, name: str) -> Policy:
        """`default`, or `uniform3` and `margin1`: an order and a fixed number of votes per item."""
        if name == "default":
            return cls(name)
        found = _NAMED.fullmatch(name)
        if found is None:
            raise PolicyUnknown(f"{name!r} is none of default, uniform1, uniform3, margin2 ...")
        return cls(name, {"strategy": found[1]} | fixed_votes(int(found[2])))

    def for_one_labeler(self) -> Policy:
        """The same order where one perfect labeler answers: more votes would say nothing new."""
        return Policy(self.name, self.options | fixed_votes(1))


def fixed_votes(count: int) -> dict[str, Any]:
    """Options by which each item gets so many votes, and all of them are learned from."""
    votes = {"min_votes": count, "max_votes": count, "confidence": 0.5}
    return votes | {"random_share": 0.0, "audit_share": 0.0}
