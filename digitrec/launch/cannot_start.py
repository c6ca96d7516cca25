"""Why starting must stop, as the launcher shows it."""


class CannotStart(Exception):
    """Starting must stop here; the message is one sentence a person can act on."""


class DiskFull(CannotStart):
    """The disk has too little room for what starting writes."""
