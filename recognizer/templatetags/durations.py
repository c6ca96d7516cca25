from django import template

from recognizer.presentation import durations

register = template.Library()
register.filter("time_left", durations.time_left)
