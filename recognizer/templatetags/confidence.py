"""Probabilities as people say them, for templates."""

from django import template

from recognizer.presentation import wording

register = template.Library()
register.filter("percent", wording.percent)
register.filter("confidence_in_words", wording.confidence_in_words)
register.filter("is_doubtful", wording.is_doubtful)
register.filter("measured_percent", wording.measured_percent)
register.filter("in_a_thousand", wording.in_a_thousand)
