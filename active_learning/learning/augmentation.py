"""Random views of canvases for training; every draw comes from one generator."""

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Affine:
    """Largest changes: `turn` in degrees, `stretch` as a logarithm, `shift` of half a canvas."""

    turn: float
    stretch: float
    shear: float
    shift: float = 0.1


CLASS_KEEPING = Affine(turn=12, stretch=0.15, shear=0.15)
WIDE = Affine(turn=15, stretch=0.2, shear=0.25)


def random_affine(
    canvases: Tensor, generator: Generator, most: Affine, *, ground: str = "zeros"
) -> Tensor:
    """(n, 1, size, size) -> the same, each turned, stretched, sheared and shifted a little.

    `ground` fills what comes in from outside: "zeros" for ink, "border" for photographs.
    Drawn on the CPU, so that a seed means the same on every device.
    """
    matrices = _matrices(len(canvases), generator, most).to(canvases.device)
    grid = functional.affine_grid(matrices, list(canvases.shape), align_corners=False)
    return functional.grid_sample(canvases, grid, padding_mode=ground, align_corners=False)


def random_ink(canvases: Tensor, generator: Generator) -> Tensor:
    """Strokes a little thicker or thinner, each by its own amount."""
    amount = torch.rand((len(canvases), 1, 1, 1), generator=generator) * 2 - 1
    thick = functional.max_pool2d(canvases, 3, 1, 1)
    thin = -functional.max_pool2d(-canvases, 3, 1, 1)
    towards = torch.where(amount > 0, thick, thin)
    return canvases + (towards - canvases) * amount.abs()


def random_light(canvases: Tensor, generator: Generator) -> Tensor:
    """Another contrast and brightness for each."""
    draws = torch.rand((2, len(canvases), 1, 1, 1), generator=generator) * 2 - 1
    return ((canvases - 0.5) * torch.exp(draws[0] * 0.4) + 0.5 + draws[1] * 0.15).clamp(0, 1)


def dropout(features: Tensor, rate: float, generator: Generator) -> Tensor:
    """Inverted dropout whose mask comes from `generator` (Srivastava et al. 2014)."""
    kept = torch.rand(features.shape, generator=generator) >= rate
    return features * kept.to(features.device) / (1 - rate)


def _matrices(count: int, generator: Generator, most: Affine) -> Tensor:
    """(n, 2, 3) inverse affine maps: rotation * stretch * shear, and a shift."""
    draw = torch.rand((count, 6), generator=generator) * 2 - 1
    turn = draw[:, 0] * math.radians(most.turn)
    wide, high = torch.exp(draw[:, 1] * most.stretch), torch.exp(draw[:, 2] * most.stretch)
    shear, right, down = draw[:, 3] * most.shear, draw[:, 4] * most.shift, draw[:, 5] * most.shift
    cosine, sine = torch.cos(turn), torch.sin(turn)
    top = torch.stack([cosine * wide, (shear * cosine - sine) * high, right], dim=1)
    bottom = torch.stack([sine * wide, (shear * sine + cosine) * high, down], dim=1)
    return torch.stack([top, bottom], dim=1)


def random_line(strips: Tensor, generator: Generator) -> Tensor:
    """(n, 1, height, width) strips -> the same: slanted, stretched, turned and moved a little.

    Amounts are in pixels of the strip, so that a long line is changed no more than a short one.
    """
    count, _, height, width = strips.shape
    draw = torch.rand((count, 5), generator=generator) * 2 - 1
    slant, turn = draw[:, 0] * 0.35, draw[:, 1] * 0.015
    wide, high = torch.exp(draw[:, 2] * 0.15 + 0.05), torch.exp(draw[:, 3] * 0.12)
    down = draw[:, 4] * 0.08
    across = torch.stack([wide, slant * height / width, torch.zeros(count)], dim=1)
    # The left end stays where it is: what is stretched grows to the right.
    across[:, 2] = wide - 1
    along = torch.stack([turn * width / height, high, down], dim=1)
    matrices = torch.stack([across, along], dim=1).to(strips.device)
    grid = functional.affine_grid(matrices, list(strips.shape), align_corners=False)
    return functional.grid_sample(strips, grid, padding_mode="zeros", align_corners=False)
