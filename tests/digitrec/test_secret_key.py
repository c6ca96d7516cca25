from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from digitrec.secret_key import SecretKeyUnusable, read_or_create_secret_key, read_secret_key


def test_there_is_none_before_the_first_start(tmp_path: Path) -> None:
    assert read_secret_key(tmp_path / "secret_key") is None


def test_a_key_is_made_once_and_kept(tmp_path: Path) -> None:
    key = read_or_create_secret_key(tmp_path / "var" / "secret_key")
    assert len(key) >= 50
    assert read_or_create_secret_key(tmp_path / "var" / "secret_key") == key


def test_the_key_is_closed_to_others_and_no_draft_stays(tmp_path: Path) -> None:
    read_or_create_secret_key(tmp_path / "secret_key")
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


def test_two_keys_are_never_alike(tmp_path: Path) -> None:
    assert read_or_create_secret_key(tmp_path / "a") != read_or_create_secret_key(tmp_path / "b")


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    file.write_text("known to all")
    file.chmod(0o644)
    with pytest.raises(SecretKeyUnusable, match="Other users can read"):
        read_or_create_secret_key(file)
    assert file.read_text() == "known to all"


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"\n", "is empty: delete it"), (b"\xff\xfe", "cannot be read")]
)
def test_a_damaged_key_is_refused(content: bytes, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(SecretKeyUnusable, match=sentence):
        read_or_create_secret_key(file)


def test_a_folder_in_which_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(SecretKeyUnusable, match="cannot be"):
        read_or_create_secret_key(tmp_path / "var" / "secret_key")


def test_starts_at_the_same_time_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as starts:
        keys = set(starts.map(read_or_create_secret_key, [tmp_path / "secret_key"] * 32))
    assert len(keys) == 1
