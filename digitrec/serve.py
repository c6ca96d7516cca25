"""What `make run` does: database, migrations, static files, web server, workers, until Ctrl-C."""

import errno
import os
import secrets
import shutil
import signal
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path
from types import FrameType
from typing import NoReturn

import django
import psycopg2
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import Error as DatabaseError

from digitrec import environment
from digitrec.launch.cannot_start import CannotStart, DiskFull
from digitrec.launch.embedded_postgres import EmbeddedPostgres
from digitrec.launch.folder_lock import folder_lock
from digitrec.launch.web_server import Address, WebServer
from digitrec.launch.workers import Workers
from recognizer.management.database_errors import reason_of

VAR_DIR = environment.folder("VAR_DIR", "var")
# An empty database takes 45 MB, its first log file 16 MB, the static files 10 MB.
MIN_FREE_BYTES = 100 * 1024 * 1024
CONNECT_TIMEOUT_S = 5
WATCH_S = 0.25
PASSWORD_BYTES = 12
NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS)
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class DatabaseUnusable(CannotStart):
    pass


class ModelUnusable(CannotStart):
    pass


class Unsound(CannotStart):
    """One of Django's checks found an error."""


class ServerEnded(CannotStart):
    pass


class StopAsked(BaseException):
    """Ctrl-C or another signal; not an Exception, so that nothing takes it for an error."""


def main() -> int:
    for number in STOP_SIGNALS:
        # Under nohup, hang-ups are ignored, and stay so. After a script's `make run &`, Ctrl-C is
        # ignored as well, but the server must not outlive the script for that.
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        with ExitStack() as running:
            serve(running)
    except StopAsked:
        print_line("digitrec has stopped.")
        return 0
    except CannotStart as refusal:
        return _refuse(str(refusal))
    except ImproperlyConfigured as error:
        return _refuse(f"A setting is wrong: {error}")
    except OSError as error:
        return _refuse(_why(error))


def serve(running: ExitStack) -> NoReturn:
    """Start everything, so that it can be stopped in reverse order, and watch over it."""
    require_free_space(VAR_DIR)
    lock = running.enter_context(folder_lock(VAR_DIR / "run.lock"))
    host, port = environment.text("HOST", "127.0.0.1"), environment.whole_number("PORT", 8000)
    address = running.enter_context(closing(Address(host, port)))
    lock.leave_note(address.url)
    workers = Workers(environment.whole_number("WORKERS", 2))
    web = WebServer(address)
    read_settings()
    database = None
    if not environment.text("DATABASE_URL"):
        database = running.enter_context(EmbeddedPostgres(VAR_DIR / "postgres"))
    prepare_database()
    call_command("collectstatic", interactive=False, verbosity=0)
    running.callback(web.stop)
    web.start()
    web.wait_until_it_answers()
    running.callback(workers.stop)
    workers.keep_running()
    announce(address.url, create_first_admin())
    watch(web, database, workers)


def require_free_space(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < MIN_FREE_BYTES:
        raise DiskFull(
            f"The disk that holds {folder} is full: {free >> 20} MB are free, "
            f"and starting takes {MIN_FREE_BYTES >> 20} MB."
        )


def read_settings() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digitrec.settings")
    django.setup()
    for found in run_checks():
        if found.is_serious():
            raise Unsound(f"{found.msg} {found.hint or ''}".strip())


def prepare_database() -> None:
    require_database()
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        raise DatabaseUnusable(f"The database refuses a migration: {reason_of(error)}") from error
    require_model()


def require_model() -> None:
    from mlmodel.artifact.card import ModelError
    from recognizer.model_versions.promotion import promote_shipped_if_due

    try:
        promote_shipped_if_due()
    except ModelError as error:
        raise ModelUnusable(f"No model can read: {error}") from error


def require_database() -> None:
    from django.db import connection

    from recognizer.checks import POOL_BY_SESSIONS, POOLED_BY_TRANSACTIONS, sessions_are_shared

    wanted = connection.get_connection_params() | {"connect_timeout": CONNECT_TIMEOUT_S}
    try:
        psycopg2.connect(**wanted).close()
        shared = sessions_are_shared()
    except (psycopg2.Error, DatabaseError) as error:
        raise DatabaseUnusable(
            f"The database in DATABASE_URL cannot be used: {reason_of(error)}"
        ) from None
    if shared:
        raise DatabaseUnusable(f"{POOLED_BY_TRANSACTIONS} {POOL_BY_SESSIONS}")


def create_first_admin() -> str | None:
    """Create the user admin where no superuser exists; return its password, stored nowhere."""
    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    if users.filter(is_superuser=True).exists():
        return None
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    users.create_superuser("admin", password=password)
    return password


def announce(url: str, admin_password: str | None) -> None:
    if admin_password:
        admin_url = f"{url}/{environment.url_path('ADMIN_PATH', 'admin/')}"
        print_line(
            f'First start: the user "admin" at {admin_url} has the password {admin_password}'
        )
        print_line("It is shown only this once; `manage.py changepassword admin` sets another.")
    print_line(f"digitrec is ready at {url} (Ctrl-C stops it)")


def watch(web: WebServer, database: EmbeddedPostgres | None, workers: Workers) -> NoReturn:
    while True:
        workers.keep_running()
        if (code := web.exit_code()) is not None:
            raise ServerEnded(f"The web server ended by itself, with exit code {code}.")
        if database and database.exit_code() is not None:
            raise ServerEnded(f"The database ended by itself: {database.log} says why.")
        time.sleep(WATCH_S)


def print_line(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not interrupt the shutdown
    raise StopAsked


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


def _why(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return f"The disk that holds {error.filename or VAR_DIR} is full: free some space first."
    why = f"digitrec cannot work with {error.filename or 'a file'}: {error.strerror}."
    if error.errno in NOT_WRITABLE:
        why += " VAR_DIR, STATIC_ROOT and MEDIA_ROOT name folders that this user may write to."
    return why


if __name__ == "__main__":
    sys.exit(main())
