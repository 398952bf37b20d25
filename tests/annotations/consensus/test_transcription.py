"""Readings of handwriting and speech become one text."""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from annotations.consensus.stop_text import decide_readings
from annotations.consensus.text_fitting import fit_readings, verdicts_of
from annotations.consensus.transcription import RULES, LabelerRecord, TextFit
from annotations.measures.text import TextPolicy, is_unclear
from tests.annotations.consensus.crowd_sets import ROOT, rows

FOLDED = TextPolicy(fold_case=True, fold_punctuation=True)
every_rule = pytest.mark.parametrize("rule", RULES)
fast = settings(max_examples=40, deadline=None, derandomize=True)
readings_of_any_kind = st.lists(
    st.none() | st.text(alphabet="ab cß7?.é\n", max_size=12), min_size=1, max_size=6
)


def merged(*readings: str | None, **settings_: object) -> str | None:
    return TextFit(**settings_).merge(range(len(readings)), readings).text


@every_rule
@fast
@given(readings=readings_of_any_kind)
def test_any_readings_in_any_order_give_one_verdict(rule: str, readings: list[str | None]) -> None:
    fit = TextFit(rule, records={0: LabelerRecord(3, 40, 1, 8, 2, 5)})
    keys = list(range(len(readings)))
    first = fit.merge(keys, readings)
    assert 0.0 <= first.confidence <= 1.0
    for order in list(permutations(keys))[:24]:
        assert fit.merge(order, [readings[i] for i in order]) == first


@every_rule
@fast
@given(text=st.text(alphabet="ab cßé7.\n", min_size=1, max_size=20), n=st.integers(1, 5))
def test_unanimous_readings_win(rule: str, text: str, n: int) -> None:
    cleaned = TextPolicy().clean(text)
    verdict = TextFit(rule).merge(range(n), [text] * n)
    assert verdict.text == cleaned
    if cleaned:
        assert verdict.rule == "unanimous"


@every_rule
def test_blank_readings_are_abstentions(rule: str) -> None:
    verdict = TextFit(rule).merge([1, 2, 3], ["", "4925", "   "])
    assert (verdict.text, verdict.readings, verdict.abstentions) == ("4925", 1, 2)


@every_rule
def test_cannot_be_read_wins_with_most_of_the_weight(rule: str) -> None:
    assert merged(None, None, "Tilson", rule=rule) is None
    assert merged(None, "Tilson", "Tilson", rule=rule) == "Tilson"


def test_characters_are_voted_on_one_by_one() -> None:
    readings = ("Rühstädtr Dorfstraße", "Rühstädter Dorfstrase", "Rühstdter Dorfstraße")
    assert merged(*readings) == "Rühstädter Dorfstraße"


def test_disputed_characters_have_less_support() -> None:
    verdict = TextFit("character_vote").merge([1, 2, 3], ["4925", "4925", "4935"])
    assert [token.raw for token in verdict.tokens if token.support < 1] == ["2"]


def test_of_two_readings_the_longer_one_wins_but_not_with_a_mark_of_doubt() -> None:
    assert merged("Stathelle", "Stathelle Norway") == "Stathelle Norway"
    assert merged("Egginton Tpt", "Egginton Transport?") == "Egginton Tpt"
    assert is_unclear("Bruises in the T[...]k") and not is_unclear("No. 25")


def test_long_lines_are_voted_on_by_words() -> None:
    line = "now what was the sense of it two innocent babies"
    readings = [line.replace(word, word[::-1]) for word in ("what", "sense", "two", "babies", "it")]
    verdict = TextFit().merge(range(5), readings)
    assert (verdict.text, verdict.rule) == (line, "word_vote")


def test_free_text_is_never_spliced() -> None:
    readings = ["He exercises in the gym", "He does sports at a hall", "He is training in the gym"]
    assert merged(*readings, free_text=True) in readings


def test_folding_ignores_case_in_the_vote_but_shows_what_was_written() -> None:
    readings = ("Bruises in the Trunk", "Bruises in the trunk", "bruises in the Trunk")
    assert merged(*readings, policy=FOLDED) == "Bruises in the Trunk"


@every_rule
def test_lines_of_a_text_stay_lines(rule: str) -> None:
    poem = "Tyger Tyger,\nburning bright\n\nIn the forests"
    assert merged(poem, poem, "Tyger Tyger,\nburning bright\n\nIn the forest", rule=rule) == poem
    # They do not count as a difference, so most readers decide where a line ends.
    flat, broken = "burning bright in the forests", "burning bright\nin the forests"
    verdict = TextFit(rule).merge([1, 2, 3], [broken, flat, broken])
    assert verdict.text == broken
    assert TextPolicy().key(flat) == TextPolicy().key(broken)


def test_most_readers_decide_where_a_line_ends_and_of_two_who_broke_it() -> None:
    flat, broken = "a bee", "a\nbee"
    assert merged(flat, flat, broken) == flat
    assert merged(flat, broken) == broken


def test_clean_texts_have_no_spare_spaces_or_lines() -> None:
    assert TextPolicy().clean(" \n\r\n a  b \n\n\n\n c\td\n") == "a b\n\nc d"


@given(text=st.text(alphabet="ab \n\r\té.", max_size=30))
def test_the_words_of_a_text_make_it_again(text: str) -> None:
    cleaned = TextPolicy().clean(text)
    assert TextPolicy.joined(TextPolicy.words(cleaned)) == cleaned
    assert "".join(TextPolicy.characters(cleaned)) == cleaned
    assert TextPolicy().clean(cleaned) == cleaned


