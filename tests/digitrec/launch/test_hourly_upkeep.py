import subprocess
import sys
import time
from typing import Any

import pytest

from digitrec.launch import hourly_upkeep
from digitrec.launch.hourly_upkeep import FIRST_AFTER_S, Upkeep

HOUR_S = 60 * 60


class Process:
    """An upkeep that runs until a test sets its exit code."""

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
    monkeypatch.setattr(hourly_upkeep, "end_with_parent", lambda _signal: ())
    return now


def test_it_starts_a_minute_after_the_server_and_then_every_hour(clock: list[float]) -> None:
    hourly = Upkeep(60)
    for passed, times in ((0, 0), (FIRST_AFTER_S, 1), (1, 1), (HOUR_S, 2)):
        clock[0] += passed
        hourly.start_when_due()
        Process.ended = 0
        assert len(Process.started) == times
    assert Process.started[0][:4] == [sys.executable, "-m", "django", "upkeep"]


def test_one_that_hangs_is_not_joined_by_another(clock: list[float]) -> None:
    hourly = Upkeep(60)
    for _ in range(3):
        clock[0] += HOUR_S
        hourly.start_when_due()
    assert len(Process.started) == 1


def test_one_that_cannot_start_is_tried_again(
    clock: list[float], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("Cannot allocate memory")

    hourly = Upkeep(60)
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", fail)
        clock[0] += FIRST_AFTER_S
        hourly.start_when_due()
    assert "waits for the next time: Cannot allocate memory" in capsys.readouterr().err
    clock[0] += HOUR_S
    hourly.start_when_due()
    assert len(Process.started) == 1


def test_0_minutes_are_never(clock: list[float]) -> None:
    never = Upkeep(0)
    for _ in range(3):
        clock[0] += HOUR_S
        never.start_when_due()
    assert Process.started == []
