"""Boxes, polygons and keypoints: what many labelers draw becomes one drawing."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest

from annotations.consensus.boxes import merge_boxes
from annotations.consensus.keypoint_fitting import KeypointFit, fit_keypoints
from annotations.consensus.keypoints import KeypointVerdict, geometric_median
from annotations.consensus.polygons import merge_polygons
from annotations.measures.boxes import Box, box_distance, edges_of, match, overlap_matrix
from annotations.measures.geometry import Grid, area, contours, fill, signed_distance, simplify
from annotations.measures.keypoints import Instance, Skeleton, instance_distance
from annotations.measures.polygons import Polygon, polygon_distance, polygon_overlap
from tests.annotations.consensus.crowd_sets import ROOT

# --- boxes -----------------------------------------------------------------------------------


def test_the_median_edge_ignores_one_stray_box() -> None:
    answers = [[Box(10, 10, 20, 20)], [Box(11, 10, 20, 20)], [Box(10, 10, 30, 30)]]
    (cluster,) = merge_boxes([1, 2, 3], answers).kept
    assert cluster.box.edges() == (10, 10, 31, 30)
    assert cluster.support == 1.0


def test_a_box_of_a_minority_is_rejected_but_kept_for_review() -> None:
    verdict = merge_boxes([1, 2, 3], [[Box(0, 0, 9, 9)], [], []])
    assert not verdict.kept
    assert verdict.rejected[0].support == pytest.approx(1 / 3)


def test_the_class_of_a_box_is_voted_on_inside_its_cluster() -> None:
    answers = [[Box(0, 0, 9, 9, name)] for name in ("cat", "dog", "cat")]
    (cluster,) = merge_boxes([1, 2, 3], answers).kept
    assert (cluster.box.label, cluster.label_support) == ("cat", pytest.approx(2 / 3))


def test_touching_people_stay_two_boxes() -> None:
    answers = [[Box(0, 0, 10, 30), Box(8, 0, 10, 30)]] * 3
    assert len(merge_boxes([1, 2, 3], answers).kept) == 2


def test_boxes_are_merged_to_the_f1_goal_on_real_workers() -> None:
    folder = ROOT / "pedestrian_boxes_a"
    if not folder.exists():
        pytest.skip(f"no crowd boxes at {folder}")
    ballots = defaultdict(list)
    for row in read(folder / "labels.csv"):
        ballots[row["task"]].append((int(row["worker"][1:]), boxes_of(row["label"])))
    hits = found = wanted = 0
    for row in read(folder / "gold.csv"):
        gold = boxes_of(row["label"])
        verdict = merge_boxes(*zip(*ballots[row["task"]], strict=True))
        mine = [cluster.box for cluster in verdict.kept]
        hits += len(match(overlap_matrix(edges_of(mine), edges_of(gold)), 0.5)) if mine else 0
        found, wanted = found + len(mine), wanted + len(gold)
    assert 2 * hits / (found + wanted) >= 0.9


def read(path: object) -> list[dict[str, str]]:
    with open(str(path), newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def boxes_of(text: str) -> list[Box]:
    return [Box(*values) for values in json.loads(text)]


# --- polygons --------------------------------------------------------------------------------


def blob(radius: float, x: float = 100.0, y: float = 80.0, wobble: float = 0.15) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    reach = radius * (1 + wobble * np.sin(3 * angle + 1))
    return np.stack([x + reach * np.cos(angle), y + 0.8 * reach * np.sin(angle)], axis=1)


def polygon(points: np.ndarray, label: str = "") -> Polygon:
    return Polygon(tuple((float(x), float(y)) for x, y in points), label)


def test_filling_and_tracing_a_shape_gives_it_back() -> None:
    points = blob(40)
    grid = Grid.around(points, 256)
    (outline, *rest) = contours(signed_distance(fill(points, grid)))
    traced = grid.to_plane(simplify(outline, 0.35))
    assert not rest
    assert abs(area(traced)) == pytest.approx(abs(area(points)), rel=0.01)
    assert polygon_overlap([polygon(traced)], [polygon(points)])[0, 0] > 0.98


def test_simplifying_drops_points_on_straight_sides_only() -> None:
    corners = [(0.0, 0.0), (10.0, 0.0), (10.0, 8.0), (0.0, 8.0)]
    ring = [*corners, corners[0]]
    dense = np.vstack([np.linspace(a, b, 9)[:-1] for a, b in pairwise(ring)])
    assert sorted(map(tuple, simplify(dense, 0.1).tolist())) == sorted(corners)


def test_polygon_overlap_is_the_area_ratio() -> None:
    square = polygon(np.array([[0, 0], [10, 0], [10, 10], [0, 10.0]]))
    half = polygon(np.array([[0, 0], [10, 0], [10, 5], [0, 5.0]]))
    assert polygon_overlap([square], [half])[0, 0] == pytest.approx(0.5, abs=0.02)


def test_a_mean_outline_beats_its_labelers_by_the_square_root_law() -> None:
    random, truth = np.random.default_rng(3), blob(60)
    mine, theirs = [], []
    for _ in range(12):
        answers = [wobbled(truth, random) for _ in range(5)]
        stray = polygon(blob(35, 115, 90))
        verdict = merge_polygons(range(6), [[answer] for answer in [*answers, stray]])
        mine.append(polygon_distance([verdict.kept[0].polygon], [polygon(truth)]))
        theirs += [polygon_distance([answer], [polygon(truth)]) for answer in answers]
    assert np.mean(mine) <= np.mean(theirs) / np.sqrt(5) * 1.1


def wobbled(points: np.ndarray, random: np.random.Generator) -> Polygon:
    """Drawn by an unsteady hand: shifted, and the radius off by a smooth curve."""
    centre = points.mean(axis=0)
    angle = np.arctan2(*(points - centre).T[::-1])
    off = sum(
        random.normal(0, 0.03) * np.cos(k * angle + random.uniform(0, 6)) for k in range(1, 6)
    )
    return polygon(centre + (points - centre) * (1 + off)[:, None] + random.normal(0, 1, 2))


def test_polygons_of_different_objects_stay_apart() -> None:
    answers = [[polygon(blob(20, 50)), polygon(blob(20, 150), "b")]] * 2 + [[polygon(blob(20, 50))]]
    verdict = merge_polygons([1, 2, 3], answers)
    assert [round(cluster.support, 2) for cluster in verdict.kept] == [1.0, 0.67]


# --- keypoints -------------------------------------------------------------------------------

MIRRORED = [
    *((i, 16 - i) for i in range(8)), *((17 + i, 26 - i) for i in range(5)),
    (31, 35), (32, 34), (36, 45), (37, 44), (38, 43), (39, 42), (40, 47), (41, 46),
    *((48 + i, 54 - i) for i in range(3)), (55, 59), (56, 58), (60, 64), (61, 63), (65, 67),
]  # fmt: skip
NAMES = tuple(f"{i:02d}" for i in range(68))
MIRROR = {NAMES[a]: NAMES[b] for pair in MIRRORED for a, b in (pair, pair[::-1])}
FACE = Skeleton(NAMES, MIRROR, ("36", "45"))


def faces() -> list[np.ndarray]:
    path = ROOT.parent / "domain" / "dlib_faces" / "training_with_face_landmarks.xml"
    if not path.exists():
        pytest.skip(f"no landmarks at {path}")
    found = []
    for box in ElementTree.parse(path).getroot().iter("box"):
        parts = sorted(box.iter("part"), key=lambda part: part.get("name") or "")
        found.append(np.array([(float(p.get("x")), float(p.get("y"))) for p in parts]))
    return [points for points in found if len(points) == 68]


def instance_of(points: np.ndarray) -> Instance:
    return Instance({n: (float(x), float(y), 2) for n, (x, y) in zip(NAMES, points, strict=True)})


class Crowd:
    """Five labelers of different steadiness: jitter, stray points, and some faces mirrored."""

    def __init__(self, seed: int = 1) -> None:
        random = np.random.default_rng(seed)
        self.truth = faces()
        self.deviation = random.uniform(0.01, 0.05, 5)
        self.swapped: list[set[int]] = []
        self.ballots = []
        self.errors: list[float] = []
        for points in self.truth:
            swapped = {int(i) for i in np.flatnonzero(random.random(5) < 0.1)[:2]}
            self.swapped.append(swapped)
            answers = [self.draw(points, i, i in swapped, random) for i in range(5)]
            self.ballots.append((list(range(5)), answers))

    def draw(
        self, points: np.ndarray, labeler: int, swap: bool, random: np.random.Generator
    ) -> list[Instance]:
        unit = float(np.hypot(*(points[36] - points[45])))
        drawn = points + random.normal(0, unit * self.deviation[labeler], points.shape)
        self.errors.append(float(np.hypot(*(drawn - points).T).mean() / unit))
        stray = random.random(68) < 0.05
        drawn[stray] += random.normal(0, unit / 2, (stray.sum(), 2))
        return [instance_of(drawn[FACE.mirror_index()] if swap else drawn)]

    def error_of(self, verdicts: list[KeypointVerdict]) -> float:
        """Mean distance to the truth in units of the eyes' distance."""
        errors = []
        for points, verdict in zip(self.truth, verdicts, strict=True):
            mine = np.array(
                [(verdict.kept[0].points[n].x, verdict.kept[0].points[n].y) for n in NAMES]
            )
            errors.append(
                np.hypot(*(mine - points).T).mean() / np.hypot(*(points[36] - points[45]))
            )
        return float(np.mean(errors))


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    return Crowd()