def test_a_reader_who_errs_weighs_less_but_is_no_zero() -> None:
    fit = TextFit(records={1: LabelerRecord(1, 200), 2: LabelerRecord(80, 200)})
    assert 0.1 < fit.weight(2) < 0.6 * fit.weight(1)


def test_more_agreement_is_more_confidence() -> None:
    fit = TextFit()
    sure = [fit.merge(range(n), ["4925"] * n).confidence for n in (1, 2, 4)]
    torn = fit.merge([1, 2, 3, 4], ["4925", "4925", "4925", "4935"]).confidence
    assert sure == sorted(sure) and torn < sure[-1]


@every_rule
def test_a_fit_survives_json(rule: str) -> None:
    fit = fit_readings([1, 1, 2, 2], [7, 8, 7, 8], ["ab", "ab", "cd", "ce"], rule=rule)
    assert TextFit.from_json(json.loads(json.dumps(fit.to_json()))) == fit


def test_the_fit_ignores_the_order_of_readings() -> None:
    votes = [(i, labeler, f"{i}x{labeler % 2}") for i in range(6) for labeler in range(3)]
    fits = [fit_readings(*zip(*order, strict=True)) for order in (votes, votes[::-1])]
    assert fits[0].to_json() == fits[1].to_json()


def test_two_agreeing_readings_settle_a_text() -> None:
    fit = TextFit()
    assert decide_readings(fit, [1], ["4925"]).outcome == "open"
    assert decide_readings(fit, [1, 1], ["4925", "4925"]).outcome == "open"
    assert decide_readings(fit, [1, 2], ["4925", "4935"]).outcome == "open"
    assert decide_readings(fit, [1, 2, 3], ["4925", "4935", "4925"]).outcome == "settled"
    assert decide_readings(fit, [1, 2, 3], ["1", "2", "3"], most=3).outcome == "disputed"


# --- real readings ---------------------------------------------------------------------------


def readings_of(name: str) -> tuple[list[str], list[int], list[str], dict[str, str]]:
    votes, gold = rows(name, "labels.csv"), rows(name, "gold.csv")
    workers = {w: i for i, w in enumerate(sorted({row["worker"] for row in votes}))}
    return (
        [row["task"] for row in votes],
        [workers[row["worker"]] for row in votes],
        [row["label"] for row in votes],
        {row["task"]: row["label"] for row in gold},
    )


def test_handwritten_cells_are_right_to_94_percent() -> None:
    items, labelers, texts, gold = readings_of("hms_nhs_handwriting_a")
    policy = TextPolicy(fold_case=True)
    fit = fit_readings(items, labelers, texts, policy=policy)
    verdicts = verdicts_of(fit, items, labelers, texts)
    right = [policy.key(verdicts[item].text or "") == policy.key(gold[item]) for item in gold]
    assert sum(right) / len(right) >= 0.94


def test_handwriting_stops_at_two_agreeing_readings_with_little_loss() -> None:
    items, labelers, texts, gold = readings_of("hms_nhs_handwriting_a")
    policy = TextPolicy(fold_case=True)
    fit = fit_readings(items, labelers, texts, policy=policy)
    ballots = defaultdict(list)
    for item, labeler, text in zip(items, labelers, texts, strict=True):
        ballots[item].append((labeler, text))
    used = right = full = 0
    for item, truth in gold.items():
        asked = next(
            (n for n in range(2, len(ballots[item]))
             if decide_readings(fit, *zip(*ballots[item][:n], strict=True)).outcome == "settled"),
            len(ballots[item]),
        )  # fmt: skip
        used += asked
        right += policy.key(fit.merge(*zip(*ballots[item][:asked], strict=True)).text or "") == (
            policy.key(truth)
        )
        full += policy.key(fit.merge(*zip(*ballots[item], strict=True)).text or "") == (
            policy.key(truth)
        )
    assert used <= 0.66 * sum(len(ballots[item]) for item in gold)
    assert right >= full - 0.01 * len(gold)


def test_spoken_lines_are_within_the_word_error_goal() -> None:
    items, labelers, texts, gold = readings_of("crowdspeech_test_clean")
    fit = fit_readings(items, labelers, texts, policy=FOLDED)
    verdicts = verdicts_of(fit, items, labelers, texts)
    errors = words = 0
    for item, truth in gold.items():
        errors += Levenshtein.distance(FOLDED.key(verdicts[item].text or "").split(), truth.split())
        words += len(truth.split())
    assert 100 * errors / words <= 5.8


def test_simulated_word_transcribers_are_right_to_98_percent() -> None:
    folder = ROOT.parent / "domain" / "transcription_crowd"
    if not folder.exists():
        pytest.skip(f"no transcriptions at {folder}")
    votes = [json.loads(line) for line in (folder / "annotations.jsonl").read_text().splitlines()]
    truth = json.loads((folder / "truth.json").read_text())["truth"]
    names = sorted({vote["labeler"] for vote in votes})
    columns = (
        [vote["item"] for vote in votes],
        [names.index(vote["labeler"]) for vote in votes],
        [vote["text"] for vote in votes],
    )
    verdicts = verdicts_of(fit_readings(*columns), *columns)
    right = sum(verdicts[item].text == text for item, text in truth.items())
    assert right / len(truth) >= 0.985
