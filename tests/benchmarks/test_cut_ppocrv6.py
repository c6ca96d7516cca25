import hashlib

import numpy as np

from benchmarks.cut_ppocrv6 import as_npz
from mlmodel.pretrained import WEIGHTS, WEIGHTS_SHA256


def test_the_recorded_weights_are_there() -> None:
    assert hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() == WEIGHTS_SHA256


def test_the_same_weights_give_the_same_bytes() -> None:
    with np.load(WEIGHTS) as arrays:
        weights = {name: arrays[name].astype(np.float32) for name in arrays}
    assert hashlib.sha256(as_npz(weights)).hexdigest() == WEIGHTS_SHA256
