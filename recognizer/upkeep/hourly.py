"""The hourly upkeep: purge and sweep."""

import logging
from collections.abc import Callable
from dataclasses import asdict

from recognizer.upkeep import retention
from recognizer.upkeep.retention import Purged
from recognizer.upkeep.sweep import Sweep, only_one, sweep

logger = logging.getLogger(__name__)


def run_hourly_upkeep() -> bool:
    """Purge and sweep; returns whether both succeeded. If one fails, the other still runs.

    Raises:
        SweepRunning: another process sweeps; nothing was done.
    """
    with only_one():
        return all([_run("purge", retention.purge), _run("sweep", lambda: sweep(apply=True))])


def _run(name: str, job: Callable[[], Purged | Sweep]) -> bool:
    try:
        done = asdict(job())
    except Exception:
        logger.exception("the %s failed", name)
        return False
    counts = ", ".join(f"{what.replace('_', ' ')}: {count}" for what, count in done.items())
    logger.log(logging.ERROR if done.get("missing") else logging.INFO, "%s: %s", name, counts)
    return True
