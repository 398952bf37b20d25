"""Consensus on real crowds, beside crowd-kit: accuracy, calibration, votes saved, CPU, memory.

Run: python -m tests.benchmarks.bench_consensus [--quick]. Writes results/consensus.json.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from crowdkit.aggregation import DawidSkene, MajorityVote, OneCoinDawidSkene
from rapidfuzz.distance import Levenshtein

from annotations.consensus import CANDIDATES, DEFAULT_METHOD, METHODS
from annotations.consensus.base import VoteTable
from annotations.consensus.boxes import merge_boxes
from annotations.consensus.calibrate import calibration_error
from annotations.consensus.choose import fit_chosen
from annotations.consensus.replay import replay_stop_rule
from annotations.consensus.stop_text import decide_readings
from annotations.consensus.text_fitting import fit_readings, verdicts_of
from annotations.measures.boxes import Box, edges_of, match, overlap_matrix
from annotations.measures.text import TextPolicy
from tests.annotations.consensus.crowd_sets import CATEGORICAL, ROOT, CrowdSet, load_set, rows

RESULTS = Path(__file__).parent / "results" / "consensus.json"
GOLD = 50
FOLDED = TextPolicy(fold_case=True, fold_punctuation=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer draws, no million votes")
    quick = parser.parse_args().quick
    report: dict[str, Any] = {"machine": platform.machine(), "python": platform.python_version()}
    if ROOT.exists():
        draws = 2 if quick else 5
        report["sets"] = {name: of_set(load_set(name), draws) for name in CATEGORICAL}
        report["mean"] = means(report["sets"])
        report["anonymous"] = anonymous()
        report["text"] = texts()
        report["boxes_f1"] = boxes()
    else:
        report["skipped"] = "no crowd votes beside the repository"
    report["speed"] = [speed(n) for n in ((10_000, 100_000) if quick else (10**4, 10**5, 10**6))]
    report["one_ballot"] = one_ballot()
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    sys.stdout.write(table(report))


# --- accuracy, calibration, stopping, spam ---------------------------------------------------


def of_set(crowd: CrowdSet, draws: int) -> dict[str, Any]:
    """Percent right of each method, and with 50 gold items the mean over draws."""
    votes = crowd.votes
    frame = pd.DataFrame(
        {"task": votes.items, "worker": votes.labelers, "label": votes.codes.astype(int)}
    )
    found: dict[str, Any] = {
        name: round(crowd.accuracy(method.fit(votes).verdicts(votes).codes), 2)
        for name, method in METHODS.items()
    }
    found["crowdkit"] = {
        name: round(crowd.accuracy(_codes(model.fit_predict(frame), votes)), 2)
        for name, model in opponents().items()
    }
    with_gold = [of_draw(crowd, seed) for seed in range(draws)]
    for key in with_gold[0]:
        found[key] = round(float(np.mean([draw[key] for draw in with_gold])), 4)
    return found


def opponents() -> dict[str, Any]:
    return {
        "majority": MajorityVote(),
        "dawid_skene": DawidSkene(n_iter=100),
        "one_coin": OneCoinDawidSkene(n_iter=100),
    }


def _codes(labels: pd.Series, votes: VoteTable) -> np.ndarray:
    codes = np.full(votes.n_items, -1)
    codes[labels.index.to_numpy()] = labels.to_numpy()
    return codes


def of_draw(crowd: CrowdSet, seed: int) -> dict[str, float]:
    """One draw of gold items: figures on the gold items that were not drawn."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(crowd.gold_items))
    gold, rest = order[:GOLD], order[GOLD:]
    known = (crowd.gold_items[gold], crowd.gold_codes[gold])
    others = CrowdSet(crowd.votes, crowd.gold_items[rest], crowd.gold_codes[rest])
    votes = shuffled(crowd.votes, random)
    fit, _ = fit_chosen(votes, known, CANDIDATES, default=DEFAULT_METHOD)
    verdicts = fit.verdicts(votes)
    right = verdicts.codes[others.gold_items] == others.gold_codes
    plain = fit.with_temperature(1.0).verdicts(votes)
    method = METHODS[DEFAULT_METHOD]
    full = others.accuracy(method.fit(votes, known=known).verdicts(votes).codes)
    replay = replay_stop_rule(votes, method, 0.99, known=known)
    spam = method.fit(spammed(votes, random)).verdicts(votes).codes
    clean = method.fit(votes).verdicts(votes).codes
    return {
        "gold_50": others.accuracy(verdicts.codes),
        "majority_same_items": others.accuracy(
            METHODS["majority"].fit(votes).verdicts(votes).codes
        ),
        "calibration_raw": calibration_error(plain.confidence[others.gold_items], right),
        "calibration_gold_50": calibration_error(verdicts.confidence[others.gold_items], right),
        "stop_99_votes": 100.0 * replay.votes_used / len(votes),
        "stop_99_change": others.accuracy(replay.verdicts.codes) - full,
        "spam_change": others.accuracy(spam) - others.accuracy(clean),
    }


