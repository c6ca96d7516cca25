from django import template

from recognizer.upkeep import retention

register = template.Library()


@register.simple_tag
def retention_promise() -> str:
    """How long pictures are kept; the same for everybody, so that no page depends on who looks."""
    return retention.promise()
