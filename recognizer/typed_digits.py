"""Digits as people type them, in any script, as the digits that are stored: 0 to 9."""

import unicodedata
from typing import Any

from django import forms

from recognizer.models.written import as_typed

# Far beyond every field's limit: a longer text is refused anyway, and is not worth the time.
MOST_CHARACTERS = 10_000
# The signs that Arabic and Persian keyboards write within a number, as those that are stored.
_ARABIC_SEPARATORS = {"\N{ARABIC DECIMAL SEPARATOR}": ".", "\N{ARABIC THOUSANDS SEPARATOR}": ","}
# They are no format characters (Cf), and can't be seen either: an emoji's digit holds one.
_OTHER_INVISIBLE = {"\N{COMBINING GRAPHEME JOINER}", *map(chr, range(0xFE00, 0xFE10))}


def plain_digits(text: str) -> str:
    """The text with every decimal digit of Unicode as one of 0 to 9, and without invisible marks.

    What is written wide, small or in a circle becomes plain (NFKC), no-break spaces become spaces.
    Whatever is no digit stays, for whoever checks the text; so does a text of more than
    MOST_CHARACTERS.
    """
    if len(text) > MOST_CHARACTERS:
        return text
    return "".join(map(_plain, unicodedata.normalize("NFKC", text)))


def _plain(character: str) -> str:
    if unicodedata.category(character) == "Cf" or character in _OTHER_INVISIBLE:
        return ""
    value = unicodedata.decimal(character, None)
    return _ARABIC_SEPARATORS.get(character, character) if value is None else str(value)


class _TypedDigits(forms.Field):
    """Makes digits plain before the field looks at them, so that its limits hold for these."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_digits(value) if isinstance(value, str) else value)


class DigitsField(_TypedDigits, forms.CharField):
    """A text that holds digits."""


class WrittenField(DigitsField):
    """Digits with their signs; cleaned, there is "|" between lines, and there are no spaces."""

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        return as_typed(text) or self.empty_value if text else text


class TypedNumberField(_TypedDigits, forms.DecimalField):
    """A number."""


class TypedWholeNumberField(_TypedDigits, forms.IntegerField):
    """A whole number."""


class TypedDayField(_TypedDigits, forms.DateField):
    """A day."""