def shuffled(votes: VoteTable, random: np.random.Generator) -> VoteTable:
    """The same votes in another order of arrival."""
    order = random.permutation(len(votes))
    return VoteTable(
        votes.items[order],
        votes.labelers[order],
        votes.codes[order],
        votes.n_items,
        votes.labeler_keys,
        votes.n_classes,
    )


def spammed(votes: VoteTable, random: np.random.Generator) -> VoteTable:
    """A fifth of the votes, by whole labelers, made random, always-first, or copied."""
    order = random.permutation(votes.n_labelers)
    share = np.cumsum(np.bincount(votes.labelers, minlength=votes.n_labelers)[order]) / len(votes)
    bad = order[: max(1, int(np.searchsorted(share, 0.2)))]
    codes = votes.codes.copy()
    noise = random.integers(0, votes.n_classes, votes.n_items)
    for place, labeler in enumerate(bad.tolist()):
        mine = np.flatnonzero(votes.labelers == labeler)
        if place % 3 == 0:
            codes[mine] = random.integers(0, votes.n_classes, len(mine))
        elif place % 3 == 1:
            codes[mine] = 0
        else:
            codes[mine] = noise[votes.items[mine]]  # copiers share one source
    return VoteTable(
        votes.items, votes.labelers, codes, votes.n_items, votes.labeler_keys, votes.n_classes
    )


def means(sets: dict[str, dict[str, Any]]) -> dict[str, float]:
    keys = [key for key, value in next(iter(sets.values())).items() if key != "crowdkit"]
    return {key: round(float(np.mean([found[key] for found in sets.values()])), 4) for key in keys}


def anonymous() -> dict[str, float]:
    """Counts without workers: percent right of the plurality."""
    counts, gold = rows("cifar10n_10k", "counts.csv"), rows("cifar10n_10k", "gold.csv")
    votes, items, names = VoteTable.encode(
        [row["task"] for row in counts],
        [0] * len(counts),
        [row["label"] for row in counts],
        weights=[float(row["count"]) for row in counts],
    )
    codes = METHODS["majority"].fit(votes).verdicts(votes).codes
    truth = {row["task"]: row["label"] for row in gold}
    right = [names[code] == truth[str(item)] for item, code in zip(items, codes, strict=True)]
    return {"cifar10n_10k": round(100.0 * float(np.mean(right)), 2)}


# --- text and boxes --------------------------------------------------------------------------


