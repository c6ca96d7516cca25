"""F18: a backup that is taken while people upload, restored on another machine."""

import re
import time
from pathlib import Path
from urllib.parse import urlencode

from tests.faults.clients import Browser, Clients, Journal
from tests.faults.report import report
from tests.faults.server import Site, outcome, running_site, sha256
from tests.faults.test_outages import CLIENTS, SEED
from tests.faults.times import is_long_run
from tests.makers import digits_png

UPLOADS = 1_000 if is_long_run() else 60
PATIENCE_S = 300
MOST_SECONDS = 60


def wait_for(journal: Journal, count: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while len(journal.acked) < count:
        assert time.monotonic() < deadline, f"{len(journal.acked)} of {count} were confirmed"
        time.sleep(0.05)


def admin_password(site: Site) -> str:
    """The one that the first start showed."""
    found = re.search(r"has the password (\S+)", site.launcher.printed)
    assert found
    return found[1]


def logs_in(site: Site, username: str, password: str) -> bool:
    browser = Browser(site.port, Journal())
    browser.ask("GET", "/accounts/log-in/", b"", {})
    form = {"csrfmiddlewaretoken": browser.token, "username": username, "password": password}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    status, _ = browser.ask("POST", "/accounts/log-in/", urlencode(form).encode(), headers)
    return status == 302


def stored(site: Site) -> dict[str, bool]:
    """Of each upload that is said to be stored, whether its file is there and what it should be."""
    query = "SELECT id, file, file_sha256 FROM recognizer_upload WHERE stored IS NOT NULL"
    media = site.folder / "media"
    return {str(pk): sha256(media / name) == expected for pk, name, expected in site.rows(query)}


def test_f18_a_backup_under_load_is_restored_on_another_machine(tmp_path: Path) -> None:
    pictures = [digits_png(text) for text in ("7", "42", "5041", "12|34")]
    with running_site(tmp_path / "old") as old:
        password = admin_password(old)
        with Clients(old.port, pictures, CLIENTS, SEED) as clients:
            wait_for(clients.journal, UPLOADS // 2)
            before = set(clients.journal.acked)
            started = time.monotonic()
            old.manage("backup", str(tmp_path / "backups"))
            backup_s = time.monotonic() - started
            during = len(clients.journal.acked) - len(before)
            wait_for(clients.journal, UPLOADS)
        assert outcome(old, clients.journal).lost == 0
    (backup,) = (tmp_path / "backups").iterdir()
    with running_site(tmp_path / "new") as new:
        started = time.monotonic()
        told = new.manage("restore", str(backup))
        restore_s = time.monotonic() - started
        found = stored(new)
        login = logs_in(new, "admin", password)
        lost = sum(address.strip("/").split("/")[-1] not in found for address in before)
        report(
            "F18",
            uploads=len(clients.journal.acked),
            before=len(before),
            during=during,
            restored=len(found),
            lost=lost,
            without_file=list(found.values()).count(False),
            login=int(login),
            backup_s=round(backup_s, 1),
            restore_s=round(restore_s, 1),
            seed=SEED,
        )
        assert "restored and compared" in told
        assert (lost, all(found.values()), login) == (0, True, True)
        assert "missing: 0, changed: 0" in new.manage("verify_storage")
        assert restore_s < MOST_SECONDS
