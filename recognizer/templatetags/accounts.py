from django import template
from django.conf import settings
from django.template import Context

register = template.Library()


@register.simple_tag
def sign_up_is_open() -> bool:
    """Whether people create their own accounts; otherwise the administration does."""
    return bool(settings.SIGN_UP)


@register.inclusion_tag("recognizer/_visitor_hint.html", takes_context=True)
def visitor_hint(context: Context) -> dict[str, object]:
    """Whose an anonymous visitor's pictures are and for how long, and what an account changes."""
    return {"user": context.get("user")} | _terms()


@register.inclusion_tag("recognizer/_account_gives.html")
def account_gives() -> dict[str, object]:
    """The advantages of an account, in figures."""
    return _terms()


def _terms() -> dict[str, object]:
    days, anonymous = settings.RETENTION_DAYS, settings.RETENTION_DAYS_ANONYMOUS
    files, files_anonymous = settings.QUOTA_USER_FILES, settings.QUOTA_VISITOR_FILES
    return {
        "days": days,
        "days_anonymous": anonymous,
        "keeps_longer": bool(anonymous) and (not days or days > anonymous),
        "files": files,
        "files_anonymous": files_anonymous,
        "keeps_more": bool(files_anonymous) and (not files or files > files_anonymous),
        "sign_up": settings.SIGN_UP,
    }
