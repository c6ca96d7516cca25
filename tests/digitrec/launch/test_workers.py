import subprocess
import sys
import time
from typing import Any

import pytest

from digitrec.launch import workers
from digitrec.launch.workers import AGAIN_AFTER_S, Workers


class Process:
    """Workers that run until a test sets their exit code."""

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
    monkeypatch.setattr(workers, "end_with_parent", lambda _signal: ())
    return now


def keep_running(beside: Workers, clock: list[float]) -> None:
    for _ in range(3):
        beside.keep_running()
        clock[0] += AGAIN_AFTER_S


def test_they_are_started_once(clock: list[float]) -> None:
    keep_running(Workers(2), clock)
    assert [command[:4] for command in Process.started] == [
        [sys.executable, "-m", "django", "worker"]
    ]


def test_workers_that_end_are_started_again(
    clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    beside = Workers(2)
    keep_running(beside, clock)
    Process.ended = -9
    keep_running(beside, clock)
    assert len(Process.started) == 2
    assert "exit code -9" in capsys.readouterr().err


def test_workers_that_cannot_start_are_tried_again(
    clock: list[float], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("Cannot allocate memory")

    beside = Workers(2)
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", fail)
        beside.keep_running()
    assert "tried again: Cannot allocate memory" in capsys.readouterr().err
    clock[0] += AGAIN_AFTER_S
    beside.keep_running()
    assert len(Process.started) == 1


def test_0_workers_are_none(clock: list[float]) -> None:
    none = Workers(0)
    keep_running(none, clock)
    none.stop()
    assert Process.started == []
