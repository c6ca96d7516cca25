"""TensorFlow, loaded late and without its notes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from mlmodel.training.memory import keep_freed_memory


def load_tensorflow() -> None:
    """Load it into a process whose memory and log are set up for a training."""
    keep_freed_memory()
    # Three silences its notes once it runs; those on oneDNN come before it looks.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with quiet_stderr():
        import tensorflow as tf

        tf.config.list_physical_devices()


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Keep TensorFlow's notes on oneDNN and CUDA away, which it writes past its log level."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)
