from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from mlmodel.artifact.directory import ModelMissing, read_model
from mlmodel.mnist.data import load_mnist
from mlmodel.model import SHIPPED_DIR, Model
from mlmodel.reader import read
from mlmodel.reading import Reading, State
from tests.mlmodel.pictures import (
    Ink,
    Picture,
    blank_pictures,
    in_uneven_light,
    on_paper,
    on_ruled_paper,
    photographed,
    written,
)

PAPERS: dict[str, Callable[[Ink], Picture]] = {
    "scan": on_paper,
    "white on black": lambda ink: 255 - on_paper(ink),
    "pale pencil": lambda ink: on_paper(ink, paper=200, pen=165),
    "paler drawing": lambda ink: on_paper(ink, paper=255, pen=240),
    "dark paper": lambda ink: on_paper(ink, paper=90, pen=30),
    "uneven light": lambda ink: in_uneven_light(on_paper(ink)),
    "ruled paper": on_ruled_paper,
    "ruled negative": lambda ink: 255 - on_ruled_paper(ink),
    "photo": lambda ink: photographed(on_paper(ink)),
    "photo of pencil": lambda ink: photographed(on_paper(ink, paper=220, pen=165)),
    "photo of ruled paper": lambda ink: photographed(on_ruled_paper(ink)),
    "photo of a blackboard": lambda ink: photographed(255 - on_paper(ink)),
}
TEXTS = ["7", "0123456789", "5041|9213", "1|2|3"]


def _same(one: Reading, other: Reading) -> bool:
    """Whether two readings are equal, frames and all."""
    frames = zip(one.digits, other.digits, strict=True)
    return all((mine.frame == theirs.frame).all() for mine, theirs in frames) and all(
        replace(mine, frame=theirs.frame) == theirs
        for mine, theirs in zip(one.digits, other.digits, strict=True)
    )


def _assert_sound(reading: Reading, picture: NDArray[np.uint8]) -> None:
    """What holds for a reading of any picture."""
    height, width = picture.shape[:2]
    for digit in reading.digits:
        x, y, box_width, box_height = digit.box
        assert min(x, y) >= 0
        assert min(box_width, box_height) >= 1
        assert x + box_width <= width
        assert y + box_height <= height
        chances = [chance for _, chance in digit.alternatives]
        assert [digit.confidence, *chances] == sorted([digit.confidence, *chances], reverse=True)
        assert digit.confidence + sum(chances) <= 1 + 1e-5
    is_refused = reading.state in {State.NOTHING, State.NOT_DIGITS}
    assert is_refused == (reading.text == "") == (not reading.digits)
    assert reading.confidence is None or 0 <= reading.confidence <= 1


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("paper", PAPERS)
def test_it_reads_every_paper(paper: str, text: str) -> None:
    assert read(PAPERS[paper](written(text))).text == text


@pytest.mark.parametrize("digit_px", [16, 30, 120, 400])
def test_it_reads_every_size(digit_px: int) -> None:
    assert read(on_paper(written("2059|64", digit_px))).text == "2059|64"


def test_it_reads_a_page_that_is_worked_on_smaller() -> None:
    page = cv2.copyMakeBorder(
        on_paper(written("31|48", 150)), 200, 1500, 900, 900, cv2.BORDER_CONSTANT, value=240
    )
    reading = read(np.asarray(page, np.uint8))
    assert reading.text == "31|48"
    _assert_sound(reading, np.asarray(page, np.uint8))


@pytest.mark.parametrize("name", blank_pictures())
def test_a_blank_picture_has_nothing_to_read(name: str) -> None:
    reading = read(blank_pictures()[name])
    assert (reading.state, reading.text, reading.confidence) == (State.NOTHING, "", None)


@pytest.mark.parametrize("seed", range(5))
def test_a_photographed_sheet_has_nothing_to_read(seed: int) -> None:
    sheet = np.full((600, 800), 255, np.uint8)
    assert read(photographed(sheet, seed)).state == State.NOTHING


