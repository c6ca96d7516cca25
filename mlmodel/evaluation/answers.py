"""What was read in pictures whose text is known."""

from dataclasses import dataclass

from mlmodel.evaluation.labels import LabelledPicture
from mlmodel.reading import Reading


@dataclass(frozen=True)
class Answer:
    """What a reader answered to one picture.

    Attributes:
        picture: the picture that was read.
        reading: its reading; None when the picture was refused or reading failed.
        milliseconds: the time from the bytes to the reading.
    """

    picture: LabelledPicture
    reading: Reading | None
    milliseconds: float

    @property
    def text(self) -> str:
        return self.reading.text if self.reading else ""

    @property
    def confidence(self) -> float:
        """0..1; 0 where nothing was read."""
        return (self.reading.confidence or 0.0) if self.reading else 0.0

    @property
    def right(self) -> bool:
        return self.reading is not None and self.text == self.picture.text

    @property
    def right_as_written(self) -> bool:
        """Whether the signs are right, too; False where it is not known what they are."""
        return self.reading is not None and self.reading.written == self.picture.written
