import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.digits.classifier import CLASSES, Classifier
from mlmodel.lines.columns import ANSWERS, COLUMN_PX, EXTENTS, NONE, PRESENT, SEQUENCE, ColumnDigit
from mlmodel.lines.columns import CLASSES as COLUMN_CLASSES
from mlmodel.lines.ctc import text_logs
from mlmodel.lines.line_reader import LineReader
from mlmodel.lines.strips import DIGIT_HEIGHT_PX, STRIP_HEIGHT_PX
from mlmodel.model import Model
from mlmodel.picture.boxes import Box
from mlmodel.picture.cutting import Cut
from mlmodel.picture.ink import Ink, extract_ink
from mlmodel.picture.locate import Components, locate
from mlmodel.texts.candidates import Candidate, _distinct, _Place, find_candidates
from tests.mlmodel.pictures import on_paper, written

ROW: list[Box] = [(40, 60, 30, 48), (110, 60, 30, 48), (180, 60, 30, 48)]
SURE = 12.0  # the logit by which a digit beats all else


# Where a reader sees a digit in an ink: its column, its left and its right, as shares of the
# ink's width.
Seen = tuple[float, float, float]
ONCE: tuple[Seen, ...] = ((0.5, 0.0, 1.0),)
TWICE: tuple[Seen, ...] = ((0.2, 0.0, 1.0), (0.8, 0.0, 1.0))
IN_HALVES: tuple[Seen, ...] = ((0.25, 0.0, 0.5), (0.75, 0.5, 1.0))


