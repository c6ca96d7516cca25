"""A process that trains: TensorFlow loaded late and without its notes, memory kept."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

# Of glibc's malloc.h.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
LARGEST_INT = 2**31 - 1


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


def keep_freed_memory() -> bool:
    """Have the C library keep what TensorFlow frees for the next step of the training.

    Else every step gives its tensors back to the system and takes them anew, page by page:
    95,000 page faults a step, which took half of the time (517 ms a step instead of 250).
    To be called before TensorFlow starts its threads.

    Returns:
        Whether this C library can be told so; only glibc can.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    mallopt(M_ARENA_MAX, 1)
    mallopt(M_MMAP_THRESHOLD, LARGEST_INT)
    mallopt(M_TRIM_THRESHOLD, LARGEST_INT)
    return True
