"""The key that Django signs with: made on the first start, stored in the project's var/ folder."""

import os
import secrets
import stat
import tempfile
from pathlib import Path

from digitrec.launch.cannot_start import CannotStart

SECRET_KEY_BYTES = 50  # 400 bits; Django's own generator makes about 280


class SecretKeyUnusable(CannotStart):
    pass


def read_secret_key(path: Path) -> str | None:
    """Return the key stored at path, or None where there is none yet.

    Raises:
        SecretKeyUnusable: the file can't be read, is empty, or is open to other users.
    """
    try:
        with path.open(encoding="ascii") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise SecretKeyUnusable(
                    f"Other users can read {path}: run `chmod 600 {path}` (and delete the file "
                    "first if somebody may have read it; everybody is then signed out)."
                )
            key = file.read().strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise SecretKeyUnusable(f"The secret key in {path} cannot be read: {error}.") from error
    if not key:
        raise SecretKeyUnusable(f"{path} is empty: delete it, and the next start makes a new key.")
    return key


def read_or_create_secret_key(path: Path) -> str:
    """Return the key stored at path; where there is none, create one first."""
    return read_secret_key(path) or _create(path)


def _create(path: Path) -> str:
    """Write a new key, whole or not at all; two starts at once both get the first one's key."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # No process number in the name: in two containers it is often the same.
        descriptor, draft = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(SECRET_KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # unlike a rename, refuses to replace a key that is there
        except FileExistsError:
            pass
        finally:
            Path(draft).unlink()
    except OSError as error:
        raise SecretKeyUnusable(f"The secret key cannot be kept in {path}: {error}.") from error
    key = read_secret_key(path)
    if key is None:
        raise SecretKeyUnusable(f"{path} went away while it was being read: start again.")
    return key
