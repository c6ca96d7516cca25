"""Every number that decides a training."""

from dataclasses import dataclass, field
from typing import Self

from mlmodel.augmentation import Augmentation


@dataclass(frozen=True)
class TrainingConfig:
    """The default recipe: at least 99.6 % of the MNIST test set in 30 minutes on two cores."""

    seed: int = 20261121  # initial weights, held-out samples, order, and augmentation
    epochs: int = 16  # times that every training sample is shown
    # Channels at 28x28, 14x14, 7x7; off multiples of 16, a CPU takes three times as long.
    widths: tuple[int, int, int] = (32, 48, 96)
    dropout: float = 0.2  # share of the mean features left out before the last layer
    batch_size: int = 128  # larger ones leave too few steps in so few epochs
    peak_learning_rate: float = 3e-3  # AdamW's, after the warm-up; a half-cosine leads to zero
    warmup_share: float = 0.1  # of all steps; batch normalization needs settled statistics
    weight_decay: float = 0.02  # AdamW's, decoupled
    averaging: float = 0.998  # momentum of the weights' moving average, about 500 steps
    held_out: int = 5_000  # validation samples: one error is 0.02 %
    training_samples: int | None = None  # only the first so many, for tests
    augmentation: Augmentation = field(default_factory=Augmentation)

    @classmethod
    def fast(cls, seed: int = 20261121) -> Self:
        """The recipe for trying things: at least 99.2 % in 5 minutes on two cores."""
        return cls(seed=seed, epochs=4, widths=(16, 32, 64), dropout=0.1)
