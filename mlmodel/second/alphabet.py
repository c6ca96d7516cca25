"""The characters that the second reader tells apart."""

DIGITS = "0123456789"
SIGNS = ".,-/=+:()'"
# Stands for letters, for other signs, and for whatever else is written and is no digit.
OTHER = "a"
CHARACTERS = DIGITS + SIGNS + OTHER
# The class of a column in which no character has its middle.
NONE = len(CHARACTERS)
CLASSES = NONE + 1
# Characters that are written, or typed in a label, in several ways.
_SAME = {
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{ACUTE ACCENT}": "'",
    "`": "'",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "_": "-",
    "[": "(",
    "]": ")",
}


def digits_of(written: str) -> str:
    """The digits of what is written, without signs, letters and spaces."""
    return "".join(character for character in written if character in DIGITS)


def classes_of(written: str) -> list[int]:
    """The classes of what is written, from left to right; spaces are left out.

    A word is one character, because where a letter ends is not told.
    """
    found: list[int] = []
    for character in written:
        known = _SAME.get(character, character)
        if known.isspace():
            continue
        known = known if known in DIGITS + SIGNS else OTHER
        place = CHARACTERS.index(known)
        if not (known == OTHER and found and found[-1] == place):
            found.append(place)
    return found
