"""Django's PostgreSQL, with settings of its sessions that any connection pooler lets pass."""

from typing import Any

from django.db.backends.postgresql import base

# In OPTIONS of the settings: a setting's name in PostgreSQL, and its value for every session.
SESSION_SETTINGS = "session_settings"


class DatabaseWrapper(base.DatabaseWrapper):
    """Sets them once connected: PgBouncer refuses the startup parameter `options`."""

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        params.pop(SESSION_SETTINGS, None)
        return params

    def init_connection_state(self) -> None:
        super().init_connection_state()
        wanted: dict[str, str] = self.settings_dict["OPTIONS"].get(SESSION_SETTINGS, {})
        if not wanted:
            return
        calls = ", ".join("set_config(%s, %s, false)" for _ in wanted)
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT {calls}", [part for pair in wanted.items() for part in pair])
        if not self.get_autocommit():
            self.connection.commit()
