"""What every merge of answers that are not classes owes: order, repetition, any legal ballot."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.consensus.boxes import merge_boxes
from annotations.consensus.keypoint_fitting import KeypointFit
from annotations.consensus.multi_label import fit_multi_label
from annotations.consensus.polygons import merge_polygons
from annotations.measures.boxes import Box
from annotations.measures.keypoints import Instance, Skeleton
from annotations.measures.polygons import Polygon
from tests.annotations.consensus.multi_label_votes import multi_label_votes

fast = settings(max_examples=25, deadline=None, derandomize=True)
number = st.integers(0, 60).map(float)
side = st.integers(1, 40).map(float)
label = st.sampled_from(["face", "hand"])
SKELETON = Skeleton(("left", "right", "chin"), {"left": "right", "right": "left"}, None)

boxes = st.lists(st.builds(Box, number, number, side, side, label), max_size=4)
triangles = st.builds(
    lambda x, y, w, h, name: Polygon(((x, y), (x + w, y), (x + w / 2, y + h)), name),
    number, number, side, side, label,
)  # fmt: skip
place = st.tuples(number, number, st.sampled_from([0, 1, 2]))
instances = st.builds(
    Instance, st.fixed_dictionaries({}, optional=dict.fromkeys(SKELETON.points, place)), label
)


def _merge_choices(keys: Sequence[int], answers: Sequence[Sequence[int]]) -> tuple[Any, ...]:
    fit = fit_multi_label(multi_label_votes([[0, 1], [1]], n_labels=3))
    verdict = fit.merge(keys, answers)
    return verdict.codes, verdict.probability.tobytes(), verdict.confidence


MERGES: dict[str, tuple[st.SearchStrategy[Any], Callable[..., Any]]] = {
    "boxes": (boxes, merge_boxes),
    "polygons": (st.lists(triangles, max_size=3), merge_polygons),
    "keypoints": (st.lists(instances, max_size=2), KeypointFit(SKELETON).merge),
    "multi_label": (st.lists(st.integers(0, 2), max_size=3, unique=True), _merge_choices),
}
every_merge = pytest.mark.parametrize("name", sorted(MERGES))


@every_merge
@fast
@given(data=st.data())
def test_answers_in_any_order_give_the_same_verdict(name: str, data: st.DataObject) -> None:
    answer, merge = MERGES[name]
    answers = data.draw(st.lists(answer, min_size=1, max_size=4))
    keys = list(range(10, 10 + len(answers)))
    first = merge(keys, answers)
    for order in list(permutations(range(len(answers))))[:6]:
        again = merge([keys[i] for i in order], [answers[i] for i in order])
        assert repr(again) == repr(first)


@every_merge
@fast
@given(data=st.data(), n=st.integers(1, 4))
def test_empty_answers_are_votes_for_nothing(name: str, data: st.DataObject, n: int) -> None:
    answer, merge = MERGES[name]
    verdict = merge(range(2 * n + 1), [[]] * (n + 1) + [data.draw(answer)] * n)
    kept = verdict[0] if name == "multi_label" else verdict.kept
    assert not kept


@pytest.mark.parametrize("name", ["boxes", "polygons", "keypoints"])
@fast
@given(data=st.data())
def test_verdicts_are_finite_and_account_for_every_labeler_once(
    name: str, data: st.DataObject
) -> None:
    answer, merge = MERGES[name]
    answers = data.draw(st.lists(answer, min_size=1, max_size=4))
    verdict = merge(range(len(answers)), answers)
    clusters = [*verdict.kept, *verdict.rejected]
    members = [member for cluster in clusters for member in cluster.members]
    assert len(members) == len(set(members)) == sum(len(given) for given in answers)
    assert all(0.0 <= cluster.support <= 1.0 + 1e-9 for cluster in clusters)
    assert 0.0 <= verdict.confidence <= 1.0
    assert "nan" not in repr(clusters)


@pytest.mark.parametrize("name", ["boxes", "polygons", "keypoints"])
@pytest.mark.parametrize("n", [1, 2, 5])
def test_unanimous_shapes_win_unchanged(name: str, n: int) -> None:
    answers = {
        "boxes": [Box(10, 20, 30, 40, "face"), Box(100, 20, 30, 40, "hand")],
        "polygons": [Polygon(((0.0, 0.0), (40.0, 0.0), (20.0, 30.0)), "face")],
        "keypoints": [Instance({"left": (9, 5, 2), "right": (3, 5, 1)}, "face")],
    }
    verdict = MERGES[name][1](range(n), [answers[name]] * n)
    assert len(verdict.kept) == len(answers[name]) and not verdict.rejected
    assert verdict.confidence == pytest.approx(1 / (1 + 9.0**-n))
    if name == "boxes":
        assert [cluster.box for cluster in verdict.kept] == answers["boxes"]
    elif name == "polygons":
        assert verdict.kept[0].polygon == answers["polygons"][0]
    else:
        left, chin = verdict.kept[0].points["left"], verdict.kept[0].points["chin"]
        assert math.isclose(left.x, 9) and left.visibility == 2 and chin.visibility == 0


@pytest.mark.parametrize("name", ["boxes", "polygons", "keypoints"])
def test_a_ballot_without_answers_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="at least one answer"):
        MERGES[name][1]([], [])
