"""What reading costs: time on one core, and memory."""

import os
import platform
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.mnist.data import Samples, frame_samples
from mlmodel.model import Model
from mlmodel.reader import read

STRIP_DIGITS = 8
PAGE_WIDTH_PX, PAGE_HEIGHT_PX = 4000, 3000
PAGE_LINES = 10
# Sides of the square that one MNIST sample fills.
STRIP_CELL_PX, PAGE_CELL_PX = 56, 200
PAPER, INK = 235, 40
# Enough rounds for the median to vary by only a few per cent; all of them take a few seconds.
DIGIT_ROUNDS, STRIP_ROUNDS, PAGE_ROUNDS = 200, 40, 10
STATUS_FILE = Path("/proc/self/status")
CPU_FILE = Path("/proc/cpuinfo")
BYTES_PER_KIB = 1024


@dataclass(frozen=True)
class Work:
    """The pictures that are read to measure the cost.

    Attributes:
        digit: (1, 28, 28) float32 in 0..1, a frame that is already cut out.
        strip: (height, width) uint8, one line of STRIP_DIGITS digits.
        page: (3000, 4000) uint8, PAGE_LINES lines of STRIP_DIGITS digits.
    """

    digit: NDArray[np.float32]
    strip: NDArray[np.uint8]
    page: NDArray[np.uint8]


@dataclass(frozen=True)
class Cost:
    """Median times on one core, and the memory of a process that has read all of Work.

    Attributes:
        processor: its name.
        digit_milliseconds: to classify a digit that is already cut out.
        strip_milliseconds: to read a small picture of one line.
        page_milliseconds: to read a page of 12 megapixels.
        resident_megabytes: memory in use afterwards; None where the system does not report it.
        peak_megabytes: most memory in use at any time; None where the system does not report it.
    """

    processor: str
    digit_milliseconds: float
    strip_milliseconds: float
    page_milliseconds: float
    resident_megabytes: float | None
    peak_megabytes: float | None


def compose_work(samples: Samples) -> Work:
    """Compose pictures of MNIST samples, dark on paper; STRIP_DIGITS * PAGE_LINES are enough."""
    page = np.full((PAGE_HEIGHT_PX, PAGE_WIDTH_PX), PAPER, np.uint8)
    distance = PAGE_HEIGHT_PX // PAGE_LINES
    for line in range(PAGE_LINES):
        start = line * STRIP_DIGITS
        ink = _line(samples.images[start : start + STRIP_DIGITS], PAGE_CELL_PX)
        top = line * distance + (distance - PAGE_CELL_PX) // 2
        left = (PAGE_WIDTH_PX - ink.shape[1]) // 2
        page[top : top + PAGE_CELL_PX, left : left + ink.shape[1]] = ink
    strip = _line(samples.images[:STRIP_DIGITS], STRIP_CELL_PX)
    return Work(
        digit=frame_samples(samples.first(1)),
        strip=np.pad(strip, STRIP_CELL_PX // 4, constant_values=PAPER),
        page=page,
    )


def _line(images: NDArray[np.uint8], cell_px: int) -> NDArray[np.uint8]:
    cells = [
        cv2.resize(image, (cell_px, cell_px), interpolation=cv2.INTER_CUBIC) for image in images
    ]
    ink = np.hstack(cells).astype(np.float32) / 255
    return np.round(PAPER + (INK - PAPER) * ink).astype(np.uint8)


def measure_cost(directory: Path, work: Work) -> Cost:
    """Load the model of a directory in a new process on one core, and read the work there.

    Raises:
        ModelError: the model can't be loaded.
    """
    # A fork would share this process's memory, and with it TensorFlow or MNIST.
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as fresh:
        return fresh.submit(_measure, directory, work).result()


def _measure(directory: Path, work: Work) -> Cost:
    _stay_on_one_core()
    model = Model.load(directory)
    digit = _median_milliseconds(DIGIT_ROUNDS, model.classifier.classify, work.digit)
    strip = _median_milliseconds(STRIP_ROUNDS, read, work.strip, model)
    page = _median_milliseconds(PAGE_ROUNDS, read, work.page, model)
    return Cost(
        processor=_processor(),
        digit_milliseconds=digit,
        strip_milliseconds=strip,
        page_milliseconds=page,
        resident_megabytes=_status_megabytes("VmRSS"),
        peak_megabytes=_status_megabytes("VmHWM"),
    )


def _stay_on_one_core() -> None:
    cv2.setNumThreads(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _median_milliseconds(rounds: int, job: Callable[..., Any], *arguments: Any) -> float:
    job(*arguments)  # not measured: the first call allocates tensors
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        job(*arguments)
        times.append((time.perf_counter() - started) * 1000)
    return median(times)


def _status_megabytes(name: str) -> float | None:
    """A figure that Linux reports of this process, in lines such as "VmRSS:     1234 kB"."""
    value = _value_of(name, STATUS_FILE)
    return int(value.split()[0]) * BYTES_PER_KIB / 1e6 if value else None


def _processor() -> str:
    return _value_of("model name", CPU_FILE) or platform.machine()


def _value_of(name: str, file: Path) -> str | None:
    """The value after a name and a colon in one of Linux's files; None on other systems."""
    if not file.exists():
        return None
    for line in file.read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return None
