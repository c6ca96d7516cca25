"""Which user the embedded PostgreSQL runs as: it refuses root, even where root is the only user."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from digitrec.launch.cannot_start import CannotStart

ROOT_UID = 0
UNMAPPED_UID = 65534  # In a user namespace, every user without a mapping appears as this one.
PROBE_TIMEOUT_S = 20
CLEAN_ENVIRONMENT = {"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)}
# Capabilities by their bit in CapEff of /proc/self/status, the weaker one first.
_PATH_RIGHTS = (("dac_read_search", 2), ("dac_override", 1))


class NoServerAccount(CannotStart):
    pass


@dataclass(frozen=True)
class ServerAccount:
    """A way to start a program as a user whom PostgreSQL accepts."""

    prefix: tuple[str, ...]  # goes before the program's own command line
    owner: int  # number of the user who must own the data, seen from outside a namespace
    client: str  # the name under which the server sees the user who runs digitrec

    def command(self, *arguments: str | Path) -> list[str]:
        return [*self.prefix, *map(str, arguments)]


def find_server_account(data_dir: Path, program: Path) -> ServerAccount:
    """Return the first account that can run `program --version` on this machine.

    Raises:
        NoServerAccount: none can.
    """
    for account in _candidates(data_dir):
        if _runs(account.command(program, "--version")):
            return account
    raise NoServerAccount(
        "PostgreSQL refuses to run as this user, and switching to another one is not allowed "
        "here: start digitrec as an ordinary user, or set DATABASE_URL to a server of your own."
    )


def end_with_parent(signal_name: str) -> tuple[str, ...]:
    """Return a prefix for a command, by which the program gets this signal when its parent dies.

    The kernel sends it, even after kill -9. Empty where setpriv can't be used.
    """
    prefix = ("setpriv", "--pdeathsig", signal_name)
    return prefix if _runs([*prefix, "true"]) else ()


def _candidates(data_dir: Path) -> Iterator[ServerAccount]:
    if os.geteuid() == ROOT_UID:
        yield from _another_user(data_dir)
    elif entry := _entry(os.geteuid()):
        yield ServerAccount(end_with_parent("INT"), os.geteuid(), entry.pw_name)
    yield from _renamed_user()


def _another_user(data_dir: Path) -> Iterator[ServerAccount]:
    """The owner of the data, or else the user nobody, able to pass closed folders such as /root.

    A capability allows it, which would otherwise need chmod on every folder above. PostgreSQL
    calls access(2) on its own binary, which ignores capabilities gained this way unless
    no_setuid_fixup is set.
    """
    owner = data_dir.stat().st_uid if data_dir.exists() else ROOT_UID
    entry = _entry(owner or "nobody")
    if entry is None:
        return
    user, group = entry.pw_uid, entry.pw_gid
    rights = ",".join(["-all", *(f"+{right}" for right in _path_right())])
    prefix = (
        *("setpriv", "--pdeathsig", "INT"),
        *(f"--reuid={user}", f"--regid={group}", "--clear-groups", "--no-new-privs"),
        *(f"--inh-caps={rights}", f"--ambient-caps={rights}", f"--bounding-set={rights}"),
        "--securebits=+no_setuid_fixup",
    )
    yield ServerAccount(prefix, user, "root")


def _renamed_user() -> Iterator[ServerAccount]:
    """The current user under another number, in a user namespace; the files keep their owner.

    For a root that may not switch users, and for a user without an entry in /etc/passwd.
    """
    for entry in pwd.getpwall():
        if entry.pw_uid not in {ROOT_UID, UNMAPPED_UID}:
            ids = (f"--map-user={entry.pw_uid}", f"--map-group={entry.pw_gid}")
            prefix = ("unshare", "--user", *ids, *end_with_parent("INT"))
            yield ServerAccount(prefix, os.geteuid(), entry.pw_name)
            return


def _path_right() -> list[str]:
    """The weakest capability of this process that lets a program pass folders closed to it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return []
    lines = (line.split() for line in status.read_text(encoding="ascii").splitlines())
    held = next((int(words[1], 16) for words in lines if words[:1] == ["CapEff:"]), 0)
    return [name for name, bit in _PATH_RIGHTS if held >> bit & 1][:1]


def _entry(user: int | str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(user) if isinstance(user, int) else pwd.getpwnam(user)
    except KeyError:
        return None


def _runs(command: list[str]) -> bool:
    try:
        probe = subprocess.run(  # noqa: S603 - the programs and their arguments are ours
            command,
            capture_output=True,
            check=False,
            cwd="/",
            env=CLEAN_ENVIRONMENT,
            timeout=PROBE_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return probe.returncode == 0
