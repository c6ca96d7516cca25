"""What jobs do: each calls one function of one room, as urls.py does for requests."""

from recognizer.batches import serving
from recognizer.checking import estimating
from recognizer.upkeep.hourly import run_hourly_upkeep
from recognizer.upkeep.sweep import SweepRunning


def serve_batches() -> None:
    serving.serve()


def estimate_batches() -> None:
    estimating.estimate_due_batches()


def upkeep() -> None:
    """Purge and sweep, unless another process is at it; what was done stands in the log."""
    try:
        run_hourly_upkeep()
    except SweepRunning:
        return
