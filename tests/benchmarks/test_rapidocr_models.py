from pathlib import Path
from zipfile import ZipFile

import pytest

from benchmarks.rapidocr_models import (
    RECOGNIZER,
    RecognizerDamaged,
    RecognizerMissing,
    recognizer_of_wheel,
)


def test_a_missing_wheel_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecognizerMissing, match=r"none\.whl has no"):
        recognizer_of_wheel(tmp_path / "none.whl")


def test_a_file_that_is_no_wheel_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.whl").write_bytes(b"no archive")
    with pytest.raises(RecognizerDamaged, match="no wheel"):
        recognizer_of_wheel(tmp_path / "no.whl")


@pytest.mark.parametrize(
    ("name", "error"),
    [("another.onnx", RecognizerMissing), (RECOGNIZER, RecognizerDamaged)],
)
def test_a_wheel_of_another_version_is_refused(
    tmp_path: Path, name: str, error: type[Exception]
) -> None:
    with ZipFile(tmp_path / "other.whl", "w") as wheel:
        wheel.writestr(f"rapidocr/models/{name}", b"another network")
    with pytest.raises(error, match=RECOGNIZER):
        recognizer_of_wheel(tmp_path / "other.whl")
