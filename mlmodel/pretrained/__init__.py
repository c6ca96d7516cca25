"""A network that others trained on text of many scripts, cut to what the second reader needs.

README.md of this folder says where it comes from and how it was cut.
"""

from pathlib import Path

WEIGHTS = Path(__file__).parent / "ppocrv6_small_features.npz"
