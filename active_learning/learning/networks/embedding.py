"""A trunk in evaluation mode: canvases -> features."""

import numpy as np
import torch
from numpy.typing import NDArray

from active_learning.learning.artifact import Tensors
from active_learning.learning.device import training_device, use_one_thread
from active_learning.learning.networks.small_cnn import FEATURES, Trunk

BATCH = 256


def open_trunk(tensors: Tensors, size: int) -> Trunk:
    """Weights by name -> network."""
    use_one_thread()
    trunk = Trunk(size)
    state = {name: torch.from_numpy(value.copy()) for name, value in tensors.items()}
    trunk.load_state_dict(state)
    return trunk.to(training_device()).eval()


def embed(trunk: Trunk, canvases: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, size, size) -> (n, FEATURES)."""
    device = next(trunk.parameters()).device
    rows = [np.zeros((0, FEATURES), np.float32)]
    with torch.inference_mode():
        for start in range(0, len(canvases), BATCH):
            batch = torch.from_numpy(np.ascontiguousarray(canvases[start : start + BATCH]))
            rows.append(trunk(batch[:, None].to(device)).cpu().numpy())
    return np.concatenate(rows)
