"""What was read or could be, as people read it."""

from django import template
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

# Unicode's isolate from left to right, and its end.
LEFT_TO_RIGHT, END = "\u2066", "\u2069"

register = template.Library()


@register.filter
def one_line(text: str) -> str:
    """Digits, with a space between the lines of the picture; as they stand there, in Arabic too.

    In a text from right to left, numbers parted by a space would change places.
    """
    digits = text.replace("|", " ")
    if not digits:
        return _("nothing to read")
    return f"{LEFT_TO_RIGHT}{digits}{END}" if " " in digits and get_language_bidi() else digits
