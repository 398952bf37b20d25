"""The optimiser: torch's own arithmetic, and it goes on where it was."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.torch

RATES = (0.01, 0.003, 0.02, 0.001)
DECAY = 0.02


def lessons(seed: int) -> list[Any]:
    import torch

    generator = torch.Generator().manual_seed(seed)
    return [torch.randn((5, 3), generator=generator) for _ in RATES]


def learned(steps: int, *, after: Any = None) -> tuple[Any, Any]:
    """A weight after so many steps, and the optimiser; with `after`, the steps that follow it."""
    import torch

    from active_learning.learning.adamw import AdamW

    weight = torch.nn.Parameter(torch.ones(5, 3))
    idle = torch.nn.Parameter(torch.ones(2))
    optimiser = AdamW([weight, idle], DECAY)
    if after is not None:
        with torch.no_grad():
            weight.copy_(after[0])
        optimiser.load(after[1].state())
    for rate, gradient in list(zip(RATES, lessons(0), strict=True))[optimiser.steps : steps]:
        optimiser.forget_gradients()
        (weight * gradient).sum().backward()
        optimiser.step(rate)
    assert idle.tolist() == [1.0, 1.0]
    return weight, optimiser


def test_weights_are_those_of_torch_to_the_bit() -> None:
    import torch

    own, _ = learned(4)
    weight = torch.nn.Parameter(torch.ones(5, 3))
    theirs = torch.optim.AdamW([weight], lr=1.0, weight_decay=DECAY)
    for rate, gradient in zip(RATES, lessons(0), strict=True):
        theirs.param_groups[0]["lr"] = rate
        theirs.zero_grad()
        (weight * gradient).sum().backward()
        theirs.step()
    assert torch.equal(own, weight)


def test_it_goes_on_where_it_was() -> None:
    import torch

    straight, _ = learned(4)
    resumed, _ = learned(4, after=learned(2))
    assert torch.equal(straight, resumed)
