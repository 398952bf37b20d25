"""Policies that an experiment sets against each other: names -> options of a project."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_NAMED = re.compile(r"(uniform|margin)([1-9]\d?)")
_SURE = re.compile(r"default@(0\.\d{1,4})")


class PolicyUnknown(ValueError):
    """No policy has this name; the message says which there are."""


@dataclass(frozen=True)
class Policy:
    """How a project asks; empty `options` are the product's own defaults."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def named(cls, name: str) -> Policy:
        """`default`, `default@0.9` (the same, settled at that confidence), or `uniform3` and
        `margin1`: an order and a fixed number of votes per item.
        """
        if name == "default":
            return cls(name)
        if (sure := _SURE.fullmatch(name)) and 0 < float(sure[1]) < 1:
            return cls(name, {"confidence": float(sure[1])})
        found = _NAMED.fullmatch(name)
        if found is None:
            raise PolicyUnknown(f"{name!r} is none of default, default@0.9, uniform1, margin2 ...")
        return cls(name, {"strategy": found[1]} | fixed_votes(int(found[2])))

    def for_one_labeler(self) -> Policy:
        """The same order where one perfect labeler answers: more votes would say nothing new."""
        return Policy(self.name, self.options | fixed_votes(1))


def fixed_votes(count: int) -> dict[str, Any]:
    """Options by which each item gets so many votes of people, and all of them are learned from."""
    votes = {"min_votes": count, "max_votes": count, "confidence": 0.5}
    votes |= {"model_in_consensus": False}
    return votes | {"random_share": 0.0, "audit_share": 0.0}
