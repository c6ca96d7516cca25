"""Which texts of a batch a person is asked about next."""

from dataclasses import dataclass

import numpy as np

from mlmodel.evaluation.measures import interval
from recognizer.checking.acceptance import Acceptance
from recognizer.checking.checked_batch import PLACES, CheckedBatch, Counts, Flags, Floats
from recognizer.checking.recalibration import Recalibration

# Of the texts above the threshold, this share is checked as a sample, and at least so many; but
# never more than every second one.
AUDIT_SHARE, LEAST_AUDITED, MOST_AUDITED_SHARE = 0.02, 20, 0.5
# By then, more checks tell little more about a batch's confidences.
CHECKS_TO_LEARN = 30
# Typing or confirming a text of a few digits.
SECONDS_A_CHECK = 4.0


@dataclass(frozen=True)
class Audit:
    """A random sample of the texts above the threshold, which tests what no confidence tells.

    Attributes:
        sample: (n,) bool.
        open: (n,) bool, those of the sample that nobody looked at yet.
        wrong: how many of the others had been read wrongly, and are corrected now.
        turns: (n,) float64, the random number of each text; the lowest come first.
    """

    sample: Flags
    open: Flags
    wrong: int
    turns: Floats

    @property
    def done(self) -> int:
        """How many of the sample were checked."""
        return int((self.sample & ~self.open).sum())

    @property
    def error_interval(self) -> tuple[float, float]:
        """The share, 0..1, read wrongly above the threshold, by the sample alone: 95 %, exact."""
        return interval(self.wrong, self.done)


def audit(batch: CheckedBatch, acceptance: Acceptance, seed: int) -> Audit:
    """The audit sample of what is above the threshold now.

    Each text has a random number, always the same one for the same seed; the sample is those with
    the lowest. So it grows and shrinks with what is accepted, and checks of it count on.

    Args:
        seed: of this batch; whoever knows it can draw the sample again.
    """
    # A text that is added at the end of a batch changes no other's number.
    turns = np.random.default_rng(seed).random(batch.size)
    above = np.flatnonzero((batch.places >= acceptance.place) & (batch.confidences > 0))
    sample = np.zeros(batch.size, np.bool_)
    sample[above[np.argsort(turns[above])[: audit_size(above.size)]]] = True
    wrong = int((sample & batch.checked & ~batch.right).sum())
    return Audit(sample, sample & ~batch.checked, wrong, turns)


def audit_size(above: int) -> int:
    """How many of so many texts above the threshold are audited."""
    wanted = max(int(np.ceil(AUDIT_SHARE * above - 1e-9)), LEAST_AUDITED)
    return min(wanted, int(np.ceil(MOST_AUDITED_SHARE * above)))


def ask_next(
    known: Recalibration, batch: CheckedBatch, acceptance: Acceptance, audited: Audit, count: int
) -> Counts:
    """The texts to ask about next, in the order in which they should be asked.

    Half of them are of the audit sample, while it lasts. The others are below the threshold, where
    a person has to look anyway unless it falls: first those that tell most about the batch's
    confidences, and then those nearest to it, which let it fall.

    Args:
        count: how many are wanted.

    Returns:
        (at most count,) int, places in the batch's arrays.
    """
    audits = np.flatnonzero(audited.open)
    audits = audits[np.argsort(audited.turns[audits])]
    below = np.flatnonzero(acceptance.to_check)
    is_learning = batch.checked.sum() < CHECKS_TO_LEARN
    urgency = (_told(known) if is_learning else np.arange(PLACES))[batch.places[below]]
    others = below[np.lexsort((audited.turns[below], -urgency))]
    wanted_audits = max((count + 1) // 2, count - others.size)
    chosen = audits[:wanted_audits]
    return _in_turns(chosen, others[: count - chosen.size])


def _told(known: Recalibration) -> Floats:
    """(PLACES,) float64, how much the check of a text at each place tells.

    It is the variance of its probability of being wrong, which a check can remove, relative to the
    variance of the check's outcome, which it can't.
    """
    mean = known.mean_wrong
    variance = known.weights @ known.wrong**2 - mean**2
    return np.asarray(variance / (mean * (1 - mean)))


def minutes_left(
    acceptance: Acceptance, audited: Audit, seconds_a_check: float = SECONDS_A_CHECK
) -> float:
    """About how long the checks that are left will take a person.

    Args:
        seconds_a_check: as measured for this person, if that is known.
    """
    return float((acceptance.to_check | audited.open).sum() * seconds_a_check / 60)


def _in_turns(one: Counts, other: Counts) -> Counts:
    """One of the first, one of the second and so on, and then the rest of the longer one."""
    both = min(one.size, other.size)
    pairs = np.stack([one[:both], other[:both]], axis=1).ravel()
    return np.concatenate([pairs, one[both:], other[both:]])