class InkReader(LineReader):
    """Sees a 3 wherever ink of the strip hangs together."""

    def __init__(self, *blind_to: int, sees: tuple[Seen, ...] = ONCE, looks: int = 99) -> None:
        """Blind to some inks of a strip, by their number from the left, and after some looks."""
        self.blind_to, self.sees, self.looks = blind_to, sees, looks
        # Look by look, of each ink from the left: its height and its middle row.
        self.heights: list[list[int]] = []
        self.rows: list[list[float]] = []

    def columns(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        answer = np.zeros((pixels.shape[1] // COLUMN_PX, ANSWERS), np.float32)
        answer[:, NONE] = SURE
        inked = (pixels > 0.5).astype(np.uint8)
        parts = sorted(cv2.connectedComponentsWithStats(inked)[2][1:].tolist())
        self.heights.append([height for _, _, _, height, _ in parts])
        self.rows.append([y + (height - 1) / 2 for _, y, _, height, _ in parts])
        if len(self.heights) > self.looks:
            return answer
        for number, (x, y, width, height, _) in enumerate(parts):
            for middle, left, right in self.sees if number not in self.blind_to else ():
                column = round((x + middle * width) / COLUMN_PX - 0.5)
                answer[column, 3] = 2 * SURE
                reach = (middle - left) * width, y, (right - middle) * width, y + height
                answer[column, COLUMN_CLASSES : COLUMN_CLASSES + EXTENTS] = (
                    np.array(reach) / DIGIT_HEIGHT_PX
                )
        return answer


class RowSums(Classifier):
    """Says of a frame how its ink is shared among eleven rows."""

    def __init__(self) -> None:
        """Need no artifact."""

    def classify(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        sums = frames.sum(axis=2)[:, 8 : 8 + CLASSES]
        return np.asarray(sums / np.maximum(sums.sum(axis=1, keepdims=True), 1e-9), np.float32)


def _ink(boxes: list[Box], height: int = 200, width: int = 400) -> Ink:
    """Rectangles of full ink: x, y, width, height."""
    mask = np.zeros((height, width), np.bool_)
    for x, y, w, h in boxes:
        mask[y : y + h, x : x + w] = True
    return Ink(mask.astype(np.float32), mask, mask.astype(np.float32), 1.0)


def _found(ink: Ink, reader: LineReader) -> tuple[Candidate, ...]:
    components = Components.of(ink)
    return find_candidates(ink, components, locate(ink, components), reader, RowSums()).candidates


def test_no_ink_has_no_candidates() -> None:
    assert _found(_ink([]), InkReader()) == ()


def test_a_candidate_has_the_box_of_its_ink() -> None:
    assert [candidate.box for candidate in _found(_ink(ROW), InkReader())] == ROW


def test_lines_come_from_the_top_and_each_from_the_left() -> None:
    upper, lower = [(200, 20, 30, 60), (260, 20, 30, 60)], [(20, 120, 30, 60), (90, 120, 30, 60)]
    found = _found(_ink([*lower, *upper]), InkReader())
    assert [candidate.box for candidate in found] == upper + lower
    assert [candidate.line for candidate in found] == [0, 0, 1, 1]


def test_the_classifier_is_asked_about_each_candidate_s_frame() -> None:
    bars = [(40, 60, 8, 48), (110, 60, 30, 48)]
    found = _found(_ink(bars), InkReader())
    assert found[0].frame.sum() < found[1].frame.sum() / 2
    for candidate in found:
        own = RowSums().classify(candidate.frame[np.newaxis])[0]
        assert (candidate.classes == own).all()


class UprightReader(InkReader):
    """As sure of a strip as its ink is upright."""

    def columns(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        answer = super().columns(pixels)
        inked = (pixels > 0.5).any(axis=0).sum()
        answer[:, SEQUENCE.start] = 2 * SURE / inked
        return answer


@pytest.mark.parametrize(("reader", "stays"), [(UprightReader(), False), (InkReader(), True)])
def test_a_line_that_leans_is_read_as_it_is_surest(reader: InkReader, stays: bool) -> None:
    mask = np.zeros((200, 400), np.bool_)
    for row in range(60, 120):
        for x in (150, 180, 210):
            mask[row, x - row // 2 : x - row // 2 + 6] = True
    ink = Ink(mask.astype(np.float32), mask, mask.astype(np.float32) * 255, 1.0)
    found = _found(ink, reader)
    assert len(reader.heights) == 2
    assert len(found) == 3
    # Upright, a stroke is slim.
    slim = [candidate.seen.edges[2] - candidate.seen.edges[0] < 6 for candidate in found]
    assert all(slim) != stays


def test_a_piece_in_which_nothing_was_seen_is_a_faint_candidate_in_its_place() -> None:
    found = _found(_ink(ROW), InkReader(1))
    assert [candidate.box for candidate in found] == ROW
    assert [candidate.seen.presence > PRESENT for candidate in found] == [True, False, True]
    assert found[1].seen.presence < 0.01


def test_pieces_of_a_line_in_which_nothing_was_seen_are_faint_candidates() -> None:
    found = _found(_ink(ROW), InkReader(0, 1, 2))
    assert [candidate.box for candidate in found] == ROW
    assert max(candidate.seen.presence for candidate in found) < 0.01


@pytest.mark.parametrize("mark", [(180, 60, 70, 48), (180, 72, 20, 24)], ids=["wide", "low"])
def test_what_was_not_seen_and_has_no_digit_s_size_is_none(mark: Box) -> None:
    ink = _ink([*ROW[:2], mark])
    assert len(locate(ink)) == 3
    assert [candidate.box for candidate in _found(ink, InkReader(2))] == ROW[:2]


def test_a_digit_that_was_seen_twice_is_one_candidate() -> None:
    found = _found(_ink(ROW), InkReader(sees=TWICE))
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
    left, right = _found(_ink([(40, 60, 60, 48), (160, 60, 60, 48)]), InkReader(1, sees=IN_HALVES))
    assert left.box == pytest.approx((40, 60, 30, 48), abs=2)
    assert right.box == pytest.approx((70, 60, 30, 48), abs=2)


def test_what_reaches_the_picture_s_edge_says_so() -> None:
    row = [(0, 60, 30, 48), (110, 60, 30, 48), (370, 60, 30, 48)]
    assert [candidate.at_edge for candidate in _found(_ink(row), InkReader())] == [
        True,
        False,
        True,
    ]


def test_digits_of_the_right_size_are_looked_at_once() -> None:
    reader = InkReader()
    _found(_ink(ROW), reader)
    assert reader.heights == [[pytest.approx(DIGIT_HEIGHT_PX, abs=1)] * 3]


# The wide stroke of ink decides how high the line is taken to be.
@pytest.mark.parametrize(("stroke_px", "digit_px"), [(96, 48), (30, 42)])
def test_digits_of_another_size_than_the_line_are_looked_at_again(
    stroke_px: int, digit_px: int
) -> None:
    digits = [(x, 100 - digit_px // 2, 24, digit_px) for x in (20, 60, 100)]
    reader = InkReader()
    found = _found(_ink([*digits, (150, 100 - stroke_px // 2, 200, stroke_px)]), reader)
    first, second = (heights[:3] for heights in reader.heights)
    assert first == [pytest.approx(DIGIT_HEIGHT_PX * digit_px / stroke_px, abs=1.5)] * 3
    assert second == [pytest.approx(DIGIT_HEIGHT_PX, abs=2)] * 3
    assert [candidate.box for candidate in found][:3] == digits


def test_digits_off_the_line_s_middle_are_looked_at_again() -> None:
    lower = [(x, 76, 30, 48) for x in (80, 140, 200)]
    upper = [(20, 60, 30, 48), (260, 60, 30, 48)]
    reader = InkReader(1, 2, 3)
    _found(_ink([*lower, *upper]), reader)
    middle = (STRIP_HEIGHT_PX - 1) / 2
    first, second = (rows[0] for rows in reader.rows)
    assert first == pytest.approx(middle - 8, abs=1)
    assert second == pytest.approx(middle, abs=1)


def test_a_second_look_that_sees_nothing_leaves_the_first() -> None:
    digits = [(x, 76, 24, 48) for x in (20, 60, 100)]
    reader = InkReader(looks=1)
    found = _found(_ink([*digits, (150, 52, 200, 96)]), reader)
    assert len(reader.heights) == 2
    assert [candidate.box for candidate in found][:3] == digits
    assert min(candidate.seen.presence for candidate in found) > PRESENT


@pytest.mark.parametrize(("lines", "candidates"), [(80, 80), (81, 0)])
def test_more_lines_than_a_page_has_are_a_texture(lines: int, candidates: int) -> None:
    # Not all below each other: that would be a ruling.
    strokes = [(20 + line % 2 * 30, 20 * line + 4, 6, 12) for line in range(lines)]
    assert len(_found(_ink(strokes, height=20 * lines, width=80), InkReader())) == candidates


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
