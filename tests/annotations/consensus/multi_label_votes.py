"""Multi-label answers for tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from annotations.consensus.multi_label import MultiLabelVotes


def multi_label_votes(
    answers: Sequence[Sequence[int]], *, n_labels: int, n_labelers: int = 1
) -> MultiLabelVotes:
    """`answers` one after the other: n_labelers per item, each by another labeler."""
    n_items = len(answers) // n_labelers
    return MultiLabelVotes(
        np.repeat(np.arange(n_items), n_labelers),
        np.tile(np.arange(n_labelers), n_items),
        answers,
        n_items,
        list(range(n_labelers)),
        n_labels,
    )


def simulated(
    n_items: int, n_labels: int, skills: Sequence[float], seed: int = 0
) -> tuple[MultiLabelVotes, np.ndarray]:
    """Labelers who are right about each label with their skill; the truth (n_items, n_labels)."""
    random = np.random.default_rng(seed)
    truth = random.random((n_items, n_labels)) < np.linspace(0.05, 0.6, n_labels)
    answers = []
    for item in range(n_items):
        for skill in skills:
            right = random.random(n_labels) < skill
            answers.append(np.flatnonzero(truth[item] == right).tolist())
    return multi_label_votes(answers, n_labels=n_labels, n_labelers=len(skills)), truth
