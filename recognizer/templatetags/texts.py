"""What was read or could be, as people read it."""

from django import template

register = template.Library()


@register.filter
def one_line(text: str) -> str:
    """Digits, with a space between the lines of the picture."""
    return text.replace("|", " ") or "nothing to read"
