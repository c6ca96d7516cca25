"""Which parts of a digit its reading depends on, in words and as a picture."""

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray
from PIL import Image

from mlmodel.digits import occlusion
from mlmodel.digits.normalize import FRAME_SIDE_PX
from recognizer.model_versions import active_model
from recognizer.models import DigitPrediction
from recognizer.presentation.small_pictures import encode
from recognizer.presentation.wording import A_GUESS, percent

# If covering any part lowers the probability by less than this, no part decides.
LEAST_LOSS = 0.05
# MNIST digits fill the central 20x20 of the 28x28, which is divided here into three by three.
MARGIN_PX, THIRD_PX = 4, 20 / 3
# The smallest drop that is shown as full heat: where hardly any part matters, the map must not
# look as if one did.
FULL_HEAT_FROM = 0.05
GREY_INK, HEAT_COLOR = 0.45, (196, 78, 0)
MOST = {
    (0, 0): gettext_lazy("Most depends on the upper left."),
    (0, 1): gettext_lazy("Most depends on the top."),
    (0, 2): gettext_lazy("Most depends on the upper right."),
    (1, 0): gettext_lazy("Most depends on the left."),
    (1, 1): gettext_lazy("Most depends on the middle."),
    (1, 2): gettext_lazy("Most depends on the right."),
    (2, 0): gettext_lazy("Most depends on the lower left."),
    (2, 1): gettext_lazy("Most depends on the bottom."),
    (2, 2): gettext_lazy("Most depends on the lower right."),
}


def frame_of(digit: DigitPrediction) -> NDArray[np.float32]:
    """The frame as the network takes it: (28, 28) float32 in 0..1, ink is 1."""
    pixels = np.frombuffer(bytes(digit.frame), np.uint8).reshape(FRAME_SIDE_PX, FRAME_SIDE_PX)
    return pixels.astype(np.float32) / np.float32(255)


def occlude(digit: DigitPrediction) -> occlusion.Occlusion:
    """Which parts of this digit the active model's second network relies on; takes 50 ms.

    Raises:
        ModelError: there is no model.
    """
    classifier = active_model.model().classifier
    return occlusion.occlude(frame_of(digit), digit.value, classifier)


def in_words(seen: occlusion.Occlusion) -> str:
    """Which part the answer's probability depends on most, in one sentence or two."""
    shares = {"whole": percent(seen.probability), "left": percent(seen.left_at_worst)}
    if seen.probability < A_GUESS:
        return _(
            "Of this picture alone, the second network would not have said so: it gives this "
            "digit %(whole)s. The reading of the whole line decided."
        ) % {"whole": shares["whole"]}
    if seen.worst is None or seen.probability - seen.left_at_worst < LEAST_LOSS:
        return _("No single part decides: whichever is covered, at least %(left)s remain.") % {
            "left": shares["left"]
        }
    loss = _("Without it, the probability of this answer falls from %(whole)s to %(left)s.")
    return f"{MOST[_place(seen.worst)]} {loss % shares}"


def occlusion_png(frame: NDArray[np.float32], drops: NDArray[np.float32]) -> bytes:
    """The map of what an answer depends on, as a PNG: orange over grey ink on white.

    Args:
        frame: (28, 28) in 0..1, ink is 1.
        drops: (28, 28) in -1..1, from mlmodel.digits.occlusion; the largest becomes full orange,
            or FULL_HEAT_FROM if that is larger.
    """
    heat = np.clip(drops / max(float(drops.max()), FULL_HEAT_FROM), 0, 1)[..., np.newaxis]
    paper = np.float32(1) - frame[..., np.newaxis] * GREY_INK
    pixels = paper * (1 - heat) + np.array(HEAT_COLOR, np.float32) / 255 * heat
    return encode(Image.fromarray(np.round(pixels * 255).astype(np.uint8)), "PNG")


def _place(pixel: tuple[int, int]) -> tuple[int, int]:
    row, column = (min(max(int((at - MARGIN_PX) / THIRD_PX), 0), 2) for at in pixel)
    return row, column
