from pathlib import Path

import pytest

from mlmodel.evaluation import made_up
from mlmodel.evaluation.made_up import made_up_numbers, peoples_numbers
from mlmodel.handwriting.parts import Part, part_of
from mlmodel.mnist.data import load_mnist
from tests.makers import decoded
from tests.mlmodel.handwriting.folders import WRITERS, make_folder


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(made_up, "MADE_UP_PICTURES", 6)
    return 6


def test_each_made_up_number_has_digits_and_a_sign(few: int) -> None:
    pictures = made_up_numbers(load_mnist().training.first(300)).pictures
    assert len(pictures) == few
    for picture in pictures:
        assert picture.written is not None
        assert set(picture.written) - set("0123456789")
        assert "".join(c for c in picture.written if c.isdigit()) == picture.text != ""
        assert decoded(picture.read_bytes()).format == "PNG"


@pytest.mark.usefixtures("few")
def test_made_up_numbers_are_always_the_same() -> None:
    samples = load_mnist().training.first(300)
    one, other = made_up_numbers(samples), made_up_numbers(samples)
    assert [a.read_bytes() for a in one.pictures] == [b.read_bytes() for b in other.pictures]


def test_the_numbers_of_people_are_those_of_the_ones_held_out(tmp_path: Path) -> None:
    pictures = peoples_numbers(make_folder(tmp_path / "people")).pictures
    held_out = [writer for writer in WRITERS if part_of(writer) is Part.HELD_OUT]
    assert sorted(picture.source for picture in pictures) == sorted(held_out)
    assert {(picture.text, picture.written) for picture in pictures} == {("12", "1.2")}
