import numpy as np

from mlmodel.synthesis.signs import made_up_sign


def test_signs_are_inked_and_no_digits() -> None:
    for seed in range(50):
        sign = made_up_sign(np.random.default_rng(seed))
        assert sign.value is None
        assert sign.grey.dtype == np.float32
        assert 0 < sign.grey.max() <= 1
        assert min(sign.grey.shape) > 1
        assert sign.stroke_px > 0


def test_the_seed_decides_a_sign() -> None:
    one, same, other = (made_up_sign(np.random.default_rng(seed)).grey for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
