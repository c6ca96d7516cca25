"""F13: the folder for pictures is read-only, unmounted, or another one."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from recognizer.models import Upload
from recognizer.monitoring.health import FINE, PARTS
from recognizer.storage.disk import MARKER
from tests.faults.disks import mount, small_disk
from tests.faults.ledger import NONE, compare
from tests.faults.report import report
from tests.faults.visitors import Visitor
from tests.makers import digits_png

pytestmark = pytest.mark.django_db(transaction=True)

POSTS = 3


@contextmanager
def read_only(media: Path) -> Iterator[None]:
    mount("-o", "remount,ro", media)
    yield
    mount("-o", "remount,rw", media)


@contextmanager
def unmounted(media: Path) -> Iterator[None]:
    """The disk is at another place for a while, and the bare mount point remains."""
    elsewhere = media.with_name("elsewhere")
    elsewhere.mkdir()
    mount("--bind", media, elsewhere)
    subprocess.run(["umount", "--lazy", media], check=True)
    yield
    assert list(media.iterdir()) == []
    mount("--bind", elsewhere, media)
    subprocess.run(["umount", "--lazy", elsewhere], check=True)


@contextmanager
def another(media: Path) -> Iterator[None]:
    """An empty folder lies where the one with the pictures was."""
    shutil.move(media, media.with_name("elsewhere"))
    media.mkdir()
    yield
    assert list(media.iterdir()) == []
    media.rmdir()
    shutil.move(media.with_name("elsewhere"), media)


@contextmanager
def without_folder(media: Path) -> Iterator[None]:
    shutil.move(media, media.with_name("elsewhere"))
    yield
    assert not media.exists()
    shutil.move(media.with_name("elsewhere"), media)


def run(media: Path, away: object, number: int) -> None:
    visitor, picture = Visitor(), digits_png("4")
    visitor.send(picture)
    assert (media / MARKER).exists()
    assert PARTS["storage"]() == FINE
    with away(media):  # type: ignore[operator]
        problem = PARTS["storage"]()
        refused = [visitor.send(picture) for _ in range(POSTS)]
        shown = visitor.client.get(f"/uploads/{visitor.acknowledged[0]}/picture")
        shown.close()
    after = visitor.send(picture)
    breaches = compare(visitor.acknowledged)
    report(
        "F13",
        case=number,
        refused=refused.count(503),
        lost=breaches.lost,
        orphan=breaches.orphan,
        partial=breaches.partial,
        http500=visitor.http500,
        next=after,
    )
    assert problem == "away"
    assert refused == [503] * POSTS
    assert shown.status_code in {200, 503}
    assert (breaches, visitor.http500, after) == (NONE, 0, 302)
    assert Upload.objects.count() == 2


@pytest.mark.parametrize(("number", "away"), [(1, read_only), (2, unmounted)])
def test_a_disk_that_is_away(media: Path, number: int, away: object) -> None:
    with small_disk(media):
        run(media, away, number)


@pytest.mark.parametrize(("number", "away"), [(3, another), (4, without_folder)])
def test_a_folder_that_is_not_the_one(media: Path, number: int, away: object) -> None:
    run(media, away, number)
