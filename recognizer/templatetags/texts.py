"""Texts that were read, and other possible ones, for templates."""

from django import template

from recognizer.presentation import wording

register = template.Library()
register.filter("one_line", wording.one_line)
register.filter("breakable", wording.breakable)
register.filter("room_for", wording.room_for)
register.filter("other_possibilities", wording.other_possibilities)
