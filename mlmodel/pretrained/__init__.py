"""A network that others trained on text of many scripts, cut to what the second reader needs.

README.md of this folder says where it comes from and how it was cut.
"""

from pathlib import Path

WEIGHTS = Path(__file__).parent / "ppocrv6_small_features.npz"
WEIGHTS_SHA256 = "27c5affff584df4e81ef07f9b36db193658b4573edc9f92423ee43b8bcb4cc69"
