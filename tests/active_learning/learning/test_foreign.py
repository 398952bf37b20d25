"""Digits pass, everything else is flagged: noise, turned and inverted digits, blank paper."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter
from sklearn.datasets import load_digits

from active_learning.learning import foreign
from active_learning.learning.datasets.snapshot import Item, write_items
from active_learning.learning.foreign import Tail, Views
from active_learning.learning.predictor import Predictor
from active_learning.learning.recipes import load_recipe
from active_learning.learning.recipes.base import Run
from active_learning.learning.transforms import ink_canvas
from tests.active_learning.learning.material import digit_items, snapshot_of, written

KINDS = ("own", "turned", "inverted", "noise", "blank")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    """The command on 300 labeled digits and a pool of own and foreign pictures, by kind."""
    folder = tmp_path_factory.mktemp("foreign")
    around = [(750, 150), (960, 150)]  # the pool is between: the same hands wrote it
    known = [item for start, count in around for item in digit_items(folder, count, start)]
    snapshot = snapshot_of(known)
    load_recipe("hog_logreg").fit(snapshot, Run()).save(folder / "artifact")
    pool = [item for kind in KINDS for item in strangers(folder / kind, kind)]
    pool = [dataclasses.replace(item, id=number) for number, item in enumerate(pool)]
    write_items(folder / "pool.jsonl", pool)
    command = [sys.executable, "-m", "active_learning.learning.find_foreign"]
    paths = [written(folder, snapshot), folder / "artifact", folder / "pool.jsonl"]
    ran = subprocess.run(
        [*command, *paths, folder / "out.npz", "--feature-store", folder / "store"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=True,
    )
    assert json.loads(ran.stdout.splitlines()[-1])["judged"] == len(pool)
    found = np.load(folder / "out.npz")
    assert found["ids"].tolist() == [item.id for item in pool]
    return dict(zip(KINDS, found["flagged"].reshape(len(KINDS), -1), strict=True))


def strangers(folder: Path, kind: str) -> list[Item]:
    """Sixty digits changed in one way."""
    items = digit_items(folder, 60, start=900, role="pool")
    rng = np.random.default_rng(0)
    changed = []
    for item in items:
        levels = np.asarray(Image.open(item.file))
        other = {
            "own": levels,
            "turned": np.rot90(levels),
            "inverted": 255 - levels,
            "noise": rng.integers(0, 255, levels.shape).astype(np.uint8),
            "blank": np.zeros_like(levels),
        }[kind]
        Image.fromarray(np.ascontiguousarray(other)).save(item.file)
        changed.append(
            dataclasses.replace(item, sha256=kind.encode().hex().zfill(32)[:32] + f"{item.id:032x}")
        )
    return changed


def test_own_pictures_pass(judged: dict[str, np.ndarray]) -> None:
    assert judged["own"].mean() < 0.25


@pytest.mark.parametrize(
    ("kind", "least"), [("turned", 0.75), ("inverted", 0.95), ("noise", 0.95), ("blank", 0.95)]
)
def test_others_are_flagged(kind: str, least: float, judged: dict[str, np.ndarray]) -> None:
    assert judged[kind].mean() >= least


def test_too_few_labels_are_refused(tmp_path: Path) -> None:
    snapshot = snapshot_of(digit_items(tmp_path, 20))
    load_recipe("hog_logreg").fit(snapshot, Run()).save(tmp_path / "artifact")
    from active_learning.learning.datasets.sources import Cache
    from active_learning.learning.find_foreign import views_of

    model = Predictor.open(tmp_path / "artifact").model
    _, views = views_of(model, snapshot.items, Cache())
    with pytest.raises(ValueError, match="20 labeled pictures"):
        foreign.fit(views, np.arange(20) % 10)


def test_tail_is_even_inside_and_falls_on_outside() -> None:
    seen = np.random.default_rng(0).exponential(1, 1000)
    tail = Tail.of(seen)
    fresh = np.random.default_rng(1).exponential(1, 5000)
    for level in (0.01, 0.05, 0.2, 0.5):
        assert np.mean(tail.p_values(fresh) < level) == pytest.approx(level, rel=0.35)
    ladder = tail.p_values(np.array([0.1, 1.0, 3.0, 6.0, 9.0]))
    assert (np.diff(ladder) < 0).all()


def test_a_signal_that_never_varied_allows_a_little() -> None:
    tail = Tail.of(np.zeros(100))
    assert tail.p_values(np.array([0.0, 0.01, 1.0])).tolist()[2] < 1e-5
    assert tail.p_values(np.array([0.01]))[0] > 0.05


def noise(count: int, seed: int) -> Views:
    """Views of pictures that have nothing in common."""
    rng = np.random.default_rng(seed)
    canvas = rng.random((count, 784)).astype(np.float32) ** 4
    embedded = rng.normal(size=(count, 64)).astype(np.float32)
    return Views(embedded, rng.random((count, 1296), np.float32), canvas, np.zeros((count, 2)))


@pytest.mark.parametrize("classes", [1, 3, 30, 60])
def test_few_labels_flag_no_more_of_their_own(classes: int) -> None:
    test = foreign.fit(noise(60, seed=0), np.arange(60) % classes)
    assert np.mean(test.p_values(noise(200, seed=1)) < foreign.THRESHOLD) < 0.2


def test_nothing_to_judge_gives_nothing() -> None:
    test = foreign.fit(noise(40, seed=0), np.arange(40) % 4)
    assert test.p_values(noise(0, seed=1)).shape == (0,)


def test_what_varies_within_classes_counts_little() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 2
    known = np.stack([10 * rng.normal(size=200), 5 * labels + rng.normal(size=200)], axis=1)
    whiten = foreign.whitening(known.astype(np.float32), labels, width=2)
    middle, along, across = whiten(np.float32([[0, 0], [10, 0], [0, 10]]))
    assert np.linalg.norm(across - middle) > 2 * np.linalg.norm(along - middle)


def test_a_softer_pen_is_forgiven_and_another_shape_is_not() -> None:
    data = load_digits()
    digits = np.stack([ink_canvas(picture / 16, 28, 20) for picture in data.images[:900]])
    soft = gaussian_filter(digits, (0, 1.0, 1.0))
    turned = np.rot90(digits, axes=(1, 2))
    strokes = [foreign.blurred(some.reshape(len(some), -1)) for some in (digits, soft, turned)]
    rest = foreign.rest_of_classes(strokes[0][:600], data.target[:600])
    own, softer, other = (rest(some[600:]) for some in strokes)
    limit = np.quantile(own, 0.9)
    assert np.mean(softer > limit) < 0.2
    assert np.mean(other > limit) > 0.8
