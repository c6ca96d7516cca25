"""Every number that decides a training of the second reader."""

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True)
class Phase:
    """A part of the training; the numbers are those of fitting.Recipe."""

    epochs: int
    peak_learning_rate: float
    warmup_share: float = 0.05
    weight_decay: float = 0.02
    averaging: float = 0.998


@dataclass(frozen=True)
class SecondConfig:
    """The default recipe."""

    seed: int = 20261128
    handwriting: str = ""  # a folder of people's handwriting; without one, hands are made up
    held_out: int = 5_000  # digits of MNIST for validation
    pictures: int = 44_000  # synthetic ones
    without_digits: int = 6_000
    numbers: int = 10_000  # pictures of the numbers of people
    real_rounds: int = 3  # times that every real line is cut, each time a little otherwise
    validation_pictures: int = 2_000
    batch_size: int = 32
    dropout: float = 0.2
    # First the new layers alone, then the others, too: fresh layers would spoil what these know.
    head: Phase = Phase(epochs=1, peak_learning_rate=2e-3)
    # At 4e-4 the loss rises: with the normalization folded into them, the weights are small.
    whole: Phase = Phase(epochs=1, peak_learning_rate=1e-4, weight_decay=1e-3)
    # The norm to which a gradient is shortened, so that one odd batch does not undo many others.
    largest_gradient: float = 10.0
    frozen_blocks: int = 4  # of the trunk stay as they are: they see strokes, whatever the script

    @property
    def epochs(self) -> int:
        """Times that every look is shown."""
        return self.head.epochs + self.whole.epochs

    def with_epochs(self, epochs: int) -> Self:
        """The recipe with this number of epochs in which all layers are trained."""
        return replace(self, whole=replace(self.whole, epochs=epochs))

    @classmethod
    def fast(cls) -> Self:
        """A smaller recipe, for trying things."""
        return cls(
            pictures=4_000,
            without_digits=400,
            numbers=800,
            real_rounds=1,
            validation_pictures=500,
            whole=Phase(epochs=0, peak_learning_rate=0),
        )
