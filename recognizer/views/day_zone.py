"""The time zone of the days that somebody means: that of the browser, where it said which."""

import zoneinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.timezone import get_default_timezone_name

_SESSION_KEY = "zone"


def zone_of(request: HttpRequest) -> ZoneInfo:
    """The zone that the address names; else the one that the session keeps; else the server's.

    A zone in the address is kept in the session, if there is one: reading a page starts none.
    """
    named, kept = request.GET.get("zone", ""), request.session.get(_SESSION_KEY, "")
    if named in _known_zones():
        if named != kept and not request.session.is_empty():
            request.session[_SESSION_KEY] = named
        return ZoneInfo(named)
    return ZoneInfo(kept if kept in _known_zones() else get_default_timezone_name())


@lru_cache(maxsize=1)
def _known_zones() -> frozenset[str]:
    """Listing them searches a folder, 70 ms, and they do not change while a process runs."""
    return frozenset(zoneinfo.available_timezones())
