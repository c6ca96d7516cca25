import cv2
import numpy as np

from mlmodel.evaluation.blurred import SEVERITIES, blurred_numbers
from mlmodel.evaluation.labels import LabelledPicture
from mlmodel.mnist.data import load_mnist
from tests.makers import decoded

SAMPLES = load_mnist().training.first(300)


def edges(picture: LabelledPicture) -> float:
    """How sharp a picture is: its steepest slope, in grey levels, whatever its grain."""
    grey = cv2.blur(np.asarray(decoded(picture.read_bytes()).convert("L"), np.float64), (3, 3))
    return float(np.quantile(np.abs(np.diff(grey, axis=1)), 0.99))


def test_every_picture_has_digits() -> None:
    for name in SEVERITIES:
        pictures = blurred_numbers(SAMPLES, name, 4).pictures
        assert len(pictures) == 4
        assert all(picture.text for picture in pictures)


def test_they_are_always_the_same() -> None:
    one, other = (blurred_numbers(SAMPLES, "synthetic, blurred", 2).pictures for _ in range(2))
    assert [picture.read_bytes() for picture in one] == [picture.read_bytes() for picture in other]


def test_each_set_is_harder_to_read_than_the_one_before() -> None:
    sharp = [
        np.mean([edges(picture) for picture in blurred_numbers(SAMPLES, name, 20).pictures])
        for name in SEVERITIES
    ]
    assert sharp == sorted(sharp, reverse=True)
