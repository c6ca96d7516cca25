"""A batch as it stands after the checks so far: what a page shows, and what it asks next."""

from dataclasses import dataclass

from recognizer.checking.acceptance import Acceptance, Step, accept, curve
from recognizer.checking.asking import SECONDS_A_CHECK, Audit, ask_next, audit, minutes_left
from recognizer.checking.checked_batch import CheckedBatch, Counts
from recognizer.checking.recalibration import USUAL, Prior, Recalibration


@dataclass(frozen=True)
class Assessment:
    """What is known of a batch, and what follows from it.

    Attributes:
        tolerated: the error, 0..1, that the batch's owner tolerates.
    """

    batch: CheckedBatch
    tolerated: float
    known: Recalibration
    acceptance: Acceptance
    audit: Audit

    @property
    def is_provisional(self) -> bool:
        """Whether audits are open: the promise is for a batch whose audit is complete."""
        return bool(self.audit.open.any())

    def ask_next(self, count: int) -> Counts:
        """The texts to ask about next: see asking.ask_next."""
        return ask_next(self.known, self.batch, self.acceptance, self.audit, count)

    def minutes_left(self, seconds_a_check: float = SECONDS_A_CHECK) -> float:
        """About how long the checks that are left will take: see asking.minutes_left."""
        return minutes_left(self.acceptance, self.audit, seconds_a_check)

    def curve(self) -> list[Step]:
        """All thresholds that the batch could have: see acceptance.curve."""
        return curve(self.known, self.batch, self.tolerated)


def assess(batch: CheckedBatch, tolerated: float, *, seed: int, prior: Prior = USUAL) -> Assessment:
    """Find out how a batch stands. The same batch, checks and seed always give the same answer.

    Args:
        tolerated: the error, 0..1, that the batch's owner tolerates.
        seed: of this batch's audit sample, never changed.
        prior: what is known from elsewhere: see recalibration.
    """
    known = Recalibration.of(batch, prior)
    acceptance = accept(known, batch, tolerated)
    return Assessment(batch, tolerated, known, acceptance, audit(batch, acceptance, seed))
