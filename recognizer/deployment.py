"""Settings that are right on one machine and wrong on another: `manage.py check --deploy`."""

from django.conf import settings
from django.core import checks


@checks.register(checks.Tags.security, deploy=True)
def proxy_is_named(**_options: object) -> list[checks.CheckMessage]:
    if not settings.HTTPS or settings.TRUSTED_PROXIES:
        return []
    return [
        checks.Warning(
            "HTTPS=1 says that a proxy stands in front, and TRUSTED_PROXIES names none: all "
            "visitors would count as one, who may upload only so often.",
            hint="Set TRUSTED_PROXIES to the proxy's address, such as 127.0.0.1.",
            id="recognizer.W002",
        )
    ]
