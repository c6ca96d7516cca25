"""The training of the second reader."""
