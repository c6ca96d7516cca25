"""Openly licensed handwriting of many people, which a training reads from a folder if it is given.

docs/training.md names the files of such a folder, and where they come from.
"""
