"""Probabilities as people say them."""

from django import template

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
        return "over 99 %" if probability > 0.99 else "99 %"
    return "under 1 %" if hundredths < 1 else f"{hundredths} %"


@register.filter
def sureness(prediction: Prediction) -> str:
    """How sure a whole text is; where doubt begins is for the model to say, by the state."""
    probability = prediction.confidence or 0.0
    if prediction.state == Prediction.State.READ:
        return "almost certain" if probability >= ALMOST_CERTAIN else "quite sure"
    return "doubtful" if probability >= A_GUESS else "a guess"


@register.filter
def is_doubtful(probability: float) -> bool:
    return probability < DOUBTFUL_BELOW


@register.filter
def measured_percent(share: float) -> str:
    """A share that was counted, with the two digits that 10,000 samples allow."""
    return f"{share * 100:.2f} %"


@register.filter
def in_a_thousand(share: float) -> str:
    """A share that was counted and is small, as people picture it."""
    if not share:
        return "none"
    return f"about {max(round(share * 1000), 1)} in 1,000"
