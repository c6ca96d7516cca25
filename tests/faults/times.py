"""How long runs last, and what the slowest answers took."""

import os
from collections.abc import Sequence


def is_long_run() -> bool:
    """Whether this is `make faults`."""
    return "FAULTS_SECONDS" in os.environ


def seconds_of_a_run(short: float) -> float:
    return float(os.environ.get("FAULTS_SECONDS", short))


def percentile(values: Sequence[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]
