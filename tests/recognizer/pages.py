"""Comparing pages that should be the same."""

import re


def without_tokens(page: bytes) -> bytes:
    """Without what protects forms, and is another one on every page."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", page)
