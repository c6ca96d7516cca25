import numpy as np
import pytest

from mlmodel.lines.columns import PRESENT, ColumnDigit
from mlmodel.lines.ctc import text_logs
from mlmodel.lines.line_reader import LineReader
from mlmodel.model import Model
from mlmodel.picture.boxes import Box
from mlmodel.picture.cutting import Cut
from mlmodel.picture.ink import Ink, extract_ink
from mlmodel.picture.locate import Components, locate
from mlmodel.texts.candidates import Candidate, _distinct, _Place, find_candidates
from tests.mlmodel.inks import rectangles
from tests.mlmodel.networks import IN_HALVES, TWICE, InkReader, RowSums
from tests.mlmodel.pictures import on_paper, written

ROW: list[Box] = [(40, 60, 30, 48), (110, 60, 30, 48), (180, 60, 30, 48)]


def _found(ink: Ink, reader: LineReader) -> tuple[Candidate, ...]:
    components = Components.of(ink)
    return find_candidates(ink, components, locate(ink, components), reader, RowSums()).candidates


def test_no_ink_has_no_candidates() -> None:
    assert _found(rectangles(), InkReader()) == ()


def test_a_candidate_has_the_box_of_its_ink() -> None:
    assert [candidate.box for candidate in _found(rectangles(*ROW), InkReader())] == ROW


def test_lines_come_from_the_top_and_each_from_the_left() -> None:
    upper, lower = [(200, 20, 30, 60), (260, 20, 30, 60)], [(20, 120, 30, 60), (90, 120, 30, 60)]
    found = _found(rectangles(*lower, *upper), InkReader())
    assert [candidate.box for candidate in found] == upper + lower
    assert [candidate.line for candidate in found] == [0, 0, 1, 1]


def test_the_classifier_is_asked_about_each_candidate_s_frame() -> None:
    bars = [(40, 60, 8, 48), (110, 60, 30, 48)]
    found = _found(rectangles(*bars), InkReader())
    assert found[0].frame.sum() < found[1].frame.sum() / 2
    for candidate in found:
        own = RowSums().classify(candidate.frame[np.newaxis])[0]
        assert (candidate.classes == own).all()


def test_a_digit_that_was_seen_twice_is_one_candidate() -> None:
    found = _found(rectangles(*ROW), InkReader(sees=TWICE))
    assert [candidate.box for candidate in found] == ROW
    assert min(candidate.seen.presence for candidate in found) > PRESENT


def _place(line: int, box: Box, presence: float) -> _Place:
    seen = ColumnDigit(presence, np.full(10, 0.1, np.float32), (0, 0, 10, 24))
    return _Place(line, seen, Cut(np.ones((box[3], box[2]), np.float32), box))


def test_a_digit_that_the_strips_of_two_lines_show_is_one() -> None:
    places = [_place(0, (40, 60, 30, 48), 0.4), _place(1, (40, 62, 30, 46), 0.9)]
    assert [place.line for place in _distinct(places)] == [1]
    apart = [_place(0, (40, 60, 30, 48), 0.4), _place(1, (40, 90, 30, 48), 0.9)]
    assert len(_distinct(apart)) == 2


def test_two_digits_that_touch_are_two_candidates() -> None:
    left, right = _found(
        rectangles((40, 60, 60, 48), (160, 60, 60, 48)), InkReader(1, sees=IN_HALVES)
    )
    assert left.box == pytest.approx((40, 60, 30, 48), abs=2)
    assert right.box == pytest.approx((70, 60, 30, 48), abs=2)


def test_what_reaches_the_picture_s_edge_says_so() -> None:
    row = [(0, 60, 30, 48), (110, 60, 30, 48), (370, 60, 30, 48)]
    assert [candidate.at_edge for candidate in _found(rectangles(*row), InkReader())] == [
        True,
        False,
        True,
    ]


@pytest.mark.parametrize(("lines", "candidates"), [(80, 80), (81, 0)])
def test_more_lines_than_a_page_has_are_a_texture(lines: int, candidates: int) -> None:
    # Not all below each other: that would be a ruling.
    strokes = [(20 + line % 2 * 30, 20 * line + 4, 6, 12) for line in range(lines)]
    assert len(_found(rectangles(*strokes, height=20 * lines, width=80), InkReader())) == candidates


def test_the_shipped_networks_agree_on_clear_digits() -> None:
    ink = extract_ink(on_paper(written("305|17")))
    components = Components.of(ink)
    model = Model.load()
    pieces = locate(ink, components)
    found = find_candidates(ink, components, pieces, model.line_reader, model.classifier)
    clear = [candidate for candidate in found.candidates if candidate.seen.presence > PRESENT]
    assert [candidate.seen.value for candidate in clear] == [3, 0, 5, 1, 7]
    assert [int(candidate.classes.argmax()) for candidate in clear] == [3, 0, 5, 1, 7]


def test_every_line_s_columns_say_its_text() -> None:
    ink = extract_ink(on_paper(written("305|17")))
    components = Components.of(ink)
    model = Model.load()
    pieces = locate(ink, components)
    found = find_candidates(ink, components, pieces, model.line_reader, model.classifier)
    for line, text in enumerate(("305", "17")):
        right, wrong = text_logs(found.columns[line], [text, text[:-1]])
        assert right > wrong
