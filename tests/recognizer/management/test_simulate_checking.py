import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from recognizer.checking.simulation import MADE_UP
from recognizer.management.commands import simulate_checking

SURE = [[0.999, True]] * 80


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    file = tmp_path / "answers.json"
    sets = {"meters": SURE, "forms": [*SURE, [0.3, False]], "blank pages": []}
    file.write_text(json.dumps({"model": "mnist", "sets": sets}))
    return file


def simulate(**options: object) -> None:
    call_command("simulate_checking", size=50, checks=10, **options)


def test_it_tells_whether_the_promise_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    simulate(batches=11, pictures=0)
    printed = capsys.readouterr().out
    assert "11 batches, the usual ones of 50 texts" in printed
    assert "The promise was kept in all but " in printed


def test_batches_come_from_answers_of_a_measurement(
    answers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    simulate(batches=20, pictures=0, answers=[answers])
    printed = capsys.readouterr().out
    for name in ("meters", "forms", "of two sets", "of two sets, small", "of two sets, large"):
        assert f"| {name} |" in printed
    assert "blank pages" not in printed


def test_it_draws_and_reads_pictures_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    simulate(batches=17, pictures=3)
    printed = capsys.readouterr().out
    assert "| synthetic |" in printed
    assert "| synthetic, badly blurred |" in printed


def test_it_fails_where_the_promise_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    counting = [replace(kind, counts=True) for kind in MADE_UP if not kind.counts]
    monkeypatch.setattr(simulate_checking, "MADE_UP", counting)
    with pytest.raises(CommandError, match="The promise was broken in "):
        call_command("simulate_checking", batches=12, pictures=0)


@pytest.mark.parametrize("text", ["", "[]", '{"model": "m", "sets": {"a": [[2, true]]}}'])
def test_it_names_a_file_that_holds_no_answers(tmp_path: Path, text: str) -> None:
    (tmp_path / "other.json").write_text(text)
    with pytest.raises(CommandError, match="These are no answers"):
        simulate(batches=1, pictures=0, answers=[tmp_path / "other.json"])


def test_it_names_a_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.json"):
        simulate(batches=1, pictures=0, answers=[tmp_path / "nowhere.json"])
