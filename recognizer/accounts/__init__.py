"""Whose pictures these are, what is theirs, and how much they may give."""
