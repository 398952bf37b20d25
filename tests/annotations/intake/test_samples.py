"""The samples are the libraries' pictures, split the same way everywhere."""

from __future__ import annotations

import hashlib
from collections import Counter

import numpy as np
import pytest

from annotations.intake.samples import SAMPLES, SamplePicture, stratified_splits
from tests.pictures import opened

pytest.importorskip("sklearn")
pytest.importorskip("skimage")


@pytest.fixture(scope="module", params=sorted(SAMPLES))
def sample(request: pytest.FixtureRequest) -> tuple[str, list[SamplePicture]]:
    return request.param, list(SAMPLES[request.param].pictures())


def test_a_sample_has_the_size_and_the_labels_that_it_says(
    sample: tuple[str, list[SamplePicture]],
) -> None:
    name, pictures = sample
    assert len(pictures) == SAMPLES[name].size
    assert {picture.label for picture in pictures} == set(SAMPLES[name].labels)
    assert len({picture.filename for picture in pictures}) == len(pictures)
    assert len({picture.data for picture in pictures}) == len(pictures)


def test_splits_are_as_promised_and_stratified(
    sample: tuple[str, list[SamplePicture]],
) -> None:
    name, pictures = sample
    tests = Counter(picture.label for picture in pictures if picture.split == "test")
    everything = Counter(picture.label for picture in pictures)
    assert tests.total() == {"digits": 500, "faces": 40}[name]
    share = tests.total() / everything.total()
    assert all(abs(tests[label] - share * everything[label]) < 1 for label in everything)


def test_digits_are_the_librarys_pixels_scaled() -> None:
    from sklearn.datasets import load_digits

    first = next(SAMPLES["digits"].pictures())
    pixels = np.asarray(opened(first.data))
    assert pixels.shape == (8, 8)
    assert np.abs(pixels / 255 * 16 - load_digits().images[0]).max() < 0.05


def test_a_picture_is_found_under_the_label_that_the_library_gives() -> None:
    from skimage.data import lfw_subset

    faces = {hashlib.sha256(np.rint(grey * 255).astype(np.uint8).tobytes()).digest()
             for grey in lfw_subset()[:100]}  # fmt: skip
    for picture in SAMPLES["faces"].pictures():
        pixels = hashlib.sha256(opened(picture.data).tobytes()).digest()
        assert (pixels in faces) == (picture.label == "face")


def test_splits_are_the_same_each_time() -> None:
    labels = [str(k % 3) for k in range(100)]
    assert stratified_splits(labels, test=20) == stratified_splits(labels, test=20)
    assert stratified_splits(labels, test=20).count("test") == 20