@pytest.fixture(scope="module")
def face_fit(crowd: Crowd) -> KeypointFit:
    return fit_keypoints(FACE, crowd.ballots)


def test_points_beat_the_mean_labeler_by_the_square_root_law(
    crowd: Crowd, face_fit: KeypointFit
) -> None:
    verdicts = [face_fit.merge(*ballot) for ballot in crowd.ballots]
    assert crowd.error_of(verdicts) <= np.mean(crowd.errors) / np.sqrt(5)


def test_mixed_up_sides_are_found_and_mended(crowd: Crowd, face_fit: KeypointFit) -> None:
    found = [set(face_fit.merge(*ballot).kept[0].swapped) for ballot in crowd.ballots]
    hits = sum(len(a & b) for a, b in zip(found, crowd.swapped, strict=True))
    assert sum(map(len, crowd.swapped)) >= 5
    assert hits >= 0.95 * sum(map(len, crowd.swapped))
    assert sum(len(a - b) for a, b in zip(found, crowd.swapped, strict=True)) == 0


def test_the_steadier_labelers_are_known(crowd: Crowd, face_fit: KeypointFit) -> None:
    estimated = [face_fit.deviation(labeler) for labeler in range(5)]
    assert np.argsort(estimated).tolist() == np.argsort(crowd.deviation).tolist()


