class CannotStart(Exception):
    """Starting must stop here; the message is one sentence a person can act on."""
