"""A text as people type it: digits with the points, commas and signs that stand beside them."""

import re

from django.core.validators import RegexValidator
from django.db.models import F, Func, Value
from django.utils.translation import gettext_lazy as _

from mlmodel.second.alphabet import SIGNS

# Keyboards, and phones that mean well, write these for the signs that the reader knows.
_SAME = str.maketrans(
    {
        "\N{MINUS SIGN}": "-",
        "\N{HYPHEN}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "\N{FIGURE DASH}": "-",
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{MODIFIER LETTER APOSTROPHE}": "'",
        "\N{ACUTE ACCENT}": "'",
        "\N{PRIME}": "'",
        "\N{ARABIC THOUSANDS SEPARATOR}": "'",
        "\N{ARABIC DECIMAL SEPARATOR}": ",",
        "\N{ARABIC COMMA}": ",",
        "\N{IDEOGRAPHIC FULL STOP}": ".",
        "\N{FRACTION SLASH}": "/",
        "\N{DIVISION SLASH}": "/",
        "\N{RATIO}": ":",
    }
)
_NO_SIGNS = str.maketrans("", "", SIGNS)
_LINE = rf"[{re.escape(SIGNS)}]*[0-9][0-9{re.escape(SIGNS)}]*"

# Every line, with "|" between them, has a digit: its signs stand beside something.
VERIFIED_WRITTEN = RegexValidator(
    rf"^({_LINE}(\|{_LINE})*)?\Z",
    _("Type only digits and these signs: . , - / = + : ( ) '. Every line needs a digit."),
)


def as_typed(text: str) -> str:
    """What somebody typed with each sign in its one form, "|" between lines, and no spaces."""
    lines = text.translate(_SAME).replace("|", "\n").splitlines()
    return "|".join(line for line in ("".join(line.split()) for line in lines) if line)


def without_signs(written: str) -> str:
    """The digits alone, by which everything is counted and compared; "|" between lines."""
    return written.translate(_NO_SIGNS)


def column_without_signs(name: str) -> Func:
    """The same of a column, for rules of the database.

    PostgreSQL's translate() removes what it has no other form for.
    """
    return Func(F(name), Value(SIGNS), Value(""), function="translate")