def test_a_keypoint_fit_survives_json(crowd: Crowd, face_fit: KeypointFit) -> None:
    back = KeypointFit.from_json(json.loads(json.dumps(face_fit.to_json())))
    assert back.merge(*crowd.ballots[0]) == face_fit.merge(*crowd.ballots[0])


def test_visibility_is_a_vote() -> None:
    skeleton = Skeleton(("ear",))
    answers = [[Instance({"ear": (5, 5, v)})] for v in (1, 1, 2)]
    point = KeypointFit(skeleton).merge([1, 2, 3], answers).kept[0].points["ear"]
    assert (point.visibility, point.agreement) == (1, pytest.approx(2 / 3))


def test_two_labelers_far_apart_still_have_a_point() -> None:
    skeleton = Skeleton(("ear", "nose", "chin"))
    places = [{"ear": (0, 0, 2), "nose": (9, 9, 2), "chin": (90, 90, 2)}] * 2
    places[1] = {**places[1], "ear": (40, 0, 2)}
    point = KeypointFit(skeleton).merge([1, 2], [[Instance(p)] for p in places]).kept[0]
    assert point.points["ear"].x == pytest.approx(20, abs=20)


def test_the_geometric_median_resists_a_stray_point() -> None:
    stack = np.array([[[0, 0]], [[1, 0]], [[0, 1]], [[500, 500]]], dtype=float)
    assert np.hypot(*geometric_median(stack, np.ones(4))[0]) < 1.5


@pytest.mark.parametrize("missing", [0, 1])
def test_distances_count_what_is_missing(missing: int) -> None:
    eyes = Skeleton(("left", "right"), {}, ("left", "right"))
    whole = Instance({"left": (0, 0, 2), "right": (10, 0, 2)})
    part = Instance({"left": (0, 0, 2)})
    assert instance_distance([whole], [part if missing else whole], eyes) == missing / 2
    assert instance_distance([whole], [], eyes) == 1.0
    assert box_distance([Box(0, 0, 2, 2)], [Box(0, 0, 2, 2)] + [Box(9, 9, 2, 2)] * missing) == (
        pytest.approx(missing / 2)
    )
