"""Small pictures that a page shows without another request."""

from django import template

from recognizer.presentation.small_pictures import frame_data_uri

register = template.Library()
register.filter("frame_data_uri", frame_data_uri)
