"""Gives damaged files to the gate and the reader, in a process that may die of it."""

import json
import sys
import time
from collections import Counter
from itertools import chain
from pathlib import Path

from mlmodel.reader import read
from recognizer.intake.cleaning import clean
from recognizer.refusals import Refusal
from recognizer.uploads.reading import READER_ERRORS
from tests.hostile.mutations import cut_files, mutations
from tests.hostile.peak_memory import watch_peak
from tests.makers import decoded

MAX_BYTES = 10 * 2**20


def main(count: str, seed: str, last: str) -> None:
    """Print what came of so many files, as JSON.

    Args:
        last: the file to hold what was given last: what killed the process, if something did.
    """
    answers: Counter[int] = Counter()
    slowest = 0.0
    answer(next(mutations(1, int(seed))))  # loads the model
    grown = watch_peak()
    for data in chain(mutations(int(count), int(seed)), cut_files()):
        Path(last).write_bytes(data)
        started = time.perf_counter()
        answers[answer(data)] += 1
        slowest = max(slowest, time.perf_counter() - started)
    figures = {"slowest_ms": round(1000 * slowest), "grown_mb": round(grown())}
    sys.stdout.write(json.dumps({"answers": answers, **figures}))


def answer(data: bytes) -> int:
    """The status of the answer; any error that is no refusal ends the process."""
    try:
        image = clean(data, max_bytes=MAX_BYTES)
    except Refusal as refusal:
        return refusal.status
    if decoded(image.encoded).size != image.size:
        raise AssertionError("What is kept is not what was given.")
    try:
        read(image.pixels, picture_size=image.size)
    except READER_ERRORS:
        return 201  # kept, with a reading that failed
    return 201
