"""HEIC pictures, and the decoder's process: also of a decoder that fails, hangs or lies."""

import io
import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytest_django import Settings

from mlmodel.reader import read
from recognizer import refusals
from recognizer.intake import heic, heic_decoder
from recognizer.intake.cleaning import CleanImage, clean
from tests.makers import EXIF_ORIENTATION, decoded, digits_image

# Enough for the decoder to be asked.
HEIC = b"\0\0\0\x18ftypheic" + bytes(80)
PICTURE = digits_image("0815").convert("RGB")


@pytest.fixture(autouse=True)
def heic_is_on(settings: Settings) -> None:
    settings.HEIC = True


def cleaned(data: bytes) -> CleanImage:
    return clean(data, max_bytes=10**7)


def let_it_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str) -> None:
    """Put a program of our own in the decoder's place."""
    program = tmp_path / "decoder.py"
    program.write_text(f"import os, resource, struct, sys, time\n{code}\n")
    monkeypatch.setattr(heic, "DECODER", program)


def let_it_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, header: tuple[int, ...], pixels: int
) -> None:
    data = f"struct.pack('>5I', *{header}) + bytes({pixels})"
    let_it_do(monkeypatch, tmp_path, f"sys.stdout.buffer.write({data})")


def test_where_it_is_off_the_advice_says_how_to_share_a_jpeg(settings: Settings) -> None:
    settings.HEIC = False
    with pytest.raises(refusals.UnsupportedType, match="tap Share, then Options, and choose Most"):
        cleaned(HEIC)


def test_an_avif_is_none_whatever_its_first_brand() -> None:
    with pytest.raises(refusals.UnsupportedType, match="AVIF"):
        cleaned(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif" + bytes(80))


def test_the_decoder_s_pixels_become_the_picture(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    let_it_answer(monkeypatch, tmp_path, (40, 20, 40, 20, 2), 40 * 20 * 3)
    image = cleaned(HEIC)
    assert (image.size, image.extension, image.more_frames) == ((40, 20), "jpg", True)
    assert image.pixels.max() == 0


@pytest.mark.parametrize(
    ("header", "refusal"),
    [
        ((9000, 9000, 0, 0, 1), refusals.TooManyPixels),
        ((10_001, 8, 0, 0, 1), refusals.SideTooLong),
        ((7, 100, 0, 0, 1), refusals.TooSmall),
        ((0, 0, 0, 0, 1), refusals.ImageDamaged),
    ],
)
def test_sizes_beyond_the_limits_are_refused(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    header: tuple[int, ...],
    refusal: type[refusals.Refusal],
) -> None:
    let_it_answer(monkeypatch, tmp_path, header, 0)
    with pytest.raises(refusal):
        cleaned(HEIC)


def test_a_decoder_s_word_is_not_trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    let_it_answer(monkeypatch, tmp_path, (40, 20, 20_000, 20, 1), 20_000 * 20 * 3)
    with pytest.raises(refusals.SideTooLong):
        cleaned(HEIC)


@pytest.mark.parametrize("pixels", [0, 40 * 20 * 3 - 1, 40 * 20 * 3 + 1])
def test_too_few_or_too_many_pixels_are_damage(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pixels: int
) -> None:
    let_it_answer(monkeypatch, tmp_path, (40, 20, 40, 20, 1), pixels)
    with pytest.raises(refusals.ImageDamaged):
        cleaned(HEIC)


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("", refusals.ImageDamaged),
        ("os.abort()", refusals.ImageDamaged),
        ("os.kill(os.getpid(), 11)", refusals.ImageDamaged),
        (f"sys.exit({heic_decoder.DAMAGED})", refusals.ImageDamaged),
        (f"sys.exit({heic_decoder.TOO_COSTLY})", refusals.TooManyParts),
        ("os.kill(os.getpid(), 9)", refusals.TooManyParts),
        (f"sys.exit({heic_decoder.NOT_INSTALLED})", refusals.HeicUnavailable),
        (f"sys.exit({heic_decoder.NO_LIMITS})", refusals.HeicUnavailable),
    ],
)
def test_a_decoder_that_fails_is_a_refusal_with_a_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str, refusal: type[refusals.Refusal]
) -> None:
    let_it_do(monkeypatch, tmp_path, code)
    with pytest.raises(refusal):
        cleaned(HEIC)


def test_a_decoder_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(heic, "MAX_SECONDS", 0.5)
    let_it_do(monkeypatch, tmp_path, "time.sleep(60)")
    with pytest.raises(refusals.TooManyParts):
        cleaned(HEIC)


def test_the_decoder_knows_no_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", "not for decoders")
    seen = tmp_path / "seen"
    let_it_do(
        monkeypatch, tmp_path, f"open({str(seen)!r}, 'w').write(repr((dict(os.environ), sys.path)))"
    )
    with pytest.raises(refusals.ImageDamaged):
        cleaned(HEIC)
    assert "SECRET_KEY" not in seen.read_text()
    assert str(Path.cwd()) + "'" not in seen.read_text()


def test_a_decoder_that_cannot_be_started_is_no_fault_of_the_picture(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with caplog.at_level(logging.ERROR), pytest.raises(refusals.HeicUnavailable):
        cleaned(HEIC)
    assert "could not be started" in caplog.text


# What a child may do once its limits are set; each line would go past one of them.
BEYOND_LIMITS = {
    "memory": "bytearray(2 * heic_decoder.MAX_MEGABYTES * 2**20)",
    "its answer": "os.write(1, bytes(4000))",
    "files": "os.open('/dev/null', 0)",
}


@pytest.mark.parametrize("code", BEYOND_LIMITS.values(), ids=BEYOND_LIMITS)
def test_the_decoder_is_limited(tmp_path: Path, code: str) -> None:
    decoder = Path(heic_decoder.__file__)
    program = (
        "import os, signal, sys\n"
        f"sys.path.insert(0, {str(decoder.parent)!r})\nimport heic_decoder\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"heic_decoder._limit(1000 // 3)\n"
        f"try:\n    written = {code}\n"
        "except (MemoryError, OSError):\n    sys.exit(0)\n"
        "sys.exit(written != 1000 + heic_decoder.HEADER.size - 1)\n"
    )
    with (tmp_path / "answer").open("wb") as answer:
        command = [sys.executable, "-I", "-c", program]
        assert subprocess.run(command, stdout=answer, check=False).returncode == 0


def heic_of(image: Image.Image, **options: object) -> bytes:
    """A HEIC file, where pillow-heif is installed to write it."""
    pillow_heif = pytest.importorskip("pillow_heif")
    buffer = io.BytesIO()
    pillow_heif.from_pillow(image).save(buffer, quality=90, **options)
    return buffer.getvalue()


def test_a_heic_is_read() -> None:
    image = cleaned(heic_of(PICTURE))
    assert (image.size, image.extension) == (PICTURE.size, "jpg")
    assert read(image.pixels).text == "0815"
    assert decoded(image.encoded).format == "JPEG"


def test_a_heic_is_turned_once() -> None:
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = 6
    lying = PICTURE.transpose(Image.Transpose.ROTATE_90)
    image = cleaned(heic_of(lying, exif=exif.tobytes()))
    assert read(image.pixels).text == "0815"


def test_a_large_heic_is_halved() -> None:
    assert cleaned(heic_of(Image.new("RGB", (4096, 4096), "white"))).size == (2048, 2048)


@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_heic_that_is_cut_off_is_damaged(share: float) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8))
    data = heic_of(noise)
    with pytest.raises(refusals.ImageDamaged):
        cleaned(data[: int(len(data) * share)])
