"""How long runs last, and what the slowest answers took."""

import os
from collections.abc import Sequence


def is_long_run() -> bool:
    """Whether this is `make faults`."""
    return "FAULTS_SECONDS" in os.environ


def seconds_of_a_run(short: float) -> float:
    return float(os.environ.get("FAULTS_SECONDS", short))


def slowed_down() -> float:
    """How much longer a busy machine may take, 1 or more: by its load for each core."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def percentile(values: Sequence[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]
