"""Made-up batches, for tests of what is accepted and asked."""

import numpy as np

from recognizer.checking.checked_batch import CheckedBatch
from recognizer.checking.simulation import Drawn, parametric

SEED = 7
USUAL_TEXTS = parametric((0.85, 5.5, 1.5), (0.15, 1.0, 1.5), shift=0.2)


def drawn(size: int = 500, seed: int = SEED) -> Drawn:
    """Texts of which the reader is mostly sure, and mostly rightly."""
    return USUAL_TEXTS(np.random.default_rng(seed), size)


def unchecked(size: int = 500) -> CheckedBatch:
    return CheckedBatch.unchecked(drawn(size).confidences)


def surest(batch: CheckedBatch, count: int) -> CheckedBatch:
    """The batch after its surest texts were checked, and all of them are right."""
    texts = np.argsort(-batch.confidences, kind="stable")[:count]
    return batch.after(texts, np.ones(count, np.bool_))
