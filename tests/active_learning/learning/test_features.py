"""HOG equals scikit-image's, and the feature store keeps every vector through torn writes."""

import hashlib
import multiprocessing
from pathlib import Path

import numpy as np
import pytest
from skimage.feature import hog as skimage_hog

from active_learning.learning.datasets.sources import Cache, CanvasSource, HogSource, load
from active_learning.learning.feature_store import FeatureStore
from active_learning.learning.features import hog, hog_length
from active_learning.learning.images import read_grey
from active_learning.learning.transforms import Preparation
from tests.active_learning.learning.material import digit_items


def hashes(count: int, start: int = 0) -> list[str]:
    return [
        hashlib.sha256(bytes([n % 256, n // 256])).hexdigest() for n in range(start, start + count)
    ]


def vectors(count: int, start: int = 0) -> np.ndarray:
    return np.arange(start, start + count, dtype=np.float32)[:, None] * np.ones(4, np.float32)


@pytest.mark.parametrize("size", [28, 32])
def test_hog_is_that_of_scikit_image(size: int, tmp_path: Path) -> None:
    prepare = Preparation("ink", size)
    items = digit_items(tmp_path, 8)
    canvases = np.stack([prepare.canvas(read_grey(item.file)) for item in items])
    expected = [skimage_hog(canvas, 9, (4, 4), (2, 2), block_norm="L2-Hys") for canvas in canvases]
    np.testing.assert_allclose(hog(canvases), expected, atol=2e-4)
    assert hog_length(28) == 1296


def test_vectors_come_back_by_hash(tmp_path: Path) -> None:
    store = FeatureStore(tmp_path, "toy", 4)
    store.add(hashes(5), vectors(5))
    again = FeatureStore(tmp_path, "toy", 4)
    rows = again.rows([*hashes(5)[::-1], hashes(1, 77)[0]])
    assert rows[-1] == -1
    assert (again.take(rows[:-1]) == vectors(5)[::-1]).all()


def test_hashes_that_begin_alike_are_told_apart(tmp_path: Path) -> None:
    alike = [f"{number:064x}" for number in range(50)]
    store = FeatureStore(tmp_path, "toy", 4)
    store.add(alike, vectors(50))
    assert (store.take(store.rows(alike)) == vectors(50)).all()


def test_a_vector_is_kept_once(tmp_path: Path) -> None:
    store = FeatureStore(tmp_path, "toy", 4)
    store.add(hashes(3) + hashes(3), np.concatenate([vectors(3), vectors(3)]))
    store.add(hashes(3), vectors(3))
    assert len(store) == 3


@pytest.mark.parametrize("suffix", ["f16", "keys"])
@pytest.mark.parametrize("lost", [1, 5, 13])
def test_a_torn_tail_is_cut_and_written_again(suffix: str, lost: int, tmp_path: Path) -> None:
    FeatureStore(tmp_path, "toy", 4).add(hashes(10), vectors(10))
    file = tmp_path / f"toy.{suffix}"
    file.write_bytes(file.read_bytes()[:-lost])
    store = FeatureStore(tmp_path, "toy", 4)
    assert len(store) < 10
    assert (store.take(store.rows(hashes(len(store)))) == vectors(len(store))).all()
    store.add(hashes(12), vectors(12))
    assert (store.take(store.rows(hashes(12))) == vectors(12)).all()


def test_a_tail_of_zeros_is_no_vector(tmp_path: Path) -> None:
    """After a power cut a file may have its length but not its content."""
    FeatureStore(tmp_path, "toy", 4).add(hashes(6), vectors(6) + 1)
    file = tmp_path / "toy.f16"
    file.write_bytes(file.read_bytes()[:-16] + bytes(16))
    assert len(FeatureStore(tmp_path, "toy", 4)) == 4


def add_many(folder: Path, start: int) -> None:
    store = FeatureStore(folder, "toy", 4)
    for some in range(start, start + 120, 7):
        store.add(hashes(7, some), vectors(7, some))


def test_two_writers_do_not_mix(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=add_many, args=(tmp_path, n)) for n in (0, 40, 80)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    store = FeatureStore(tmp_path, "toy", 4)
    assert (store.take(store.rows(hashes(200))) == vectors(200)).all()
    assert (
        len(store) == len(np.unique(store.rows(hashes(210)))) - (store.rows(hashes(210)) < 0).any()
    )


@pytest.mark.parametrize("bad", [np.ones((2, 3)), np.full((2, 4), np.nan)])
def test_unfit_vectors_are_refused(bad: np.ndarray, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="vectors"):
        FeatureStore(tmp_path, "toy", 4).add(hashes(2), bad)


@pytest.mark.parametrize("source", [HogSource, CanvasSource])
def test_cached_vectors_equal_fresh_ones_and_need_no_picture(source: type, tmp_path: Path) -> None:
    items = digit_items(tmp_path / "images", 12)
    kind = source(Preparation("ink"))
    fresh = load(kind, items, Cache())
    first = load(kind, items, Cache(tmp_path / "store"))
    for item in items:
        item.file.unlink()
    second = load(kind, items, Cache(tmp_path / "store"))
    for indices, values in (first, second):
        assert (indices == fresh[0]).all()
        assert (values == fresh[1]).all()


def test_unreadable_items_are_missing_and_named(tmp_path: Path) -> None:
    items = digit_items(tmp_path / "images", 6)
    items[2].file.write_bytes(b"broken")
    heard: list[str] = []
    for folder in (None, tmp_path / "store"):
        indices, _ = load(HogSource(Preparation("ink")), items, Cache(folder, heard.append))
        assert indices.tolist() == [0, 1, 3, 4, 5]
    assert len(heard) == 2
    assert "item 2" in heard[0]
