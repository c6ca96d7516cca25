"""How long something still takes, as people say it."""

import math

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE_S, HOUR_S = 60, 3600


def time_left(seconds: float) -> str:
    """A time that is estimated, and so is told no more precisely than it is known."""
    if seconds < MINUTE_S:
        return _("less than a minute left")
    if seconds < 2 * HOUR_S:
        minutes = math.ceil(seconds / MINUTE_S)
        sentence = ngettext("about %(count)d minute left", "about %(count)d minutes left", minutes)
        return sentence % {"count": minutes}
    hours = math.ceil(seconds / HOUR_S)
    sentence = ngettext("about %(count)d hour left", "about %(count)d hours left", hours)
    return sentence % {"count": hours}