def texts() -> dict[str, float]:
    case = TextPolicy(fold_case=True)
    found = {f"hms_{key}": value for key, value in handwriting(case).items()}
    items, labelers, readings, gold = readings_of("crowdspeech_test_clean")
    verdicts = verdicts_of(
        fit_readings(items, labelers, readings, policy=FOLDED), items, labelers, readings
    )
    pairs = [(FOLDED.key(verdicts[i].text or "").split(), gold[i].split()) for i in gold]
    errors = sum(Levenshtein.distance(mine, truth) for mine, truth in pairs)
    found["crowdspeech_word_error"] = 100.0 * errors / sum(len(truth) for _, truth in pairs)
    folder = ROOT.parent / "domain" / "transcription_crowd"
    lines = (folder / "annotations.jsonl").read_text(encoding="utf-8").splitlines()
    votes = [json.loads(line) for line in lines]
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["truth"]
    names = sorted({vote["labeler"] for vote in votes})
    columns = (
        [vote["item"] for vote in votes],
        [names.index(vote["labeler"]) for vote in votes],
        [vote["text"] for vote in votes],
    )
    words = verdicts_of(fit_readings(*columns), *columns)
    found["transcription_crowd_exact"] = 100.0 * float(
        np.mean([words[item].text == text for item, text in truth.items()])
    )
    return {key: round(value, 3) for key, value in found.items()}


def handwriting(policy: TextPolicy) -> dict[str, float]:
    """Exact under the policy and as written, and with a stop at two agreeing readings."""
    items, labelers, readings, gold = readings_of("hms_nhs_handwriting_a")
    fit = fit_readings(items, labelers, readings, policy=policy)
    ballots: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for item, labeler, reading in zip(items, labelers, readings, strict=True):
        ballots[item].append((labeler, reading))
    used = exact = as_written = stopped = 0
    for item, truth in gold.items():
        whole = fit.merge(*zip(*ballots[item], strict=True)).text or ""
        n = _asked(fit, ballots[item])
        early = fit.merge(*zip(*ballots[item][:n], strict=True)).text or ""
        used += n
        exact += policy.key(whole) == policy.key(truth)
        as_written += whole == policy.clean(truth)
        stopped += policy.key(early) == policy.key(truth)
    return {
        "exact_ignoring_case": 100.0 * exact / len(gold),
        "exact_as_written": 100.0 * as_written / len(gold),
        "stop_readings": 100.0 * used / sum(len(ballots[item]) for item in gold),
        "stop_change": 100.0 * (stopped - exact) / len(gold),
    }


def _asked(fit: Any, ballot: list[tuple[int, str]]) -> int:
    for n in range(2, len(ballot)):
        keys, readings = zip(*ballot[:n], strict=True)
        if decide_readings(fit, keys, readings, most=len(ballot)).outcome == "settled":
            return n
    return len(ballot)


def readings_of(name: str) -> tuple[list[str], list[int], list[str], dict[str, str]]:
    votes, gold = rows(name, "labels.csv"), rows(name, "gold.csv")
    place = {w: i for i, w in enumerate(sorted({row["worker"] for row in votes}))}
    return (
        [row["task"] for row in votes],
        [place[row["worker"]] for row in votes],
        [row["label"] for row in votes],
        {row["task"]: row["label"] for row in gold},
    )


def boxes() -> float:
    """F1 at an overlap of one half on real street images."""
    ballots: dict[str, tuple[list[int], list[list[Box]]]] = defaultdict(lambda: ([], []))
    for row in rows("pedestrian_boxes_a", "labels.csv"):
        ballots[row["task"]][0].append(int(row["worker"][1:]))
        ballots[row["task"]][1].append([Box(*box) for box in json.loads(row["label"])])
    hits = found = wanted = 0
    for row in rows("pedestrian_boxes_a", "gold.csv"):
        gold = [Box(*box) for box in json.loads(row["label"])]
        mine = [cluster.box for cluster in merge_boxes(*ballots[row["task"]]).kept]
        hits += len(match(overlap_matrix(edges_of(mine), edges_of(gold)), 0.5)) if mine else 0
        found, wanted = found + len(mine), wanted + len(gold)
    return round(2 * hits / (found + wanted), 4)


# --- speed and memory ------------------------------------------------------------------------


def synthetic(n_votes: int, seed: int = 0) -> tuple[VoteTable, np.ndarray]:
    """Five votes an item in random order, 10 classes, 1,000 labelers."""
    random = np.random.default_rng(seed)
    n_items = n_votes // 5
    truth = random.integers(0, 10, n_items)
    items, labelers = np.repeat(np.arange(n_items), 5), random.integers(0, 1000, n_votes)
    right = random.random(n_votes) < random.uniform(0.5, 0.95, 1000)[labelers]
    codes = np.where(right, truth[items], random.integers(0, 10, n_votes))
    order = random.permutation(n_votes)
    table = VoteTable(items[order], labelers[order], codes[order], n_items, np.arange(1000), 10)
    return table, truth


