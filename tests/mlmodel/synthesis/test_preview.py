from mlmodel.mnist.data import load_mnist
from mlmodel.synthesis.preview import COLUMNS, ROWS, TILE_WIDTH_PX, preview


def test_the_seed_decides_what_is_shown() -> None:
    samples = load_mnist().training.first(1_000)
    first, again, other = (preview(samples, seed) for seed in (1, 1, 2))
    assert first.shape[1] == COLUMNS * TILE_WIDTH_PX
    assert first.shape[0] % ROWS == 0
    assert (first == again).all()
    assert (first != other).any()
