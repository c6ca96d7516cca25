"""Environment variables as typed values; a value that can't be right is refused."""

import ipaddress
import os
import re
import zoneinfo
from collections.abc import Collection
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PROJECT = Path(__file__).resolve().parents[1]
MIN_KEY_LENGTH = 32
_YES = {"1", "true", "yes", "on"}
_NO = {"0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    """The variable's value, or the default.

    An empty value counts as not set, because compose files pass an unset variable on as empty.
    """
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value not in _YES | _NO:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value in _YES


def whole_number(name: str, default: int, *, minimum: int = 0) -> int:
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and int(value) >= minimum):
        raise ImproperlyConfigured(
            f"{name} must be a whole number, {minimum} or more, not {value!r}."
        )
    return int(value)


def names(name: str, default: str = "") -> list[str]:
    """A comma-separated list without empty entries."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def networks(name: str) -> list[Network]:
    """A comma-separated list of addresses and networks, as in 10.0.0.7,fd00::/8."""
    try:
        return [ipaddress.ip_network(value) for value in names(name)]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} must list addresses or networks such as 10.0.0.7 or 10.0.0.0/24: {error}."
        ) from None


def url_path(name: str, default: str = "") -> str:
    """A path without a slash in front and with one at its end; empty where nothing is given."""
    value = text(name, default).strip("/")
    if not value and not default:
        return ""
    if not re.fullmatch(r"[\w-]+(/[\w-]+)*", value, re.ASCII):
        raise ImproperlyConfigured(
            f"{name} must be a path of letters, digits, - and _, such as back-office/, "
            f"not {value!r}."
        )
    return f"{value}/"


def folder(name: str, default: str | Path) -> Path:
    """A folder; a path that is not absolute begins in the project, wherever a command is called."""
    return PROJECT / (text(name) or default)


def one_of(name: str, allowed: Collection[str], default: str) -> str:
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def time_zone(name: str, default: str) -> str:
    value = text(name, default)
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ImproperlyConfigured(
            f"{name} must be a time zone such as Europe/Paris, not {value!r}."
        ) from None
    return value


def postgres(name: str, default: str) -> dict[str, Any]:
    """Django's settings for a database; an error never repeats the password in the value."""
    try:
        found: dict[str, Any] = dict(
            dj_database_url.parse(text(name, default), conn_max_age=60, conn_health_checks=True)
        )
    except ValueError:
        found = {}
    if found.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured(
            f"{name} must name a PostgreSQL server: postgresql://user:password@host:5432/database"
        )
    return found


def refuse_unsafe(*, debug: bool, https: bool, secret_key: str, hosts: Collection[str]) -> None:
    """Refuse values that are safe on one's own machine, but not together or on a public site."""
    if debug and https:
        raise ImproperlyConfigured(
            "DEBUG=1 shows visitors the source code around an error: set it to 0, or HTTPS to 0."
        )
    if (debug or https) and len(secret_key) < MIN_KEY_LENGTH:
        raise ImproperlyConfigured(
            f"SECRET_KEY must have {MIN_KEY_LENGTH} characters or more; "
            "leave it empty, and one is made in var/secret_key (or VAR_DIR)."
        )
    if "*" in hosts and not debug:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS must list the names under which the site answers: * would take any."
        )
