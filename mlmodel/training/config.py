"""Every number that decides a training."""

from dataclasses import dataclass, field, replace
from typing import Self

from mlmodel.training.digits.config import DigitsConfig
from mlmodel.training.lines.config import LinesConfig


@dataclass(frozen=True)
class ReadingConfig:
    """How the numbers that join both networks' answers are fitted."""

    # Synthetic ones: one text in a thousand is ten. 4,000 left the threshold to chance, which then
    # lay anywhere from 0.909 to 0.977.
    pictures: int = 10_000
    error_rate: float = 0.01  # the share of wrong texts among those accepted without a person


@dataclass(frozen=True)
class TrainingConfig:
    """The default recipe; a network without a configuration is taken from the current model."""

    digits: DigitsConfig | None = field(default_factory=DigitsConfig)
    lines: LinesConfig | None = field(default_factory=LinesConfig)
    reading: ReadingConfig = field(default_factory=ReadingConfig)
    # Of the MNIST test set. Even the fast recipe reaches 99.4 %, so less than this is a training
    # that failed.
    least_accuracy: float = 0.95

    @classmethod
    def fast(cls) -> Self:
        """A smaller recipe for trying things, which takes about 10 minutes on two cores."""
        return cls(DigitsConfig.fast(), LinesConfig.fast(), ReadingConfig(pictures=1_000))

    def only(self, network: str) -> Self:
        """The recipe for one network, "digits" or "lines"."""
        return replace(self, lines=None) if network == "digits" else replace(self, digits=None)

    def with_seed(self, seed: int) -> Self:
        """The recipe with another seed for each network that is trained."""
        return replace(
            self,
            digits=self.digits and replace(self.digits, seed=seed),
            lines=self.lines and replace(self.lines, seed=seed),
        )

    def with_epochs(self, epochs: int) -> Self:
        """The recipe with this number of epochs for each network that is trained."""
        return replace(
            self,
            digits=self.digits and replace(self.digits, epochs=epochs),
            lines=self.lines and replace(self.lines, epochs=epochs),
        )