def test_a_sheet_with_printed_lines_has_nothing_to_read() -> None:
    assert read(on_ruled_paper(np.zeros((400, 600), np.float32))).state == State.NOTHING


@pytest.mark.parametrize("text", TEXTS)
def test_a_negative_has_the_same_text(text: str) -> None:
    picture = in_uneven_light(on_paper(written(text)))
    assert read(255 - picture).text == read(picture).text


def test_lines_are_numbered_from_the_top() -> None:
    reading = read(on_paper(written("50|12")))
    assert [digit.line for digit in reading.digits] == [0, 0, 1, 1]
    assert [digit.value for digit in reading.digits] == [5, 0, 1, 2]


def test_boxes_enclose_their_digits() -> None:
    ink = written("604")
    digits = read(on_paper(ink)).digits
    assert len(digits) == 3
    for digit in digits:
        x, y, width, height = digit.box
        assert ink[y : y + height, x : x + width].max() == 1
        assert ink[y : y + height, x - 4].max() < 0.2
        assert ink[y : y + height, x + width + 3].max() < 0.2
        assert height == pytest.approx(60, abs=6)


def test_a_box_is_given_in_the_picture_s_own_pixels() -> None:
    ink = written("6", 60)
    small = read(on_paper(ink)).digits[0].box
    large = read(np.kron(on_paper(ink), np.ones((25, 25), np.uint8))).digits[0].box
    assert np.array(large) / 25 == pytest.approx(np.array(small), abs=2)


def test_boxes_can_count_the_pixels_of_a_larger_picture() -> None:
    picture = on_paper(written("42"))
    height, width = picture.shape
    here, there = read(picture), read(picture, picture_size=(3 * width, 3 * height))
    assert len(here.digits) == 2
    for small, large in zip(here.digits, there.digits, strict=True):
        assert large.box == pytest.approx(np.multiply(small.box, 3), abs=3)


def test_the_frame_is_what_the_network_saw() -> None:
    frame = read(on_paper(written("5"))).digits[0].frame
    assert frame.shape == (28, 28)
    assert frame.dtype == np.uint8
    assert frame.max() == 255


def test_a_digit_names_what_else_it_could_be() -> None:
    digit = read(on_paper(written("4"))).digits[0]
    assert len(digit.alternatives) == 3
    assert len({digit.value, *dict(digit.alternatives)}) == 4


def test_grey_and_colour_give_the_same_answer() -> None:
    grey = on_paper(written("7319"))
    assert _same(read(grey), read(np.dstack([grey] * 3)))


def test_the_given_picture_stays_as_it_is() -> None:
    picture = photographed(on_ruled_paper(written("58|13")))
    before = picture.copy()
    read(picture)
    assert (picture == before).all()


def test_a_read_only_picture_can_be_read() -> None:
    picture = on_paper(written("58"))
    picture.flags.writeable = False
    assert read(picture).text == "58"


def test_a_view_of_a_picture_reads_like_its_copy() -> None:
    view = photographed(on_paper(written("27")))[5:-5, 3:-3, ::-1]
    assert _same(read(view), read(view.copy()))


def test_reading_twice_gives_the_same_answer() -> None:
    picture = photographed(on_ruled_paper(written("58|13")))
    assert _same(read(picture), read(picture))


def test_threads_give_the_same_answers() -> None:
    pictures = [photographed(on_paper(written(text))) for text in TEXTS] * 4
    alone = [read(picture) for picture in pictures]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(read, pictures))
    assert all(_same(one, other) for one, other in zip(alone, together, strict=True))


def test_a_missing_model_is_no_empty_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Model:
        raise ModelMissing

    monkeypatch.setattr("mlmodel.reader._shipped_model", missing)
    with pytest.raises(ModelMissing):
        read(blank_pictures()["white"])


