"""Which people each network learns from, and which none of them sees."""

import hashlib
from enum import StrEnum


class Part(StrEnum):
    """A part of all people. Both readers learn from different ones, so that they err apart."""

    FIRST = "first"  # for the networks that are ours alone
    SECOND = "second"  # for the second reader
    HELD_OUT = "held out"  # for what is fitted and measured after both


# Up to which share of all people they belong to each part.
_SHARES = ((0.40, Part.FIRST), (0.85, Part.SECOND), (1.0, Part.HELD_OUT))


def part_of(writer: str) -> Part:
    """The part of a person or a volume, by the checksum of the name alone."""
    digest = hashlib.sha256(writer.encode()).digest()
    place = int.from_bytes(digest[:4], "big") / 2**32
    return next(part for most, part in _SHARES if place < most)
