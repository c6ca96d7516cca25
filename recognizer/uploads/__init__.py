"""The one way in which uploads and predictions come to be, and go."""
