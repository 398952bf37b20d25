"""The training loop of the networks: stops politely, goes on where it was, same bytes by seed."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from active_learning.learning.adamw import AdamW
from active_learning.learning.checkpoint import CheckpointFolder
from active_learning.learning.errors import Cancelled
from active_learning.learning.recipes.base import Event, Run

CHECKPOINT_SECONDS = 0.5  # of CPU: a killed run loses no more than this and an epoch
Step = Callable[[int, torch.Generator], tuple[Tensor, float | None]]
Validate = Callable[[], tuple[float | None, float | None]]


def no_validation() -> tuple[None, None]:
    """For trainings without a validation part."""
    return None, None


class Loop:
    """AdamW with one cycle (Loshchilov and Hutter 2019; Smith 2018).

    All that the next step depends on is in the network, the optimiser, the generator and the
    step number; all four are in every checkpoint, so that resuming changes nothing.
    """

    def __init__(
        self,
        network: nn.Module,
        run: Run,
        identity: dict[str, Any],
        *,
        steps: int,
        peak_rate: float,
        decay: float,
        epoch_steps: int = 25,
    ) -> None:
        self.network, self.run = network, run
        self.step, self.steps, self.epoch_steps = 0, steps, epoch_steps
        self.peak_rate = peak_rate
        self.generator = torch.Generator().manual_seed(run.seed)
        self.optimiser = AdamW(network.parameters(), decay)
        self.checkpoints = CheckpointFolder(run.checkpoint_folder, identity)
        self.spent_before = self.saved_at = 0.0

    def train(self, one_step: Step, validate: Validate = no_validation) -> None:
        """Train the network in place; raise Cancelled (checkpoint kept) when asked to stop.

        `one_step(step, generator)` gives the loss of one batch and the share it got right, or
        None; `validate()` gives loss and accuracy on other items, or None.
        """
        self._resume()
        while self.step < self.steps:
            loss, right = self._epoch(one_step)
            self._report(loss, right, *validate())
            self._mind_the_budget()
            self._keep(force=False)
        self.checkpoints.clear()
        self.network.eval()

    def cpu_seconds(self) -> float:
        """CPU seconds spent, those before a resumption included."""
        return self.spent_before + self.run.cpu_seconds()

    def _epoch(self, one_step: Step) -> tuple[float, float | None]:
        """Train for one epoch; mean loss and share right on the batches it trained on."""
        self.network.train()
        losses: list[float] = []
        rights: list[float] = []
        for _ in range(min(self.epoch_steps, self.steps - self.step)):
            if self.run.should_stop():
                self._keep(force=True)
                raise Cancelled(f"cancelled at step {self.step} of {self.steps}")
            loss, right = one_step(self.step, self.generator)
            self._descend(loss)
            losses.append(float(loss.detach()))
            if right is not None:
                rights.append(right)
        return sum(losses) / len(losses), sum(rights) / len(rights) if rights else None

    def _descend(self, loss: Tensor) -> None:
        self.optimiser.forget_gradients()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step(one_cycle(self.step / self.steps, self.peak_rate))
        self.step += 1

    def _report(
        self, loss: float, right: float | None, val_loss: float | None, val_right: float | None
    ) -> None:
        figures = {
            "epoch": math.ceil(self.step / self.epoch_steps),
            "step": self.step,
            "train_loss": loss,
            "train_accuracy": right,
            "val_loss": val_loss,
            "val_accuracy": val_right,
            "cpu_seconds": round(self.cpu_seconds(), 3),
        }
        self.run.report(Event("epoch", figures))

    def _mind_the_budget(self) -> None:
        """Shorten the cycle when it would not fit, so that it still ends at a low rate."""
        spent, budget = self.cpu_seconds(), self.run.budget_cpu_seconds
        fitting = max(self.step, int(self.step * budget / max(spent, 1e-9)))
        if fitting < self.steps:
            self.run.log(f"the budget of {budget:g} CPU s allows {fitting} of {self.steps} steps")
            self.steps = fitting

    def _keep(self, *, force: bool) -> None:
        spent = self.cpu_seconds()
        if not force and spent - self.saved_at < CHECKPOINT_SECONDS:
            return
        self.saved_at = spent
        facts = {"cpu_seconds": spent, "steps": self.steps}
        self.checkpoints.save(self.step, self._state(), facts)

    def _state(self) -> dict[str, Tensor]:
        state = {f"network.{name}": value for name, value in self.network.state_dict().items()}
        state |= {f"optimiser.{name}": value for name, value in self.optimiser.state().items()}
        return state | {"generator": self.generator.get_state()}

    def _resume(self) -> None:
        found = self.checkpoints.newest()
        if found is None:
            return
        self.network.load_state_dict(found.part("network"))
        self.optimiser.load(found.part("optimiser"))
        self.generator.set_state(found.tensors["generator"])
        self.step, self.steps = found.step, found.facts["steps"]
        self.spent_before = self.saved_at = found.facts["cpu_seconds"]
        self.run.log(f"resumed at step {self.step} of {self.steps}")


def one_cycle(progress: float, peak: float) -> float:
    """Learning rate at `progress` in 0..1: a cosine up over the first quarter, then down."""
    if progress < 0.25:
        return peak * (0.04 + 0.96 * (1 - math.cos(math.pi * progress / 0.25)) / 2)
    return peak * max(1e-3, (1 + math.cos(math.pi * (progress - 0.25) / 0.75)) / 2)


def draw(count: int, batch: int, generator: torch.Generator) -> Tensor:
    """Indices of a batch, without repetition where there are enough."""
    if count >= batch:
        return torch.randperm(count, generator=generator)[:batch]
    return torch.randint(count, (batch,), generator=generator)
