"""Convolutions, a recurrent layer over the columns, and character scores for every column.

After Shi et al. 2017 (arXiv 1507.05717), with the auxiliary head of Retsinas et al. 2022
(arXiv 2404.11339), without which training stays on the plateau of blanks and frequent endings.
"""

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

STRIDE = 4  # columns of the strip per column of scores
FEATURES = 96
HIDDEN = 96


class LineCrnn(nn.Module):
    """(n, 1, height, width) strips -> (n, columns, characters + 1) logits, column 0 the blank."""

    def __init__(self, characters: int) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            _block(1, 16, kernel=5, stride=2),
            _block(16, 32),
            nn.MaxPool2d(2),
            _block(32, 64),
            nn.MaxPool2d((2, 1)),
            _block(64, FEATURES),
            _block(FEATURES, FEATURES),
        )
        self.recurrent = nn.LSTM(FEATURES, HIDDEN, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * HIDDEN, characters + 1)
        self.auxiliary = nn.Conv1d(FEATURES, characters + 1, 3, padding=1)

    def columns(self, strips: Tensor) -> Tensor:
        """(n, 1, height, width) -> (n, FEATURES, columns): the strongest response per column."""
        pooled: Tensor = self.trunk(strips).amax(dim=2)
        return pooled

    def read(self, columns: Tensor, lengths: Tensor, keep: Tensor | None = None) -> Tensor:
        """(n, FEATURES, columns) and (n,) lengths -> (n, columns, characters + 1) logits.

        What lies beyond a length plays no part: a line reads the same in any company. `keep`,
        (n, columns, 2 * HIDDEN), scales what the recurrent layer says (dropout).
        """
        packed = pack_padded_sequence(
            columns.transpose(1, 2), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        said, _ = pad_packed_sequence(self.recurrent(packed)[0], batch_first=True)
        logits: Tensor = self.head(said if keep is None else said * keep)
        return logits

    def forward(self, strips: Tensor, lengths: Tensor) -> Tensor:
        return self.read(self.columns(strips), lengths)


def columns_of(widths: Tensor) -> Tensor:
    """(n,) widths of strips -> (n,) columns of scores."""
    return torch.div(widths + 1, STRIDE, rounding_mode="floor")


def _block(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


def initialise(network: LineCrnn, seed: int) -> None:
    """Weights from the seed alone, whatever was drawn before."""
    generator = torch.Generator().manual_seed(seed)
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Conv1d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.LSTM):
            for name, weight in module.named_parameters():
                if "weight" in name:
                    nn.init.xavier_uniform_(weight, generator=generator)
                else:
                    nn.init.zeros_(weight)
