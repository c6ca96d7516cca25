import pytest

from mlmodel.mnist.data import load_mnist
from mlmodel.synthesis.shapes import MnistShapes


@pytest.fixture(scope="module")
def mnist() -> MnistShapes:
    return MnistShapes(load_mnist().training.first(2_000))
