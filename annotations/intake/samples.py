"""The samples that ship by way of libraries: handwritten digits, and faces among other pictures.

The libraries are loaded when a sample is asked for, and only then: workers have them, the web
process must not. Names, order, bytes and splits are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module

import numpy as np
import numpy.typing as npt
from PIL import Image

from annotations.intake.images import small_png


@dataclass(frozen=True)
class SamplePicture:
    """One sample: file name, PNG bytes, hidden truth, and the split it belongs to."""

    filename: str
    data: bytes
    label: str
    split: str


@dataclass(frozen=True)
class Sample:
    """A dataset that ships with the program, and the question that is asked of it."""

    name: str
    kind: str
    description: str
    licence: str
    source: str
    question: str
    labels: tuple[str, ...]
    size: int
    pictures: Callable[[], Iterator[SamplePicture]]


def digits() -> Iterator[SamplePicture]:
    """Yield scikit-learn's 1,797 handwritten digits, 8 x 8 pixels: 1,297 pool, 500 test.

    The library's values 0..16 are scaled to 0..255, white ink on black as they are there.
    """
    bunch = import_module("sklearn.datasets").load_digits()
    pixels = np.rint(bunch.images * (255 / 16)).astype(np.uint8)
    labels = [str(value) for value in bunch.target]
    splits = stratified_splits(labels, test=500)
    for number, (grey, label, split) in enumerate(zip(pixels, labels, splits, strict=True)):
        yield SamplePicture(f"digit_{number:04d}.png", _png(grey), label, split)


def faces() -> Iterator[SamplePicture]:
    """Yield scikit-image's `lfw_subset`, 25 x 25 pixels: 100 faces, 100 others; 160 pool, 40 test.

    The names do not tell the two apart: labelers see them.
    """
    pixels = np.rint(import_module("skimage.data").lfw_subset() * 255).astype(np.uint8)
    labels = ["face"] * 100 + ["not face"] * 100  # the library's order: faces first
    splits = stratified_splits(labels, test=40)
    order = np.random.RandomState(7).permutation(len(labels))
    for number, at in enumerate(order):
        yield SamplePicture(f"picture_{number:03d}.png", _png(pixels[at]), labels[at], splits[at])


def stratified_splits(labels: list[str], *, test: int) -> list[str]:
    """Return "pool" or "test" for each label, `test` of the latter, spread over the classes.

    Each class gives its share of the test split, by largest remainder; within a class the choice
    is random with a fixed seed.
    """
    random = np.random.RandomState(20261121)
    names = sorted(set(labels))
    places = {name: [at for at, label in enumerate(labels) if label == name] for name in names}
    exact = {name: test * len(places[name]) / len(labels) for name in names}
    share = {name: int(exact[name]) for name in names}
    by_remainder = sorted(names, key=lambda name: share[name] - exact[name])
    for name in by_remainder[: test - sum(share.values())]:
        share[name] += 1
    splits = ["pool"] * len(labels)
    for name in names:
        for at in random.permutation(places[name])[: share[name]]:
            splits[at] = "test"
    return splits


def _png(grey: npt.NDArray[np.uint8]) -> bytes:
    return small_png(Image.fromarray(grey))


SAMPLES: dict[str, Sample] = {
    "digits": Sample(
        name="Digits",
        kind="handwriting",
        description="1,797 handwritten digits of 8 x 8 pixels.",
        licence="CC BY 4.0 (UCI Machine Learning Repository), distributed with scikit-learn",
        source="scikit-learn, load_digits: Alpaydin and Kaynak, Optical Recognition of Digits",
        question="Which digit is this?",
        labels=tuple("0123456789"),
        size=1797,
        pictures=digits,
    ),
    "faces": Sample(
        name="Face or not",
        kind="face",
        description="100 faces and 100 other cut-outs of 25 x 25 pixels.",
        licence="see scikit-image, skimage.data",
        source="scikit-image, lfw_subset: from Labeled Faces in the Wild",
        question="Is this a face?",
        labels=("face", "not face"),
        size=200,
        pictures=faces,
    ),
}
