"""CPU or GPU, decided once; imported only by recipes that use torch."""

import os

import torch


def training_device() -> torch.device:
    """A GPU when there is one and LEARNING_DEVICE does not say otherwise."""
    wished = os.environ.get("LEARNING_DEVICE", "")
    if wished:
        return torch.device(wished)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def use_one_thread() -> None:
    """One thread per worker: on shared cores two threads take 2.5 times longer.

    It also fixes the order of additions, hence the bytes of the weights.
    """
    torch.set_num_threads(1)
    # As `use_deterministic_algorithms(True)`, which imports torch's compiler: two CPU seconds.
    torch.set_deterministic_debug_mode("error")
