"""What a line of writing holds: digits, amounts, dates, groups, or digits beside a word."""

import numpy as np

from mlmodel.digits.classifier import DIGIT_CLASSES

# Up to which share of all lines they hold one digit, digits side by side, an amount, a date, or
# groups as in telephone and account numbers; the rest holds digits beside a word.
_SINGLE, _PLAIN, _AMOUNTS, _DATED, _GROUPED = 0.15, 0.50, 0.75, 0.82, 0.96
# In a pattern, "0" stands for a digit, "a" for a letter, and anything else for itself.
_DATES = "00.00.0000", "00/00/00", "00-00-0000", "0.0.00", "00 00 0000"
_THOUSANDS = ".", ",", " ", "'"
_ENDINGS = ".-", ",-", ".", "-", "=", ".=", "--", ",", "#", "/-", ".--", "*"
# Amounts with thousands apart, with cents, and with a sign at the end. More "=" and commas there,
# with four more forms of digits, gave 222 amounts in place of 216, which is within chance.
_APART_SHARE, _CENTS_SHARE, _ENDING_SHARE = 0.75, 0.2, 0.6
# How often each digit is written. With 1.6 in place of 2.2, printed strokes that look like a 1 were
# twice as many as ones, and a quarter of the amounts that were read wrongly had lost a 1.
_SHARES = np.array([1, 2.2, 1, 1, 1, 1, 1, 1, 1, 1]) / 11.2
_MANY_ZEROS_SHARE = 0.25  # of lines have as many zeros as amounts
_SHARES_IN_AMOUNTS = 0.55 * _SHARES + 0.45 * np.eye(DIGIT_CLASSES)[0]
# Texts whose last digit is made a 1, beside those that end in one by chance: a 1 beside the
# picture's edge looks like the line of a grid.
_ONE_AT_END_SHARE = 0.08


def random_pattern(random: np.random.Generator) -> str:
    """What a line may hold, as a pattern: "0" is a digit, "a" a letter, and the rest is itself."""
    kind = random.random()
    count = int(random.integers(2, 10))
    if kind < _SINGLE:
        return "0"
    if kind < _PLAIN:
        return "0" * count
    if kind < _AMOUNTS:
        return _amount(random)
    if kind < _DATED:
        return str(random.choice(_DATES))
    if kind < _GROUPED:
        gap = str(random.choice([" ", "  ", "-", " ", "."]))
        sizes = random.integers(1, 5, random.integers(2, 4))
        return gap.join("0" * int(size) for size in sizes)
    word = "a" * int(random.integers(1, 4))
    return f"{word} {'0' * count}" if random.random() < 0.6 else f"{'0' * count} {word}"


def _amount(random: np.random.Generator) -> str:
    digits = "0" * int(random.integers(1, 8))
    mark = str(random.choice(_THOUSANDS))
    # Threes from the left; the text is reversed below, so that the incomplete group comes first.
    parts = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    text = mark.join(parts)[::-1] if random.random() < _APART_SHARE else digits
    if random.random() < _CENTS_SHARE:
        text += str(random.choice([".00", ",00"]))
    return text + (str(random.choice(_ENDINGS)) if random.random() < _ENDING_SHARE else "")


def random_digits(pattern: str, random: np.random.Generator) -> list[int | str]:
    """Put a random digit, as an int, in the place of each "0" of a pattern.

    A quarter of the patterns get as many zeros as amounts have, and 8 % of those that end in a
    digit get a 1 there.
    """
    shares = _SHARES_IN_AMOUNTS if random.random() < _MANY_ZEROS_SHARE else _SHARES
    items: list[int | str] = [
        int(random.choice(DIGIT_CLASSES, p=shares)) if character == "0" else character
        for character in pattern
    ]
    if isinstance(items[-1], int) and random.random() < _ONE_AT_END_SHARE:
        items[-1] = 1
    return items
