import numpy as np
import pytest

from mlmodel.lines.columns import ANSWERS, CLASSES, EXTENTS, NONE, SEQUENCE, decode
from mlmodel.training.lines.pool import MOST_DIGITS, Strips
from mlmodel.training.lines.targets import line_loss, targets

BOXES = ((10.0, 8.0, 26.0, 32.0), (30.0, 6.0, 40.0, 31.0))


def strips(values: tuple[int, ...] = (4, 7)) -> Strips:
    known = np.full((1, MOST_DIGITS), -1, np.int8)
    boxes = np.zeros((1, MOST_DIGITS, 4), np.float32)
    known[0, : len(values)] = values
    for place in range(len(values)):
        boxes[0, place] = BOXES[place]
    return Strips(np.zeros((1, 40, 64), np.uint8), known, boxes)


def perfect_answer(wanted: np.ndarray) -> np.ndarray:
    """The answer of a network that has learned these targets."""
    answer = np.zeros((*wanted.shape[:2], ANSWERS), np.float32)
    classes = wanted[..., 0].astype(int)
    np.put_along_axis(answer, classes[..., np.newaxis], 20, axis=2)
    answer[..., CLASSES : CLASSES + EXTENTS] = wanted[..., 1:5]
    answer[..., SEQUENCE] = answer[..., :CLASSES]
    return answer


def test_the_wanted_answer_decodes_to_the_strip() -> None:
    wanted = targets(strips())
    assert wanted.shape == (1, 32, 6)
    found = decode(perfect_answer(wanted)[0])
    assert [digit.value for digit in found] == [4, 7]
    for digit, box in zip(found, BOXES, strict=True):
        assert digit.edges == pytest.approx(box, abs=1e-3)


def test_only_the_middle_s_column_is_the_digit_s() -> None:
    classes = targets(strips((4,)))[0, :, 0]
    assert classes[9] == 4
    assert (np.delete(classes, 9) == NONE).all()


def test_a_blank_strip_wants_nothing() -> None:
    wanted = targets(strips(()))
    assert (wanted[..., 0] == NONE).all()
    assert not wanted[..., 5].any()


def test_the_loss_is_least_for_the_wanted_answer() -> None:
    wanted = targets(strips())
    right, wrong = perfect_answer(wanted), perfect_answer(wanted)
    wrong[0, 9, :CLASSES] = np.roll(wrong[0, 9, :CLASSES], 1)
    moved = perfect_answer(wanted)
    moved[..., CLASSES] += 0.5
    confused = perfect_answer(wanted)
    confused[..., SEQUENCE] = np.roll(confused[..., SEQUENCE], 1, axis=2)
    loss = line_loss(0.3, 0.5)
    least = float(np.mean(loss(wanted, right)))
    assert least < 1e-3
    assert float(np.mean(loss(wanted, wrong))) > least + 0.1
    assert float(np.mean(loss(wanted, moved))) > least + 0.1
    assert float(np.mean(loss(wanted, confused))) > least + 0.1


@pytest.mark.parametrize("values", [(), (4,), (7, 7)])
def test_a_text_is_learned_wherever_its_digits_are_said(values: tuple[int, ...]) -> None:
    wanted = targets(strips(values))
    early = perfect_answer(wanted)
    early[..., SEQUENCE] = np.roll(early[..., SEQUENCE], -3, axis=1)
    other = perfect_answer(targets(strips((1,))))
    loss = line_loss(0.0, 1.0)
    by_columns = line_loss(0.0, 0.0)
    assert float(np.mean(loss(wanted, early) - by_columns(wanted, early))) < 0.1
    assert float(np.mean(loss(wanted, other) - by_columns(wanted, other))) > 10