def test_a_text_below_the_card_s_threshold_is_doubtful() -> None:
    model = Model.load()
    picture = on_paper(written("42"))
    states = []
    for sure_from in (0.0, 1.1):
        card = replace(model.card, reading=replace(model.card.reading, sure_from=sure_from))
        other = Model(card, read_model(SHIPPED_DIR)[1])
        states.append(read(picture, other).state)
    assert states == [State.READ, State.DOUBTFUL]


def test_the_likeliest_text_is_the_one_that_was_read() -> None:
    reading = read(photographed(on_paper(written("5041|9213"))))
    texts = reading.likely_texts(3)
    assert texts[0][0] == reading.text
    assert texts[0][1] == pytest.approx(reading.confidence, rel=0.05)
    assert len(texts) == 3
    assert texts[0][1] >= texts[1][1] >= texts[2][1]


@pytest.mark.parametrize("confidence", [0.99, 0.5, 0.1])
def test_no_other_text_is_likelier_than_the_one_that_was_read(confidence: float) -> None:
    lines = read(photographed(on_paper(written("5041")))).lines
    # What the lines say of two texts that are nearly alike.
    texts = replace(lines[0], shares=np.array([0.6, 0.4, *np.zeros(len(lines[0].shares) - 2)]))
    reading = Reading(State.DOUBTFUL, (), texts.text, confidence, (texts,))
    (text, first), (_, second), *_ = reading.likely_texts()
    assert (text, first) == (texts.text, confidence)
    assert second <= min(confidence, 0.4, 1 - confidence)


def test_where_no_sign_was_looked_for_the_digits_are_what_is_written() -> None:
    card, artifacts = read_model(SHIPPED_DIR)
    alone = Model(replace(card, second=None, both=None), replace(artifacts, second=None))
    reading = read(on_paper(written("5041|9213")), alone)
    assert reading.written == reading.text == "5041|9213"
    assert reading.written_confidence is None


