import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from mlmodel.handwriting import real_lines, strokes
from mlmodel.handwriting.parts import Part, part_of
from mlmodel.handwriting.sources import HandwritingMissing, sources
from mlmodel.second.alphabet import OTHER
from tests.mlmodel.handwriting.folders import WRITERS, digit, letter, make_folder, number


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_folder(tmp_path / "handwriting")


def rewrite(path: Path, *rows: dict[str, object]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def test_strokes_are_in_heights(folder: Path) -> None:
    drawn = strokes.digits(folder)
    assert len(drawn) == 10 * len(WRITERS)
    assert max(max(one.size) for one in drawn) <= 1


def test_digits_with_doubtful_labels_are_left_out(folder: Path) -> None:
    rewrite(
        folder / strokes.DIGITS_FILE,
        digit(1, "a"),
        digit(2, "a", broken=True),
        digit(3, "a", suspect=True),
    )
    assert [one.label for one in strokes.digits(folder)] == ["1"]


def test_numbers_in_several_lines_are_left_out(folder: Path) -> None:
    rewrite(folder / strokes.STRINGS_FILE, number("a"), number("b", multiline=True))
    assert [one.writer for one in strokes.numbers(folder)] == ["a"]


def test_letters_that_look_like_digits_are_left_out(folder: Path) -> None:
    rewrite(folder / strokes.LETTERS_FILE, letter("K", "a"), letter("O", "a"), letter("l", "a"))
    assert [one.label for one in strokes.letters(folder)] == ["K"]


def test_lines_say_what_is_written_and_text_is_other(folder: Path) -> None:
    assert {line.written for line in real_lines.numbers(folder)} == {"1.50"}
    assert {line.written for line in real_lines.text(folder)} == {OTHER}


def test_all_pages_of_a_book_are_one_volume() -> None:
    pages = [f"a/FRAN_0025_2352_L-{side}.xml" for side in (0, 1)]
    assert {real_lines.volume_of(page) for page in pages} == {"FRAN_0025_2352"}
    assert real_lines.volume_of("b/letters/page 7.xml") == "b/letters"


def test_nobody_is_in_two_parts_and_every_part_has_people() -> None:
    parts = [part_of(f"writer {number}") for number in range(1_000)]
    shares = {part: parts.count(part) / len(parts) for part in Part}
    assert shares[Part.FIRST] == pytest.approx(0.4, abs=0.05)
    assert shares[Part.SECOND] == pytest.approx(0.45, abs=0.05)
    assert parts == [part_of(f"writer {number}") for number in range(1_000)]


def test_a_card_names_every_file_with_its_licence(folder: Path) -> None:
    of_strokes, with_lines = (sources(folder, with_lines=lines) for lines in (False, True))
    assert len(of_strokes) == 3
    assert len(with_lines) == 5
    assert {one.licence for one in with_lines} == {"CC BY 4.0"}
    assert len({one.sha256 for one in of_strokes}) == 3


def test_a_folder_without_a_file_is_told_by_name(folder: Path) -> None:
    (folder / strokes.STRINGS_FILE).unlink()
    with pytest.raises(HandwritingMissing, match=strokes.STRINGS_FILE):
        sources(folder, with_lines=False)


def test_a_stroke_that_does_not_move_is_a_point(folder: Path) -> None:
    (point,) = {len(stroke) for one in strokes.numbers(folder) for stroke in one.strokes[1:2]}
    assert point == 1
    assert np.isfinite(strokes.numbers(folder)[0].size).all()
