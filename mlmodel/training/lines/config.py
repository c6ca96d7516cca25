"""Every number that decides a training of the line network."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class LinesConfig:
    """The default recipe: under 90 minutes on two cores, a sixth of it for making pictures.

    In the last epochs the network settles on the strips that it reads best, because strips that
    nobody can read teach it to doubt what is clear.
    """

    seed: int = 20261124  # initial weights, pictures, order, and variation
    handwriting: str = ""  # a folder of people's handwriting; without one, hands are made up
    pictures: int = 150_000  # synthetic ones, which have 1.15 strips on average
    validation_pictures: int = 3_000  # written with digits of MNIST that training never sees
    held_out: int = 5_000  # digits of MNIST for these
    epochs: int = 5  # times that every strip is shown
    # Channels at 1/2, 1/2, 1/4 and 1/8 of the height, and of the row of features. A CPU takes far
    # longer where they are no multiples of 16.
    widths: tuple[int, int, int, int, int] = (16, 32, 48, 80, 128)
    dropout: float = 0.2  # share of the row's features left out before the last layer
    batch_size: int = 128  # strips of one width
    peak_learning_rate: float = 3e-3  # of AdamW, after the warm-up; falls to 0 as a half cosine
    settling_epochs: int = 4  # 238 amounts of 300 were read, and 225 after two (docs/training.md)
    settling_share: float = 0.82  # of all strips: those whose texts the network finds likeliest
    settling_learning_rate: float = 1.5e-3  # peak of the settling epochs
    warmup_share: float = 0.05  # of all steps
    weight_decay: float = 0.02  # of AdamW, decoupled
    averaging: float = 0.998  # momentum of the moving average of weights, about 500 steps
    extents_weight: float = 0.3  # of the extents' loss, against the loss of the classes
    sequence_weight: float = 0.5  # of the loss of the whole text, against the same

    @classmethod
    def fast(cls) -> Self:
        """A smaller recipe, for trying things."""
        return cls(
            pictures=8_000, validation_pictures=1_000, epochs=3, settling_epochs=1, batch_size=64
        )
