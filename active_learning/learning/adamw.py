"""AdamW (Loshchilov and Hutter 2019) for the training loop, in the arithmetic of torch.optim.

`torch.optim` brings torch's compiler with it: two CPU seconds before the first step, as much as
all steps of a small network. The weights are the same to the bit.
"""

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn

MEAN_KEPT, SQUARE_KEPT = 0.9, 0.999  # of the moments, each step
TINY = 1e-8


class AdamW:
    """Moments of each of the `parameters`; `decay` shrinks the weights, in units of the rate."""

    def __init__(self, parameters: Iterable[nn.Parameter], decay: float) -> None:
        self.parameters = list(parameters)
        self.decay = decay
        self.steps = 0
        self.means = [torch.zeros_like(one) for one in self.parameters]
        self.squares = [torch.zeros_like(one) for one in self.parameters]

    def forget_gradients(self) -> None:
        """Before the next loss is differentiated."""
        for one in self.parameters:
            one.grad = None

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Move every parameter that has a gradient, in place."""
        self.steps += 1
        length = rate / (1 - MEAN_KEPT**self.steps)
        root = math.sqrt(1 - SQUARE_KEPT**self.steps)
        for one, mean, square in zip(self.parameters, self.means, self.squares, strict=True):
            if one.grad is None:
                continue
            one.mul_(1 - rate * self.decay)
            mean.lerp_(one.grad, 1 - MEAN_KEPT)
            square.mul_(SQUARE_KEPT).addcmul_(one.grad, one.grad, value=1 - SQUARE_KEPT)
            one.addcdiv_(mean, square.sqrt().div_(root).add_(TINY), value=-length)

    def state(self) -> dict[str, Tensor]:
        """What `load` reads: the moments by place, and the number of steps."""
        found = {"steps": torch.tensor(self.steps)}
        for place, (mean, square) in enumerate(zip(self.means, self.squares, strict=True)):
            found |= {f"{place}.mean": mean, f"{place}.square": square}
        return found

    def load(self, state: dict[str, Tensor]) -> None:
        """Go on where `state` was taken."""
        self.steps = int(state["steps"])
        for place, (mean, square) in enumerate(zip(self.means, self.squares, strict=True)):
            mean.copy_(state[f"{place}.mean"])
            square.copy_(state[f"{place}.square"])
