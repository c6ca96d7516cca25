import subprocess
import sys

import pytest

# Frees 8 blocks of 32 MB as a step of a training does, again and again, and counts the faults.
STEPS = """
import ctypes, resource
from mlmodel.training.memory import keep_freed_memory
kept = {keep}
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
for step in range(4):
    if step == 1:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    blocks = [libc.malloc(32 << 20) for _ in range(8)]
    for block in blocks:
        ctypes.memset(block, 1, 32 << 20)
    for block in blocks:
        libc.free(block)
print(kept, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(keep: str) -> tuple[str, int]:
    code = STEPS.format(keep=keep)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    kept, count = done.stdout.split()
    return kept, int(count)


def test_freed_memory_is_used_again() -> None:
    kept, few = faults("keep_freed_memory()")
    if kept == "False":
        pytest.skip("this C library always decides by itself")
    assert few < faults("False")[1] / 10
