from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import InterfaceError, OperationalError, connection

from recognizer.management.database_errors import end_on_database_error, reason_of
from tests.makers import digits_png


def away(*_args: Any) -> None:
    raise OperationalError("connection refused\nIs the server running?")


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["purge", "sweep", "upkeep", "verify_storage"])
def test_a_database_that_is_away_is_said_in_a_line(command: str) -> None:
    with (
        connection.execute_wrapper(away),
        pytest.raises(CommandError, match=r"^The database can't be used: connection refused$"),
    ):
        call_command(command)


@pytest.mark.django_db
def test_a_picture_that_cannot_be_saved_says_what_for(tmp_path: Path) -> None:
    picture = tmp_path / "digits.png"
    picture.write_bytes(digits_png("4"))
    with (
        connection.execute_wrapper(away),
        pytest.raises(CommandError, match=r"^--save needs the database: connection refused$"),
    ):
        call_command("recognize", str(picture), "--save")


def test_a_connection_that_broke_is_an_error_of_the_database() -> None:
    with pytest.raises(CommandError, match="connection already closed"), end_on_database_error():
        raise InterfaceError("connection already closed")


def test_other_errors_are_not_its_own() -> None:
    with pytest.raises(ZeroDivisionError), end_on_database_error():
        raise ZeroDivisionError


def test_an_error_without_words_is_named() -> None:
    assert reason_of(OperationalError()) == "OperationalError"
