import subprocess
import sys
import time
from typing import Any

import pytest

from digitrec import daily_purge
from digitrec.daily_purge import EVERY_S, FIRST_AFTER_S, DailyPurge


class Process:
    """A purge that goes on until it is told to end."""

    started: list[list[str]]
    ended: int | None

    def __init__(self, command: list[str], **_options: Any) -> None:
        Process.started.append(command)
        Process.ended = None

    def poll(self) -> int | None:
        return Process.ended


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    Process.started = []
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(subprocess, "Popen", Process)
    monkeypatch.setattr(daily_purge, "end_with_parent", lambda _signal: ())
    return now


def test_it_starts_a_minute_after_the_server_and_then_every_day(clock: list[float]) -> None:
    purge = DailyPurge()
    for passed, times in ((0, 0), (FIRST_AFTER_S, 1), (1, 1), (EVERY_S, 2)):
        clock[0] += passed
        purge.start_when_due()
        Process.ended = 0
        assert len(Process.started) == times
    assert Process.started[0][:4] == [sys.executable, "-m", "django", "purge"]


def test_one_that_hangs_is_not_joined_by_another(clock: list[float]) -> None:
    purge = DailyPurge()
    for _ in range(3):
        clock[0] += EVERY_S
        purge.start_when_due()
    assert len(Process.started) == 1
