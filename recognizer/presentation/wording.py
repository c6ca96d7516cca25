"""What was read, in words: probabilities as people say them, texts as people read them."""

from itertools import pairwise

from django.utils.formats import number_format
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from mlmodel.reading import DOUBTFUL_BELOW
from recognizer.models import Prediction

ALMOST_CERTAIN = 0.99
A_GUESS = 0.5


def percent(probability: float) -> str:
    """A probability in whole per cent, rounded down, so that it never becomes a certainty."""
    hundredths = int(probability * 100)
    if hundredths >= 99:
        return _("over 99 %") if probability > 0.99 else _in_percent(99)
    return _("under 1 %") if hundredths < 1 else _in_percent(hundredths)


# Another text of at least this probability is worth a person's look.
WORTH_A_LOOK = 0.01
# The probability that the likeliest other text needs for others to be shown. Whoever checks a
# doubtful text wants to see every alternative; where nothing looks like digits, a mere trace would
# only confuse.
LEAST_OF_OTHERS = {
    Prediction.State.READ: WORTH_A_LOOK,
    Prediction.State.DOUBTFUL: 0.0,
    Prediction.State.NOT_DIGITS: 0.1,
}
# A line of so many digits is never broken.
SHORT_LINE = 6
# Digits for which static/css/result.css has a size of their own.
ROOMS = (SHORT_LINE, 8, 10, 12, 14, 16, 20, 24)
# Unicode's isolate from left to right, and its end.
LEFT_TO_RIGHT, END = "\u2066", "\u2069"


def _in_percent(number: str | int) -> str:
    # Translators: a share in per cent, as your language writes it.
    return _("%(number)s %%") % {"number": number}


def confidence_in_words(prediction: Prediction) -> str:
    """The confidence of a whole text; the model decides by the state where doubt begins."""
    probability = prediction.confidence or 0.0
    if prediction.state == Prediction.State.READ:
        return _("almost certain") if probability >= ALMOST_CERTAIN else _("quite sure")
    return _("doubtful") if probability >= A_GUESS else _("a guess")


def is_doubtful(probability: float) -> bool:
    return probability < DOUBTFUL_BELOW


def measured_percent(share: float) -> str:
    """A counted share in per cent, with the two decimals that 10,000 samples allow."""
    return _in_percent(number_format(share * 100, 2))


def in_a_thousand(share: float) -> str:
    """A small counted share as a number in a thousand, which people can picture."""
    if not share:
        return _("none")
    count = max(round(share * 1000), 1)
    return _("about %(count)d in %(thousand)s") % {
        "count": count,
        "thousand": number_format(1000, force_grouping=True),
    }


def one_line(text: str) -> str:
    """The digits, with their signs if the text has any, and a space between lines of the picture.

    In a text from right to left, as in Arabic, numbers with spaces or signs between them would
    change places; an isolate keeps them in the order of the picture.
    """
    line = text.replace("|", " ")
    if not line:
        return _("nothing to read")
    return line if line.isdigit() or not get_language_bidi() else f"{LEFT_TO_RIGHT}{line}{END}"


def breakable(text: str) -> SafeString:
    """The text, with places in its long numbers at which a line may be broken.

    They part groups of three or four digits, so that no digit ever stands alone on a line.
    """
    words = text.split(" ")
    return format_html_join(" ", "{}", ((_breakable_word(word),) for word in words))


def _breakable_word(word: str) -> str:
    if len(word) <= SHORT_LINE or not any(map(str.isdigit, word)):
        return word
    count = -(-len(word) // 4)
    ends = [len(word) * number // count for number in range(count + 1)]
    *before, last = (word[start:end] for start, end in pairwise(ends))
    return format_html_join("", "{}<wbr>", ((group,) for group in before)) + escape(last)


def room_for(lines: list[str]) -> int:
    """How many digits should fit side by side: the length of the longest line, rounded up.

    Beyond the last of the steps a line is broken rather than written still smaller.
    """
    longest = max(map(len, lines), default=0)
    return next((step for step in ROOMS if step >= longest), ROOMS[0])


def other_possibilities(prediction: Prediction) -> list[tuple[str, float]]:
    """The other possible texts with their probabilities, likeliest first, if they help a person."""
    others = [(text, share) for text, share in prediction.possibilities if text != prediction.text]
    least = LEAST_OF_OTHERS.get(Prediction.State(prediction.state))
    if not others or least is None or others[0][1] < least:
        return []
    return others[:1] + [other for other in others[1:] if other[1] >= WORTH_A_LOOK]
