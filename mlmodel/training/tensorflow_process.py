"""TensorFlow in a process that trains: loaded late, without its notes, and reusing memory."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

# Parameters of mallopt, from glibc's malloc.h.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
LARGEST_INT = 2**31 - 1


def load_tensorflow() -> None:
    """Load TensorFlow into this process, with memory and log set up for a training."""
    keep_freed_memory()
    # Level 3 silences its notes. Those on oneDNN come before it reads the level.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with quiet_stderr():
        import tensorflow as tf

        tf.config.list_physical_devices()


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Hide TensorFlow's notes on oneDNN and CUDA, which ignore its log level."""
    stderr = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(nowhere)
        os.close(stderr)


def keep_freed_memory() -> bool:
    """Make the C library keep the memory that TensorFlow frees for the next step of the training.

    By default every step returns its tensors' memory to the system and asks for it anew, page by
    page: 95,000 page faults a step, which took half of the time (517 ms a step instead of 250).
    Call this before TensorFlow starts its threads.

    Returns:
        Whether this C library can do so; only glibc can.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    mallopt(M_ARENA_MAX, 1)
    mallopt(M_MMAP_THRESHOLD, LARGEST_INT)
    mallopt(M_TRIM_THRESHOLD, LARGEST_INT)
    return True
