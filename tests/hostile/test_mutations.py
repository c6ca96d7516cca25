"""Thousands of damaged files; MUTATIONS and MUTATIONS_SEED make it more, or others."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from digitrec.settings import BASE_DIR
from tests.faults.report import report

COUNT = int(os.environ.get("MUTATIONS", "2000"))
SEED = int(os.environ.get("MUTATIONS_SEED", "7"))
RUN = "import sys, django; django.setup();from tests.hostile.fuzz import main; main(*sys.argv[1:])"


def fuzz(count: int, seed: int, folder: Path) -> dict[str, Any]:
    """What came of so many damaged files; what killed the process stays in the folder."""
    last = folder / "last-file"
    answer = subprocess.run(
        [sys.executable, "-c", RUN, str(count), str(seed), str(last)],
        cwd=BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "digitrec.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, f"{last} ended it: {answer.stderr}"
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_damaged_files_end_in_a_picture_or_a_refusal(tmp_path: Path) -> None:
    found = fuzz(COUNT, SEED, tmp_path)
    answers = {int(status): count for status, count in found["answers"].items()}
    wrong = sum(answers[status] for status in answers if status not in {201, 400, 413, 415, 422})
    report(
        "S2",
        files=sum(answers.values()),
        taken=answers[201],
        wrong=wrong,
        crashes=0,
        slowest_ms=found["slowest_ms"],
        grown_mb=found["grown_mb"],
        seed=SEED,
    )
    assert wrong == 0
    assert sum(answers.values()) > COUNT
    assert found["grown_mb"] < 150
