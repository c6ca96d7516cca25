import hashlib
import re

import numpy as np
import pytest

from mlmodel.mnist.data import Samples, load_mnist
from mlmodel.synthesis.allographs import draw_digit, forms_of
from mlmodel.synthesis.fonts import DIGIT_FONTS, FONTS_DIR, LETTER_FONTS, digits_of
from mlmodel.synthesis.shapes import MnistShapes, font_shape, letter, random_strokes

STEADY = 0.02


@pytest.fixture(scope="module")
def mnist() -> MnistShapes:
    return MnistShapes(load_mnist().training.first(1_000))


def test_every_font_is_the_recorded_file_with_its_licence() -> None:
    rows = re.findall(
        r"^\| (\S+\.\w+) \| @fontsource/(\S+) .*\| ([0-9a-f]{64}) \|$",
        (FONTS_DIR / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    files = {
        str(path.relative_to(FONTS_DIR))
        for folder in ("digits", "letters")
        for path in (FONTS_DIR / folder).iterdir()
    }
    assert {file for file, _, _ in rows} == files
    assert len(files) == len(DIGIT_FONTS) + len(LETTER_FONTS)
    for file, package, sha256 in rows:
        assert hashlib.sha256((FONTS_DIR / file).read_bytes()).hexdigest() == sha256
        assert any((FONTS_DIR / "licenses").glob(f"{package}*"))


@pytest.mark.parametrize("font", DIGIT_FONTS)
def test_every_font_draws_the_digits_that_are_used(font: str) -> None:
    for character in digits_of(font):
        shape = font_shape(font, character)
        assert shape.value == int(character)
        assert shape.grey.max() > 0.9
        assert 0 < shape.stroke_px < shape.grey.shape[0]


@pytest.mark.parametrize("value", range(10))
def test_every_form_of_a_digit_is_drawn(value: int) -> None:
    for form in range(len(forms_of(value))):
        shape = draw_digit(value, form, STEADY, np.random.default_rng(form))
        assert shape.value == value
        assert shape.grey.shape[0] > shape.grey.shape[1] * 0.5
        assert shape.grey.max() > 0.9


def test_no_two_drawings_are_alike() -> None:
    random = np.random.default_rng(1)
    one, other = draw_digit(4, 0, STEADY, random), draw_digit(4, 0, STEADY, random)
    assert one.grey.shape != other.grey.shape or (one.grey != other.grey).any()


def test_a_chosen_digit_is_near_the_wanted_stroke(mnist: MnistShapes) -> None:
    random = np.random.default_rng(2)
    thin = [mnist.choose(5, 1.5, 0.1, random).stroke_px for _ in range(30)]
    thick = [mnist.choose(5, 4.5, 0.1, random).stroke_px for _ in range(30)]
    assert np.mean(thin) < np.mean(thick)


def test_letters_and_strokes_are_no_digits() -> None:
    random = np.random.default_rng(3)
    for make in (letter, random_strokes):
        shape = make(random)
        assert shape.value is None
        assert shape.grey.max() > 0.5


def test_mnist_without_a_value_is_told() -> None:
    samples = Samples(np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8))
    assert MnistShapes(samples).choose(0, 2, 0, np.random.default_rng(1)).value == 0
