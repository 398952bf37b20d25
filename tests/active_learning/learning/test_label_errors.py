"""Label errors: injected noise comes first, runs are runs, shifted texts find their place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from sklearn.datasets import load_digits

from active_learning.learning import strips, text_match
from active_learning.learning.label_errors import find_runs, suspect

NOISE = 0.08
SAMPLE = 1_000


def noisy_digits(seed: int) -> tuple[Any, Any, Any]:
    """Features, labels with noise, and which labels are wrong."""
    data = load_digits()
    random = np.random.default_rng(seed)
    labels = data.target[:SAMPLE].astype(np.int64)
    wrong = random.random(len(labels)) < NOISE
    labels[wrong] = (labels[wrong] + random.integers(1, 10, int(wrong.sum()))) % 10
    return data.data[:SAMPLE] / 16.0, labels, wrong


@pytest.mark.parametrize("seed", range(2))
def test_injected_wrong_labels_come_first(seed: int) -> None:
    features, labels, wrong = noisy_digits(seed)
    found = suspect(features, labels, np.ones(len(labels)), 10, seed=seed)
    worst = np.argsort(-found.score)[: int(wrong.sum())]
    assert wrong[worst[:40]].mean() >= 0.95
    assert wrong[worst].mean() >= 0.9
    truth = load_digits().target[:SAMPLE]
    assert (found.suggested[wrong] == truth[wrong]).mean() >= 0.9


def test_voters_who_are_unsure_add_to_the_doubt() -> None:
    features, labels, _ = noisy_digits(0)
    features, labels = features[:200], labels[:200]
    sure = suspect(features, labels, np.ones(200), 10)
    unsure = suspect(features, labels, np.full(200, 0.5), 10)
    assert (unsure.score > sure.score).all()
    assert np.allclose(unsure.model, sure.model)


def test_all_figures_are_finite_shares_and_repeatable() -> None:
    features, labels, _ = noisy_digits(1)
    first, again = (suspect(features[:200], labels[:200], np.ones(200), 10) for _ in range(2))
    for name in ("score", "model", "neighbours", "voters"):
        values = getattr(first, name)
        assert ((values >= 0) & (values <= 1)).all()
        assert (values == getattr(again, name)).all()


def test_a_class_with_one_item_and_equal_pictures_do_no_harm() -> None:
    features = np.zeros((40, 12))
    labels = np.zeros(40, np.int64)
    labels[3] = 1
    found = suspect(features, labels, np.ones(40), 2)
    assert found.score.argmax() == 3
    with pytest.raises(ValueError, match="too few"):
        suspect(features[:10], labels[:10], np.ones(10), 2)


# --- runs ------------------------------------------------------------------------------------


def runs_of(marks: str, groups: str | None = None) -> list[Any]:
    suspicious = np.array([mark == "x" for mark in marks])
    group = np.array(list(groups or "a" * len(marks)))
    return [(run.first, run.last, run.suspicious) for run in find_runs(suspicious, group)]


def test_several_suspicious_items_in_a_row_are_a_run() -> None:
    assert runs_of("..xxxx..x..xx.") == [(2, 5, 4)]
    assert runs_of("xxx.xxx") == [(0, 6, 6)]
    assert runs_of("x.x.x.x") == []
    assert runs_of("") == []


def test_a_run_ends_with_its_group() -> None:
    assert runs_of("xxxxxx", "aaabbb") == [(0, 2, 3), (3, 5, 3)]


# --- texts -----------------------------------------------------------------------------------

SYLLABLES = ["ber", "lin", "ham", "burg", "stadt", "feld", "wald", "au", "mann", "dorf", "rot"]


def written(text: str, random: np.random.Generator) -> Any:
    """A text as grey levels, in varying size and place, with a ruled line below."""
    font = ImageFont.load_default(size=int(random.integers(18, 26)))
    image = Image.new("L", (260, 64), 255)
    draw = ImageDraw.Draw(image)
    draw.text((int(random.integers(4, 30)), int(random.integers(10, 24))), text, 30, font)
    draw.line((0, 62, 120, 62), 60)
    levels = np.asarray(image, np.float32) / 255
    return levels + random.normal(0, 0.01, levels.shape).astype(np.float32)


@pytest.fixture(scope="module")
def words() -> tuple[Any, list[str]]:
    random = np.random.default_rng(0)
    texts = sorted(
        {"".join(random.choice(SYLLABLES, random.integers(1, 4))).title() for _ in range(500)}
    )[:300]
    random.shuffle(texts)
    return strips.describe(np.stack([strips.see(written(text, random)) for text in texts])), texts


def test_texts_that_slipped_by_one_are_found_with_the_place_they_came_from(
    words: tuple[Any, list[str]],
) -> None:
    vectors, texts = words
    given = list(texts)
    given[100:108] = texts[101:109]
    found = text_match.match(vectors, given, ["a"] * len(given))
    worst = set(np.argsort(-found.score)[:8].tolist())
    assert len(worst & set(range(100, 108))) >= 6
    (run, *_) = find_runs(found.score > text_match.SUSPECT, np.zeros(len(given)))
    assert found.slipped_by(run.first, run.last) == -1
    assert found.slipped_by(40, 45) == 0
    assert 98 <= run.first <= 102
    assert 105 <= run.last <= 109


def test_right_texts_are_hardly_suspicious(words: tuple[Any, list[str]]) -> None:
    vectors, texts = words
    found = text_match.match(vectors, texts, ["a"] * len(texts))
    assert (found.score > text_match.SUSPECT).mean() <= 0.02


def test_rules_and_specks_are_no_text() -> None:
    mask = np.zeros((40, 120), bool)
    mask[10:22, 20:30] = mask[10:22, 34:44] = True
    mask[37, 0:90] = True  # a rule
    mask[2:4, 110:112] = True  # a speck
    kept = strips.text_only(mask)
    assert kept[10:22, 20:30].all()
    assert not kept[37].any()
    assert not kept[2:4].any()


def test_an_empty_picture_has_no_strip() -> None:
    assert not strips.see(np.ones((30, 60), np.float32)).any()
