"""Features from unlabeled pictures: two views of one picture belong together.

SimCLR (Chen et al. 2020) in small: affine and stroke-thickness views, the normalised
temperature-scaled cross-entropy straight on the trunk's features. A projection head, useful for
large networks, cost 1 to 4 points of accuracy here.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor
from torch.nn import functional

from active_learning.learning.artifact import Artifact
from active_learning.learning.augmentation import WIDE, random_affine, random_ink, random_light
from active_learning.learning.device import training_device, use_one_thread
from active_learning.learning.encoder import RECIPE
from active_learning.learning.errors import CannotTrain
from active_learning.learning.networks.small_cnn import Trunk, initialise
from active_learning.learning.recipes.base import Run
from active_learning.learning.training_loop import Loop, draw
from active_learning.learning.transforms import Preparation

STEPS = 700
BATCH = 128
TEMPERATURE = 0.3
PEAK_RATE = 2e-3
FEWEST = 32


def pretrain(
    canvases: NDArray[np.float32], preparation: Preparation, run: Run, identity: dict[str, Any]
) -> Artifact:
    """(n, size * size) canvases -> artifact of an encoder.

    `identity` says what the pictures are; a checkpoint must agree in it. Raises CannotTrain
    below FEWEST pictures, Cancelled when asked to stop.
    """
    if len(canvases) < FEWEST:
        raise CannotTrain(f"{len(canvases)} pictures are too few to learn features from")
    use_one_thread()
    size = preparation.size
    images = torch.from_numpy(np.ascontiguousarray(canvases)).view(-1, 1, size, size)
    trunk = Trunk(size)
    initialise(trunk, run.seed)
    device = training_device()
    trunk.to(device)

    def one_step(step: int, generator: Generator) -> tuple[Tensor, None]:
        some = images[draw(len(images), BATCH, generator)]
        pair = [views(some, preparation, generator) for _ in range(2)]
        return contrast(trunk(torch.cat(pair).to(device))), None

    loop = Loop(trunk, run, identity, steps=STEPS, peak_rate=PEAK_RATE, decay=1e-4)
    loop.train(one_step)
    return Artifact(
        recipe=RECIPE,
        task_type="none",
        classes=(),
        preparation=preparation,
        config={"steps": loop.step, "pictures": len(canvases)},
        tensors={name: value.cpu().numpy() for name, value in trunk.state_dict().items()},
        lineage=identity,
    )


def views(images: Tensor, preparation: Preparation, generator: Generator) -> Tensor:
    """One random view of each picture, as its kind allows."""
    if preparation.mode == "ink":
        return random_ink(random_affine(images, generator, WIDE), generator)
    return random_light(random_affine(images, generator, WIDE, ground="border"), generator)


def contrast(features: Tensor) -> Tensor:
    """(2 n, d), rows i and i + n two views of one picture -> mean loss in nats."""
    points = functional.normalize(features, dim=1)
    likeness = points @ points.T / TEMPERATURE
    itself = torch.eye(len(points), dtype=torch.bool, device=points.device)
    partner = torch.arange(len(points), device=points.device).roll(len(points) // 2)
    return functional.cross_entropy(likeness.masked_fill(itself, -1e9), partner)
