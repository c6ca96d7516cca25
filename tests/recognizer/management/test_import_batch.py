"""A folder on the server becomes a batch."""

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from recognizer.batches import changing, giving
from recognizer.batches.serving import serve
from recognizer.management import batch_progress
from recognizer.management.commands.import_batch import OTHER_CONTENT
from recognizer.models import Batch, BatchItem, Owner, SavedRule
from recognizer.storage.protocol import StorageUnavailable
from tests.makers import digits_png, make_user

pytestmark = pytest.mark.django_db(transaction=True)

SLEEP = "recognizer.management.batch_progress.sleep"


@pytest.fixture
def folder(owner: Owner, tmp_path: Path) -> Path:
    """Three pictures of a user's."""
    folder = tmp_path / "meters"
    folder.mkdir()
    for number in (1, 2, 10):
        (folder / f"{number}.png").write_bytes(digits_png(str(number)))
    return folder


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work is done while the command waits."""

    def work(_seconds: float) -> None:
        while serve():
            pass

    monkeypatch.setattr(SLEEP, work)


def run(place: Path, *arguments: str) -> tuple[str, str]:
    """What is written to the output, and beside it."""
    out, err = StringIO(), StringIO()
    call_command("import_batch", str(place), "--user", "ada", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def failing(place: Path, *arguments: str) -> tuple[str, str]:
    """What is written to the output and beside it by a command that ends with an error."""
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError) as raised:
        call_command(
            "import_batch", str(place), "--user", "ada", *arguments, stdout=out, stderr=err
        )
    return out.getvalue(), f"{err.getvalue()}\n{raised.value}"


def names() -> list[str]:
    return list(Batch.objects.get().sources.order_by("number").values_list("name", flat=True))


def test_a_folder_is_given_in_the_order_in_which_people_count(folder: Path) -> None:
    out, _ = run(folder)
    batch = Batch.objects.get()
    assert (batch.name, batch.user.username) == ("meters", "ada")
    assert batch.closed is not None
    assert names() == ["1.png", "2.png", "10.png"]
    assert str(batch.pk) in out
    assert f"/batches/{batch.pk}/export" in out


def test_it_waits_until_all_is_read(folder: Path, worker: None) -> None:
    out, _ = run(folder, "--wait")
    assert "The batch is finished: 3 done" in out
    texts = BatchItem.objects.values_list("upload__current_prediction__text", flat=True)
    assert list(texts.order_by("position")) == ["1", "2", "10"]


def test_a_terminal_shows_how_far_it_is(
    folder: Path, worker: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    run(folder, "--wait")
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().err)
    assert re.search(r"giving .* 3/3 ", shown)
    assert re.search(r"reading: 0 doubtful, 0 failed, [0-9.]+ a second .* 3/3 ", shown)


def test_the_same_command_takes_no_file_twice(folder: Path, worker: None) -> None:
    for _ in range(2):
        run(folder, "--wait")
    assert Batch.objects.count() == 1
    assert len(names()) == 3


def test_what_was_cut_off_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []

    def give_two(*arguments: Any) -> Any:
        if len(given) == 2:
            raise StorageUnavailable from OSError("no space left")
        given.append(giving.give(*arguments))
        return given[-1]

    with monkeypatch.context() as patched:
        patched.setattr("recognizer.management.commands.import_batch.give", give_two)
        _, err = failing(folder)
    assert "Repeat the same command" in err
    assert names() == ["1.png", "2.png"]
    run(folder)
    assert names() == ["1.png", "2.png", "10.png"]
    assert Batch.objects.get().closed


def test_it_goes_on_although_the_batch_was_closed_meanwhile(folder: Path, worker: None) -> None:
    run(folder, "--wait")
    (folder / "11.png").write_bytes(digits_png("11"))
    out, _ = run(folder, "--wait")
    assert "4 done" in out


def test_a_cancelled_batch_takes_nothing_more(folder: Path) -> None:
    run(folder)
    changing.cancel(Batch.objects.get())
    (folder / "11.png").write_bytes(digits_png("11"))
    _, err = failing(folder)
    assert "takes no more pictures" in err


def test_each_file_that_can_t_be_used_is_told(folder: Path, worker: None) -> None:
    (folder / "empty.png").write_bytes(b"")
    (folder / "notes.txt").write_text("no picture")
    out, err = failing(folder, "--wait")
    assert "4 of 5 files were taken" in out
    assert "'empty.png': " in err
    assert "'notes.txt': " in err
    assert "2 files or pictures could not be used" in err


def test_a_file_that_has_changed_is_told(folder: Path) -> None:
    run(folder)
    (folder / "1.png").write_bytes(digits_png("9"))
    _, err = failing(folder)
    assert f"'1.png': {OTHER_CONTENT}" in err
    assert len(names()) == 3


def test_what_does_not_fit_is_told(folder: Path, settings: Settings) -> None:
    settings.BATCH_PICTURES = 1
    _, err = failing(folder)
    assert names() == ["1.png"]
    assert "'10.png': A batch takes up to 1 files" in err


def test_a_batch_has_what_was_asked_for(folder: Path, owner: Owner) -> None:
    assert owner.user
    rule = SavedRule.objects.create(user=owner.user, name="meter", definition={})
    options = ["--rule", "meter", "--one-wrong-in", "1000", "--skip-identical", "--keep-days", "7"]
    run(folder, "--name", "May", *options)
    batch = Batch.objects.get()
    assert (batch.name, batch.rule, batch.keep_days) == ("May", rule, 7)
    assert (batch.one_wrong_in, batch.skip_identical) == (1000, True)


def test_the_same_name_with_another_rule_is_another_batch(folder: Path) -> None:
    run(folder)
    _, err = failing(folder, "--keep-days", "7")
    assert "with another keep_days" in err


def test_two_users_may_use_one_name(folder: Path) -> None:
    make_user("eve")
    run(folder)
    call_command("import_batch", str(folder), "--user", "eve", stdout=StringIO())
    assert Batch.objects.count() == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--rule", "meter"], "has no field rule 'meter'. There are: none"),
        (["--name", "x" * 101], "1 to 100 characters"),
        (["--user", "nobody"], "There is no user 'nobody'"),
    ],
)
def test_what_does_not_exist_is_told(folder: Path, arguments: list[str], sentence: str) -> None:
    assert sentence in failing(folder, *arguments)[1]
    assert not Batch.objects.exists()


def test_another_s_rule_is_none(folder: Path) -> None:
    SavedRule.objects.create(user=make_user("eve"), name="meter", definition={})
    assert "has no field rule" in failing(folder, "--rule", "meter")[1]


def test_it_says_that_no_worker_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def end_at_the_third(_seconds: float, looks: list[int] = []) -> None:  # noqa: B006 - kept
        looks.append(1)
        if len(looks) == 3:
            Batch.objects.update(cancelled=timezone.now())

    monkeypatch.setattr(batch_progress, "UNSERVED_S", -1.0)
    monkeypatch.setattr(SLEEP, end_at_the_third)
    out, err = run(folder, "--wait")
    assert err.count(batch_progress.NO_WORKER) == 1
    assert "The batch was cancelled" in out


def test_a_worker_that_runs_is_believed(folder: Path, worker: None) -> None:
    _, err = run(folder, "--wait")
    assert batch_progress.NO_WORKER not in err


def test_a_batch_that_is_deleted_ends_the_wait(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete = lambda _seconds: Batch.objects.all().delete()  # noqa: E731
    monkeypatch.setattr(SLEEP, delete)
    assert "deleted meanwhile" in failing(folder, "--wait")[1]
