import pytest
from django.db import connection

from digitrec.database.base import DatabaseWrapper

pytestmark = pytest.mark.django_db


def _another(**options: object) -> DatabaseWrapper:
    """A connection of its own to the same database."""
    other = connection.copy()
    assert isinstance(other, DatabaseWrapper)
    other.settings_dict["OPTIONS"] = other.settings_dict["OPTIONS"] | options
    return other


def _value_of(name: str, connected: DatabaseWrapper) -> str:
    with connected.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        (value,) = cursor.fetchone()
    return str(value)


@pytest.mark.parametrize("autocommit", [True, False])
def test_a_session_has_its_settings_even_after_a_rollback(autocommit: bool) -> None:
    other = _another(session_settings={"lock_timeout": "2s", "work_mem": "5MB"})
    other.settings_dict["AUTOCOMMIT"] = autocommit
    other.connect()
    other.connection.rollback()
    assert (_value_of("lock_timeout", other), _value_of("work_mem", other)) == ("2s", "5MB")
    other.close()


def test_none_is_sent_while_connecting_where_poolers_would_refuse_it() -> None:
    params = _another(session_settings={"lock_timeout": "2s"}).get_connection_params()
    assert params.keys().isdisjoint({"options", "session_settings"})


def test_options_of_the_address_are_kept() -> None:
    params = _another(options="-c search_path=digits").get_connection_params()
    assert params["options"] == "-c search_path=digits"
