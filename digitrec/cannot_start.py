class CannotStart(Exception):  # noqa: N818 - it is a refusal with a sentence, not a defect
    """Starting must stop here; the message is one sentence a person can act on."""
