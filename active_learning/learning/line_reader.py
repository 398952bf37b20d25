"""A trained network reads lines, and says how likely it finds texts that others read there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from active_learning.learning.ctc import BLANK, Doubles, Floats, Reading, decode
from active_learning.learning.lines import LinePreparation, Strip
from active_learning.learning.networks.line_crnn import LineCrnn as Network
from active_learning.learning.networks.line_crnn import columns_of
from active_learning.learning.text_confidence import UNCALIBRATED, TextConfidence
from active_learning.learning.text_metrics import plain

WIDTHS = 32  # strips are padded to a multiple, so that a line reads the same in any company
READ_AT_ONCE = 32


@dataclass(frozen=True)
class LineReader:
    """The network ready to read."""

    preparation: LinePreparation
    network: Network
    alphabet: tuple[str, ...]
    confidence: TextConfidence = UNCALIBRATED

    def read_files(self, files: Sequence[str | Path]) -> list[Reading]:
        """Picture files -> readings; raise ImageUnreadable."""
        return self.read_strips([self.preparation.read(file) for file in files])

    def read_strips(self, strips: Sequence[Strip]) -> list[Reading]:
        """(height, width) strips of any widths -> readings, in their order."""
        found = {index: decode(row, self.alphabet) for index, row in self._logits(strips)}
        return [found[index] for index in range(len(strips))]

    def log_chances(
        self, files: Sequence[str | Path], texts: Sequence[Sequence[str]]
    ) -> list[Doubles]:
        """n picture files and some texts for each -> as many natural logarithms of the chance
        that just this is written there; minus infinity where the line is too short for a text.

        Characters that the network never learned say nothing. Raises ImageUnreadable.
        """
        strips = [self.preparation.read(file) for file in files]
        codes = {character: code for code, character in enumerate(self.alphabet, start=1)}
        found: dict[int, Doubles] = {}
        for index, logits in self._logits(strips):
            rows = [[codes[one] for one in plain(text) if one in codes] for text in texts[index]]
            found[index] = _log_chances(logits, rows)
        return [found[index] for index in range(len(strips))]

    def chance(self, reading: Reading) -> float:
        """How often a reading that is as sure as this one is right as a whole, 0..1."""
        return self.confidence.chance(reading)

    @property
    def device(self) -> torch.device:
        return self.network.head.weight.device

    def _logits(self, strips: Sequence[Strip]) -> Iterator[tuple[int, Floats]]:
        """The place of each strip and its (columns, 1 + characters) logits, in any order."""
        self.network.eval()
        for chosen in like_widths(strips):
            batch, lengths = pad([strips[index] for index in chosen], WIDTHS)
            with torch.inference_mode():
                logits = self.network(batch.to(self.device), lengths).cpu().numpy()
            for index, row, length in zip(chosen, logits, lengths.tolist(), strict=True):
                yield index, row[:length]


def _log_chances(logits: Floats, rows: Sequence[Sequence[int]]) -> Doubles:
    """(columns, 1 + characters) logits and the codes of texts -> (texts,) log probabilities."""
    if not rows or not len(logits):
        return np.full(len(rows), -np.inf)
    logs = functional.log_softmax(torch.from_numpy(np.ascontiguousarray(logits)), dim=1)
    losses = functional.ctc_loss(
        logs[:, None].expand(-1, len(rows), -1),
        torch.tensor([code for row in rows for code in row], dtype=torch.long),
        torch.full((len(rows),), len(logits)),
        torch.tensor([len(row) for row in rows]),
        blank=BLANK,
        reduction="none",
    )
    return np.asarray(-losses.numpy(), np.float64)


def pad(strips: Sequence[Strip], multiple: int) -> tuple[Tensor, Tensor]:
    """Strips -> (n, 1, height, width) with ground on the right, and (n,) columns of each."""
    widths = [strip.shape[1] for strip in strips]
    widest = -(-max(widths) // multiple) * multiple
    batch = np.zeros((len(strips), 1, strips[0].shape[0], widest), np.float32)
    for row, strip in zip(batch, strips, strict=True):
        row[0, :, : strip.shape[1]] = strip
    return torch.from_numpy(batch), columns_of(torch.tensor(widths))


def like_widths(strips: Sequence[Strip]) -> Iterator[list[int]]:
    """Indices in batches whose strips are padded to the same width."""
    padded: dict[int, list[int]] = {}
    for index, strip in enumerate(strips):
        padded.setdefault(-(-strip.shape[1] // WIDTHS), []).append(index)
    for indices in padded.values():
        for start in range(0, len(indices), READ_AT_ONCE):
            yield indices[start : start + READ_AT_ONCE]
