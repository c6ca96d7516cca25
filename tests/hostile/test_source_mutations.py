"""Damaged ZIPs, PDFs and TIFFs; SOURCE_MUTATIONS and MUTATIONS_SEED make it more, or others."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from digitrec.settings import BASE_DIR

SEED = int(os.environ.get("MUTATIONS_SEED", "7"))
MORE = int(os.environ.get("SOURCE_MUTATIONS", "1"))
RUN = (
    "import sys, django; django.setup();"
    "from tests.hostile.source_fuzz import main; main(*sys.argv[1:])"
)
# A ZIP or a TIFF takes 2 ms, a PDF 150, for a process of its own.
COUNTS = {"zip": 600 * MORE, "pdf": 200 * MORE, "tiff": 1100 * MORE}
# What must come up, or the damage would miss what it is for.
SEEN = {
    "zip": {"taken", "member_damaged", "whole: zip_damaged"},
    "pdf": {"taken", "whole: pdf_damaged"},
    "tiff": {"taken", "page_damaged", "page_unsupported", "whole: tiff_damaged"},
}


def fuzz(kind: str, folder: Path) -> dict[str, Any]:
    """What came of the damaged files; what killed the process stays in the folder."""
    last = folder / "last-file"
    answer = subprocess.run(
        [sys.executable, "-c", RUN, kind, str(COUNTS[kind]), str(SEED), str(last)],
        cwd=BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "digitrec.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert answer.returncode == 0, f"{last} ended it: {answer.stderr}"
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


@pytest.mark.parametrize("kind", ["zip", "pdf", "tiff"])
def test_damaged_files_end_in_members_or_a_refusal(kind: str, tmp_path: Path) -> None:
    found = fuzz(kind, tmp_path)
    assert found["answers"].keys() >= SEEN[kind]
    assert found["grown_mb"] < 150
