"""Every number that decides a training."""

from dataclasses import dataclass, field, replace
from typing import Self

from mlmodel.training.digits.config import DigitsConfig
from mlmodel.training.lines.config import LinesConfig


@dataclass(frozen=True)
class ReadingConfig:
    """How the numbers are fitted that join both networks' answers."""

    pictures: int = 10_000  # synthetic ones: one text in a thousand is ten
    error_rate: float = 0.01  # wrong among the texts that are taken without a person


@dataclass(frozen=True)
class TrainingConfig:
    """The default recipe. A network without a configuration is kept from the model before."""

    digits: DigitsConfig | None = field(default_factory=DigitsConfig)
    lines: LinesConfig | None = field(default_factory=LinesConfig)
    reading: ReadingConfig = field(default_factory=ReadingConfig)
    # Of the MNIST test set. Even the fast recipe reaches 99.4 %: less is a training that failed.
    least_accuracy: float = 0.95

    @classmethod
    def fast(cls) -> Self:
        """The recipe for trying things: about 10 minutes on two cores."""
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
        """The recipe with as many epochs for each network that is trained."""
        return replace(
            self,
            digits=self.digits and replace(self.digits, epochs=epochs),
            lines=self.lines and replace(self.lines, epochs=epochs),
        )
