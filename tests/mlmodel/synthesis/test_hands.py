import numpy as np

from mlmodel.synthesis.hands import DRAWN_SHARE, FONT_SHARE, random_hand


def test_the_seed_decides_the_hand() -> None:
    one, same, other = (random_hand(np.random.default_rng(seed), 40) for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_hands_write_like_a_font_or_draw_or_write_as_in_mnist() -> None:
    hands = [random_hand(np.random.default_rng(seed), 40) for seed in range(2_000)]
    like_a_font = np.mean([hand.font is not None for hand in hands])
    draw = np.mean([hand.forms is not None for hand in hands])
    assert abs(like_a_font - FONT_SHARE) < 0.03
    assert abs(draw - DRAWN_SHARE) < 0.03
    assert not any(hand.font and hand.forms for hand in hands)
