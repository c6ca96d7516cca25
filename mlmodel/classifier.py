"""Which digit a frame shows: the shipped network, run by LiteRT."""

import threading
from pathlib import Path
from typing import Any, Self

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from mlmodel.card import ModelCard, ModelDamaged, ModelError, read_model
from mlmodel.data import DIGIT_CLASSES
from mlmodel.normalize import FRAME_SIDE_PX, PREPROCESSING_VERSION

SHIPPED_DIR = Path(__file__).parent / "shipped"
# The activations of a frame take about 150 kB: 32 keep an interpreter under 5 MB.
MAX_BATCH = 32


class PreprocessingMismatch(ModelError):
    """The model was trained with another preprocessing than this version's."""


class ModelShapeWrong(ModelError):
    """The artifact does not turn frames into ten probabilities."""


class Classifier:
    """A loaded model. One object serves all threads: each gets an interpreter of its own."""

    def __init__(self, card: ModelCard, artifact: bytes) -> None:
        self.card = card
        self._artifact = artifact
        self._local = threading.local()

    @classmethod
    def load(cls, directory: Path = SHIPPED_DIR) -> Self:
        """Load and check the directory's model.

        Raises:
            ModelMissing, ModelDamaged, CardDamaged, CardFormatUnknown: see card.read_model.
            PreprocessingMismatch: made for frames of another preprocessing version.
            ModelShapeWrong: no network from (n, 28, 28[, 1]) to (n, 10).
        """
        card, artifact = read_model(directory)
        if card.preprocessing_version != PREPROCESSING_VERSION:
            raise PreprocessingMismatch(
                f"Model {card.name} was trained with preprocessing {card.preprocessing_version}; "
                f"this version uses {PREPROCESSING_VERSION}."
            )
        classifier = cls(card, artifact)
        classifier._check_shapes()
        return classifier

    def classify(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        """The probability of each digit in each frame.

        Args:
            frames: (n, 28, 28) float32 in 0..1 as normalize.frame_digits makes them; n may
                be 0.

        Returns:
            (n, 10) float32 in 0..1; every row sums to 1.

        Raises:
            ValueError: frames of another shape or type.
        """
        return answer(self._interpreter(), frames)

    def _interpreter(self) -> Any:
        """This thread's interpreter: LiteRT's are not safe to share between threads."""
        if not hasattr(self._local, "interpreter"):
            self._local.interpreter = open_interpreter(self._artifact)
        return self._local.interpreter

    def _check_shapes(self) -> None:
        source, result = _ends(self._interpreter())
        frame = tuple(source["shape"][1:])
        if frame not in {(FRAME_SIDE_PX, FRAME_SIDE_PX), (FRAME_SIDE_PX, FRAME_SIDE_PX, 1)}:
            raise ModelShapeWrong(f"Model {self.card.name} takes frames of shape {frame}.")
        if tuple(result["shape"][1:]) != (DIGIT_CLASSES,):
            raise ModelShapeWrong(f"Model {self.card.name} answers in shape {result['shape']}.")


def open_interpreter(artifact: bytes) -> Any:
    """A LiteRT interpreter, for one thread only.

    Raises:
        ModelDamaged: LiteRT cannot read the artifact.
    """
    try:
        # One thread: a web worker serves one picture a thread, and a digit takes under 1 ms.
        interpreter = Interpreter(model_content=artifact, num_threads=1)
        interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise ModelDamaged("LiteRT cannot open the artifact.") from error
    return interpreter


def answer(interpreter: Any, frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """The probabilities of frames, in batches; see Classifier.classify."""
    if frames.shape[1:] != (FRAME_SIDE_PX, FRAME_SIDE_PX) or frames.dtype != np.float32:
        raise ValueError(f"Frames are {frames.dtype} of shape {frames.shape}.")
    probabilities = np.empty((len(frames), DIGIT_CLASSES), np.float32)
    for start in range(0, len(frames), MAX_BATCH):
        batch = np.s_[start : start + MAX_BATCH]
        probabilities[batch] = _answer_batch(interpreter, frames[batch])
    return probabilities


def _answer_batch(interpreter: Any, frames: NDArray[np.float32]) -> NDArray[np.float32]:
    source, result = _ends(interpreter)
    shape = (len(frames), *source["shape"][1:])
    # Another number of frames costs 0.02 to 0.1 ms, a frame 0.2 ms (measured).
    interpreter.resize_tensor_input(source["index"], shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(source["index"], frames.reshape(shape))
    interpreter.invoke()
    return np.asarray(interpreter.get_tensor(result["index"]), np.float32)


def _ends(interpreter: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return interpreter.get_input_details()[0], interpreter.get_output_details()[0]
