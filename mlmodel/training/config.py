"""Every number that decides a training."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from mlmodel.training.digits.config import DigitsConfig
from mlmodel.training.lines.config import LinesConfig
from mlmodel.training.second.config import SecondConfig

KINDS = "digits", "lines", "second"  # the networks of a model


@dataclass(frozen=True)
class ReadingConfig:
    """How the numbers that join the networks' answers are fitted."""

    # Synthetic ones: one text in a thousand is ten. 4,000 left the threshold to chance, which then
    # lay anywhere from 0.909 to 0.977.
    pictures: int = 6_000
    handwriting: str = ""  # a folder of handwriting, of which the people held out are used
    numbers: int = 5_000  # of these people's whole numbers on synthetic paper
    real: int = 1_400  # lines on real paper, half of them text: each is used about twice
    error_rate: float = 0.01  # the share of wrong texts among those accepted without a person


@dataclass(frozen=True)
class TrainingConfig:
    """The default recipe; a network without a configuration is taken from the current model."""

    digits: DigitsConfig | None = field(default_factory=DigitsConfig)
    lines: LinesConfig | None = field(default_factory=LinesConfig)
    second: SecondConfig | None = field(default_factory=SecondConfig)
    reading: ReadingConfig = field(default_factory=ReadingConfig)
    # Of the MNIST test set. Even the fast recipe reaches 99.4 %, so less than this is a training
    # that failed.
    least_accuracy: float = 0.95

    @classmethod
    def fast(cls) -> Self:
        """A smaller recipe for trying things, which takes about 10 minutes on two cores."""
        return cls(
            DigitsConfig.fast(),
            LinesConfig.fast(),
            SecondConfig.fast(),
            ReadingConfig(pictures=1_000, numbers=300, real=200),
        )

    def only(self, network: str) -> Self:
        """The recipe for one network, "digits", "lines" or "second"."""
        others = {kind: None for kind in KINDS if kind != network}
        return replace(self, **others)  # type: ignore[arg-type]

    def with_seed(self, seed: int) -> Self:
        """The recipe with another seed for each network that is trained."""
        return replace(
            self,
            digits=self.digits and replace(self.digits, seed=seed),
            lines=self.lines and replace(self.lines, seed=seed),
            second=self.second and replace(self.second, seed=seed),
        )

    def with_handwriting(self, folder: Path) -> Self:
        """The recipe that learns from the people whose handwriting a folder holds as well."""
        given = str(folder.resolve())
        return replace(
            self,
            lines=self.lines and replace(self.lines, handwriting=given),
            second=self.second and replace(self.second, handwriting=given),
            reading=replace(self.reading, handwriting=given),
        )

    def with_epochs(self, epochs: int) -> Self:
        """The recipe with this number of epochs for each network that is trained."""
        return replace(
            self,
            digits=self.digits and replace(self.digits, epochs=epochs),
            lines=self.lines and replace(self.lines, epochs=epochs),
            second=self.second and self.second.with_epochs(epochs),
        )