def test_where_the_second_reader_fails_the_first_one_reads(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("no memory for tensors")

    card, artifacts = read_model(SHIPPED_DIR)
    alone = Model(replace(card, second=None, both=None), replace(artifacts, second=None))
    failing = Model(card, artifacts)
    monkeypatch.setattr(failing.second_reader, "read", fails)
    picture = photographed(on_paper(written("0123456789")))
    assert _same(read(picture, failing), read(picture, alone))
    assert "the second reader failed" in caplog.text


def test_nothing_is_said_to_be_written_in_a_refusal() -> None:
    reading = read(np.full((60, 60), 255, np.uint8))
    assert (reading.written, reading.written_confidence, reading.letters) == ("", None, False)


def test_what_is_written_and_no_digit_is_told_from_a_blank_sheet() -> None:
    scribble = np.zeros((120, 160), np.uint8)
    random = np.random.default_rng(3)
    points = random.integers(15, 105, (24, 1, 2)).astype(np.int32)
    cv2.polylines(scribble, [points], False, 255, 4, cv2.LINE_AA)
    picture = on_paper(np.asarray(scribble / 255, np.float32))
    assert read(picture).state == State.NOT_DIGITS


@pytest.mark.parametrize("height", range(1, 9))
@pytest.mark.parametrize("width", range(1, 9))
def test_a_tiny_picture_is_no_trouble(height: int, width: int) -> None:
    random = np.random.default_rng(height * 10 + width)
    for picture in (
        np.zeros((height, width), np.uint8),
        random.integers(0, 256, (height, width), np.uint8),
        random.integers(0, 256, (height, width, 3), np.uint8),
    ):
        _assert_sound(read(picture), picture)


@pytest.mark.parametrize("side", [8, 10, 12])
def test_a_digit_of_few_pixels_is_read(side: int) -> None:
    samples = load_mnist().training
    right = 0
    for image, label in zip(samples.images[:30], samples.labels[:30], strict=True):
        small = cv2.resize(255 - image, (side, side), interpolation=cv2.INTER_AREA)
        reading = read(np.asarray(small, np.uint8))
        right += reading.text == str(label)
        _assert_sound(reading, np.asarray(small, np.uint8))
    assert right >= 26


def thresholded(ink: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """A digit as a hard threshold leaves it, with gaps in its strokes."""
    random = np.random.default_rng(seed)
    large = cv2.resize(ink, (168, 168), interpolation=cv2.INTER_CUBIC)
    mask = np.asarray(large > 127, np.uint8)
    for _ in range(2):
        rows, columns = np.nonzero(mask)
        at = random.integers(len(rows))
        rise = random.integers(-25, 25, 2)
        ends = [
            (int(columns[at] + x), int(rows[at] + y)) for x, y in zip((-25, 25), rise, strict=True)
        ]
        cv2.line(mask, ends[0], ends[1], 0, int(random.integers(3, 8)))
    return np.asarray(np.pad(np.where(mask > 0, 0, 255), 20, constant_values=255), np.uint8)


def test_broken_digits_are_read() -> None:
    samples = load_mnist().training
    pairs = zip(samples.images[40_000:40_030], samples.labels[40_000:40_030], strict=True)
    readings = [(read(thresholded(ink, i)), str(label)) for i, (ink, label) in enumerate(pairs)]
    assert sum(reading.text == label for reading, label in readings) >= 26
    sure = [reading.state is State.READ for reading, label in readings if reading.text != label]
    assert sum(sure) <= 1  # an 8 without its upper half is a 4


@pytest.mark.parametrize("shape", [(1, 9000), (9000, 1), (3, 5000), (40, 8000), (8000, 40)])
def test_a_very_long_picture_is_no_trouble(shape: tuple[int, int]) -> None:
    random = np.random.default_rng(6)
    for picture in (
        np.full(shape, 255, np.uint8),
        random.integers(0, 256, shape, np.uint8),
        np.where(random.random(shape) < 0.02, 0, 255).astype(np.uint8),
    ):
        _assert_sound(read(picture), picture)


@pytest.mark.parametrize("square", [1, 2, 7, 25, 80])
def test_a_checkerboard_is_no_trouble(square: int) -> None:
    row, column = np.mgrid[:320, :400] // square
    picture = ((row + column) % 2 * 255).astype(np.uint8)
    _assert_sound(read(picture), picture)


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.5, 0.9])
def test_specks_are_no_trouble(share: float) -> None:
    specks = np.random.default_rng(8).random((500, 700)) < share
    picture = np.where(specks, 20, 230).astype(np.uint8)
    _assert_sound(read(picture), picture)


@settings(max_examples=100, deadline=None)
@given(
    arrays.arrays(
        np.uint8,
        st.one_of(
            arrays.array_shapes(min_dims=2, max_dims=2, max_side=60),
            arrays.array_shapes(min_dims=2, max_dims=2, max_side=60).map(lambda s: (*s, 3)),
        ),
        elements=st.integers(0, 255),
        fill=st.sampled_from([0, 128, 255]),
    )
)
def test_no_picture_is_trouble(picture: Picture) -> None:
    _assert_sound(read(picture), picture)


@settings(max_examples=40, deadline=None)
@given(
    arrays.arrays(
        st.sampled_from([np.bool_, np.int8, np.uint16, np.int64, np.float32, np.float64]),
        arrays.array_shapes(min_dims=1, max_dims=4, max_side=9),
    )
)
def test_other_numbers_than_bytes_are_refused(array: NDArray[Any]) -> None:
    with pytest.raises(ValueError, match="No picture"):
        read(array)


@pytest.mark.parametrize(
    "shape", [(0, 5), (5, 0), (0, 0, 3), (9,), (), (9, 9, 1), (9, 9, 2), (9, 9, 4), (1, 9, 9, 3)]
)
def test_other_shapes_than_a_picture_s_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="No picture"):
        read(np.zeros(shape, np.uint8))
