"""The text of a recognizer's columns, each of which says how likely every character is there.

Connectionist temporal classification (Graves et al., 2006): a column holds one character or none,
and the same character in adjacent columns is one character. None is the first of all.
"""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

NONE = 0
DIGITS = "0123456789"
# Texts that are followed from column to column.
_FOLLOWED = 20
# A character that is less likely than this in a column is not followed there.
_LEAST_SHARE = 1e-6


def digits_of(text: str) -> str:
    """The text without all that is no digit 0 to 9."""
    return "".join(one for one in text if one in DIGITS)


def likeliest_path(columns: NDArray[np.float32], characters: str) -> tuple[str, float]:
    """What the likeliest character of each column gives, and how sure the recognizer is of it.

    Args:
        columns: (n, 1 + len(characters)) in 0..1.

    Returns:
        The text, and the mean of its characters' probabilities, 0 where there is none.
    """
    classes, shares = columns.argmax(axis=1), columns.max(axis=1)
    begins = (classes != NONE) & np.concatenate([[True], classes[1:] != classes[:-1]])
    text = "".join(characters[one - 1] for one in classes[begins])
    return text, float(shares[begins].mean()) if text else 0.0


def likeliest_digits(columns: NDArray[np.float32], characters: str) -> str:
    """The text with the likeliest digits, over all paths and all signs between them.

    The paths of a text are those that end with none, and those that end with its last character
    ("prefix beam search": Hannun et al., 2014).

    Args:
        columns: (n, 1 + len(characters)) in 0..1.
    """
    followed = {"": (1.0, 0.0)}
    for column in columns.astype(np.float64):
        reached: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        likely = [
            (characters[i - 1], column[i]) for i in np.flatnonzero(column > _LEAST_SHARE) if i
        ]
        for text, (with_none, with_last) in followed.items():
            reached[text][0] += (with_none + with_last) * column[NONE]
            for one, share in likely:
                again = text.endswith(one)
                reached[text + one][1] += (with_none if again else with_none + with_last) * share
                if again:
                    reached[text][1] += with_last * share
        followed = _likeliest(reached)
    by_digits: dict[str, float] = defaultdict(float)
    for text, both in followed.items():
        by_digits[digits_of(text)] += sum(both)
    best = max(by_digits, key=by_digits.__getitem__)
    return max(
        (text for text in followed if digits_of(text) == best), key=lambda t: sum(followed[t])
    )


def _likeliest(reached: dict[str, list[float]]) -> dict[str, tuple[float, float]]:
    """The texts to follow on, their probabilities scaled to a sum of 1."""
    texts = sorted(reached, key=lambda text: -sum(reached[text]))[:_FOLLOWED]
    total = sum(sum(reached[text]) for text in texts) or 1.0
    return {text: (reached[text][0] / total, reached[text][1] / total) for text in texts}
