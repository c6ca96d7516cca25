import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlmodel.training.tensorflow_process import quiet_stderr

OPEN_FILES = Path("/dev/fd")


def said(text: str) -> None:
    """Write to stderr as TensorFlow does, without Python's streams."""
    os.write(2, text.encode())


def test_what_goes_past_python_is_kept_away(capfd: pytest.CaptureFixture[str]) -> None:
    said("before ")
    with quiet_stderr():
        said("a note on oneDNN ")
    said("after")
    assert capfd.readouterr().err == "before after"


def test_an_error_ends_the_quiet_and_is_passed_on(capfd: pytest.CaptureFixture[str]) -> None:
    @quiet_stderr()
    def fail() -> None:
        said("a note on oneDNN ")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    said("after")
    assert capfd.readouterr().err == "after"


def test_what_is_printed_is_still_seen(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet_stderr():
        os.write(1, b"epoch 1/2")
    assert capfd.readouterr().out == "epoch 1/2"


def test_a_quiet_within_a_quiet_does_not_end_it(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet_stderr():
        with quiet_stderr():
            said("within ")
        said("between ")
    said("after")
    assert capfd.readouterr().err == "after"


def test_no_file_stays_open() -> None:
    before = len([*OPEN_FILES.iterdir()])
    for _ in range(3):
        with quiet_stderr():
            said("a note on oneDNN")
    assert len([*OPEN_FILES.iterdir()]) == before


def test_tensorflow_is_loaded_without_a_word() -> None:
    code = (
        "import sys;"
        "from mlmodel.training.tensorflow_process import load_tensorflow; load_tensorflow();"
        "sys.exit('tensorflow' not in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# Takes and frees 8 blocks of 32 MB in each step, as a training does, and counts the page faults.
STEPS = """
import ctypes, resource
from mlmodel.training.tensorflow_process import keep_freed_memory
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
