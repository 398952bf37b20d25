"""The checking processes: in order, within limits, and none of them can hurt the importer."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Timer

import pytest

from annotations.intake.checking import Checker, CheckerPool
from annotations.intake.limits import DEFAULT
from annotations.intake.picture import Picture
from annotations.intake.refusals import Refusal
from tests.pictures import encoded, picture, png


@pytest.fixture
def checker() -> Iterator[Checker]:
    made = Checker()
    yield made
    made.close()


def test_answers_come_in_the_order_of_the_files() -> None:
    files = [(k, png(k) if k % 7 else b"no picture") for k in range(300)]
    with CheckerPool(processes=2) as pool:
        answers = list(pool.check(iter(files)))
    assert [(key, data) for key, data, _ in answers] == files
    assert [isinstance(answer, Refusal) for *_, answer in answers] == [
        k % 7 == 0 for k in range(300)
    ]


def test_files_are_read_no_further_ahead_than_needed() -> None:
    taken = 0

    def endless() -> Iterator[tuple[int, bytes]]:
        nonlocal taken
        while True:
            taken += 1
            yield taken, png(1)

    with CheckerPool(processes=1) as pool:
        next(pool.check(endless()))
    assert taken < 2_000


def test_a_killed_process_is_replaced_and_nothing_is_lost(checker: Checker) -> None:
    assert isinstance(checker.check([png(1)])[0], Picture)
    assert checker._process is not None
    os.kill(checker._process.pid, signal.SIGKILL)
    assert all(isinstance(answer, Picture) for answer in checker.check([png(2), png(3)]))


def test_a_file_that_needs_too_much_memory_is_refused_alone() -> None:
    # 50 million pixels in 6 MB of file; 200 MB of memory once decoded.
    hungry = encoded(picture(8000, 6000).quantize(4), compress_level=1)
    checker = Checker(replace(DEFAULT, checker_bytes=200_000_000))
    answers = checker.check([png(1), hungry, png(2)])
    checker.close()
    assert [isinstance(answer, Picture) for answer in answers] == [True, False, True]
    assert isinstance(answers[1], Refusal) and answers[1].code in ("too_large", "corrupt")


def test_a_file_that_takes_too_long_is_refused() -> None:
    checker = Checker(replace(DEFAULT, seconds_per_file=0))
    (answer,) = checker.check([png(1)])
    checker.close()
    assert isinstance(answer, Refusal) and answer.code == "too_large"


def test_a_file_has_its_time_on_a_busy_machine_too(monkeypatch: pytest.MonkeyPatch) -> None:
    checker = Checker(replace(DEFAULT, seconds_per_file=1))
    checker.check([png(1)])
    process = checker._process
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    Timer(1.5, process.send_signal, [signal.SIGCONT]).start()
    (answer,) = checker.check([png(2)])
    checker.close()
    assert isinstance(answer, Picture)


def test_a_checking_process_knows_no_secrets_and_writes_no_files(
    checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "do-not-hand-on")
    checker.check([png(1)])
    assert checker._process is not None
    process = Path("/proc", str(checker._process.pid))
    environment = (process / "environ").read_bytes()
    limits = (process / "limits").read_text()
    assert b"do-not-hand-on" not in environment
    assert "Max file size             0" in limits


def test_no_process_outlives_its_pool() -> None:
    with CheckerPool(processes=2) as pool:
        list(pool.check([(1, encoded(picture(40, 40), "JPEG"))]))
        pids = [c._process.pid for c in pool._checkers if c._process is not None]
    assert pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_plain_drawings_need_no_process_and_keep_their_place() -> None:
    files = [(k, png(k)) for k in range(200)]
    with CheckerPool(processes=1) as pool:
        answers = list(pool.check(iter(files)))
        assert all(checker._process is None for checker in pool._checkers)
    assert [(key, data) for key, data, _ in answers] == files
    assert {answer.media_type for *_, answer in answers if isinstance(answer, Picture)} == {
        "image/png"
    }


def test_here_or_in_a_process_a_plain_drawing_has_the_same_answer(checker: Checker) -> None:
    limits = replace(DEFAULT, min_side=55)
    files = [png(1), png(2, 20, 20), encoded(picture(40, 40), "JPEG"), png(3)[:-1], b""]
    strict = Checker(limits)
    with CheckerPool(limits, processes=1) as pool:
        here = [answer for *_, answer in pool.check((0, data) for data in files)]
    there = strict.check(files)
    strict.close()
    assert [_told(answer) for answer in here] == [_told(answer) for answer in there]


def _told(answer: Picture | Refusal) -> object:
    return answer if isinstance(answer, Picture) else (answer.code, answer.detail)
