"""Whether an address that came with a request leads to a page of this site."""

from django.utils.http import url_has_allowed_host_and_scheme


def own_path(text: str) -> str:
    """The text if it is a path of this site, else ""; nobody is redirected to another site."""
    is_own = text.startswith("/") and url_has_allowed_host_and_scheme(text, allowed_hosts=None)
    return text if is_own else ""
