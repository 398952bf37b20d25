"""A convolutional network of about 100,000 weights for small square pictures."""

import torch
from torch import Tensor, nn

FEATURES = 64


class Trunk(nn.Module):
    """(n, 1, size, size) canvases -> (n, FEATURES)."""

    def __init__(self, size: int) -> None:
        super().__init__()
        # Strides instead of pooling: half the time at the same accuracy.
        self.blocks = nn.Sequential(
            _block(1, 16, kernel=5, stride=2),
            _block(16, 32, stride=2),
            _block(32, 48),
            _block(48, 56, stride=2),
            nn.Flatten(),
        )
        side = (((size + 1) // 2 + 1) // 2 + 1) // 2
        self.embed = nn.Sequential(
            nn.Linear(56 * side * side, FEATURES, bias=False),
            nn.BatchNorm1d(FEATURES),
            nn.ReLU(),
        )

    def forward(self, canvases: Tensor) -> Tensor:
        # Canvases are in 0..1; most of an ink canvas is 0.
        features: Tensor = self.embed(self.blocks((canvases - 0.25) * 3))
        return features


class SmallCnn(nn.Module):
    """Trunk and a linear layer: (n, 1, size, size) -> (n, classes) logits."""

    def __init__(self, size: int, classes: int) -> None:
        super().__init__()
        self.trunk = Trunk(size)
        self.head = nn.Linear(FEATURES, classes)

    def forward(self, canvases: Tensor) -> Tensor:
        logits: Tensor = self.head(self.trunk(canvases))
        return logits


def _block(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


def count_weights(network: nn.Module) -> int:
    """Number of trained numbers."""
    return sum(parameter.numel() for parameter in network.parameters())


def initialise(network: nn.Module, seed: int) -> None:
    """Weights from the seed alone, whatever was drawn before."""
    generator = torch.Generator().manual_seed(seed)
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