def speed(n_votes: int) -> dict[str, Any]:
    """Ten iterations of the textbook method to labels, and the default to convergence."""
    votes, truth = synthetic(n_votes)
    frame = pd.DataFrame({"task": votes.items, "worker": votes.labelers, "label": votes.codes})
    # The verdict is one more step of EM: nine here and it make crowd-kit's ten.
    params = {"max_iterations": 9, "tolerance": 1e-300, "smoothing": 1e-9}

    def ours() -> np.ndarray:
        return METHODS["dawid_skene_full"].fit(votes, params=params).verdicts(votes).codes

    def theirs() -> np.ndarray:
        return DawidSkene(n_iter=10, tol=0).fit_predict(frame).sort_index().to_numpy()

    def default() -> np.ndarray:
        return METHODS[DEFAULT_METHOD].fit(votes).verdicts(votes).codes

    mine, other, best = timed(ours, 3), timed(theirs, 1), timed(default, 3)
    memory = [peak_memory(run) for run in (ours, theirs)]
    return {
        "votes": n_votes,
        "cpu_seconds": round(mine[0], 4),
        "crowdkit_cpu_seconds": round(other[0], 4),
        "crowdkit_over_ours": round(other[0] / mine[0], 1),
        "equal_labels": float((mine[1] == other[1]).mean()),
        "extra_memory_mb": round(memory[0] / 1e6, 1),
        "crowdkit_extra_memory_mb": round(memory[1] / 1e6, 1),
        "memory_ratio": round(memory[0] / memory[1], 3),
        "default_cpu_seconds": round(best[0], 4),
        "default_percent_right": round(100.0 * float((best[1] == truth).mean()), 2),
    }


def timed(run: Callable[[], np.ndarray], times: int) -> tuple[float, np.ndarray]:
    """Least CPU seconds over some runs, and the last result."""
    seconds = []
    for _ in range(times):
        started = time.process_time()
        result = run()
        seconds.append(time.process_time() - started)
    return min(seconds), result


def peak_memory(run: Callable[[], np.ndarray]) -> float:
    """Bytes allocated at the peak beyond what there was."""
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return float(peak)


def one_ballot() -> dict[str, float]:
    """CPU microseconds from a ballot of five votes to its posterior, first and later times."""
    found = {}
    for n_votes in (10_000, 100_000):
        votes, _ = synthetic(n_votes)
        fit = METHODS[DEFAULT_METHOD].fit(votes)
        random = np.random.default_rng(1)
        ballots = [(random.integers(0, 1000, 5).tolist(), [1, 2, 1, 1, 3]) for _ in range(400)]
        for label in ("first", "again"):
            started = time.process_time()
            for keys, codes in ballots:
                fit.posterior(keys, codes)
            each = (time.process_time() - started) / len(ballots)
            found[f"{label}_us_after_{n_votes}_votes"] = round(1e6 * each, 1)
    return found


def table(report: dict[str, Any]) -> str:
    """The figures for a person."""
    columns = ("majority", DEFAULT_METHOD, "gold_50", "calibration_gold_50", "stop_99_votes",
               "stop_99_change", "spam_change")  # fmt: skip
    lines = [f"{'set':20}" + "".join(f"{name:>21}" for name in columns)]
    for name, found in {**report.get("sets", {}), "mean": report.get("mean", {})}.items():
        lines.append(f"{name:20}" + "".join(f"{found.get(c, float('nan')):21.3f}" for c in columns))
    rest = {
        key: report[key] for key in ("text", "boxes_f1", "speed", "one_ballot") if key in report
    }
    return "\n".join([*lines, json.dumps(rest, indent=1)]) + "\n"


if __name__ == "__main__":
    main()
