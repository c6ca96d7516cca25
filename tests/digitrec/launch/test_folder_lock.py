import subprocess
import sys
from pathlib import Path

import pytest

from digitrec.launch.folder_lock import LockHeld, folder_lock

HOLD = """
import sys, time
from pathlib import Path
from digitrec.launch.folder_lock import folder_lock
with folder_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def take(path: Path) -> None:
    """Hold the lock, and release it at once."""
    with folder_lock(path):
        pass


def test_a_second_holder_is_refused(tmp_path: Path) -> None:
    with folder_lock(tmp_path / "lock"), pytest.raises(LockHeld, match=r"runs in this folder\.$"):
        take(tmp_path / "lock")


def test_the_second_reads_the_note_of_the_first(tmp_path: Path) -> None:
    with folder_lock(tmp_path / "lock") as lock:
        lock.leave_note("http://127.0.0.1:8000")
        with pytest.raises(LockHeld, match=r"in this folder, at http://127\.0\.0\.1:8000\."):
            take(tmp_path / "lock")


def test_an_old_note_is_not_taken_for_a_new_one(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("http://127.0.0.1:9000")
    with folder_lock(tmp_path / "lock"), pytest.raises(LockHeld, match=r"runs in this folder\.$"):
        take(tmp_path / "lock")


def test_it_is_free_again_afterwards(tmp_path: Path) -> None:
    take(tmp_path / "lock")
    take(tmp_path / "lock")


def test_kill_9_of_the_holder_frees_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LockHeld):
            take(tmp_path / "lock")
        holder.kill()
    take(tmp_path / "lock")


def test_the_lock_file_is_closed_to_others(tmp_path: Path) -> None:
    with folder_lock(tmp_path / "new" / "lock"):
        assert (tmp_path / "new" / "lock").stat().st_mode & 0o777 == 0o600
