"""One picture of those that a file holds."""

from dataclasses import dataclass, field

from recognizer.refusals import Refusal

# A picture's bytes, or why there are none.
Content = bytes | Refusal


@dataclass(frozen=True)
class Member:
    """One picture of a file: its bytes, or why it is refused.

    Attributes:
        number: from 0; the same file always gives the same members under the same numbers.
        name: for people: printable, a path inside the ZIP, or "scan.pdf#3" for a third page.
        data: a picture for `cleaning.clean`; empty where it is refused, or where it is empty.
        refusal: why there is no picture; None where there is one.
        max_bytes: what `cleaning.clean` may be told of this picture; a page, encoded anew without
            loss, may take more than a picture that somebody sends.
    """

    number: int
    name: str
    data: bytes = field(repr=False)
    refusal: Refusal | None
    max_bytes: int

    @classmethod
    def of(cls, number: int, name: str, content: Content, max_bytes: int) -> "Member":
        """The member with this content."""
        if isinstance(content, Refusal):
            # A traceback holds on to all that was decoded where it was raised: 100 MB for a page.
            content.with_traceback(None).__context__ = None
            return cls(number, name, b"", content, max_bytes)
        return cls(number, name, content, None, max_bytes)
