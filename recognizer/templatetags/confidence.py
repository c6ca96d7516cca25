"""Probabilities as people say them."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from mlmodel.reader import DOUBTFUL_BELOW
from recognizer.models import Prediction

ALMOST_CERTAIN = 0.99
A_GUESS = 0.5

register = template.Library()


@register.filter
def percent(probability: float) -> str:
    """Whole per cent, never rounded up to a certainty that nobody has."""
    hundredths = int(probability * 100)
    if hundredths >= 99:
        return _("over 99 %") if probability > 0.99 else _in_percent(99)
    return _("under 1 %") if hundredths < 1 else _in_percent(hundredths)


def _in_percent(number: str | int) -> str:
    # Translators: a share in per cent, as your language writes it.
    return _("%(number)s %%") % {"number": number}


@register.filter
def sureness(prediction: Prediction) -> str:
    """How sure a whole text is; where doubt begins is for the model to say, by the state."""
    probability = prediction.confidence or 0.0
    if prediction.state == Prediction.State.READ:
        return _("almost certain") if probability >= ALMOST_CERTAIN else _("quite sure")
    return _("doubtful") if probability >= A_GUESS else _("a guess")


@register.filter
def is_doubtful(probability: float) -> bool:
    return probability < DOUBTFUL_BELOW


@register.filter
def measured_percent(share: float) -> str:
    """A share that was counted, with the two digits that 10,000 samples allow."""
    return _in_percent(number_format(share * 100, 2))


@register.filter
def in_a_thousand(share: float) -> str:
    """A share that was counted and is small, as people picture it."""
    if not share:
        return _("none")
    count = max(round(share * 1000), 1)
    return _("about %(count)d in %(thousand)s") % {
        "count": count,
        "thousand": number_format(1000, force_grouping=True),
    }
