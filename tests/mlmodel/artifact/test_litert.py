from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.artifact.directory import Artifacts, ModelDamaged, read_model
from mlmodel.artifact.litert import Network
from mlmodel.lines.columns import ANSWERS
from mlmodel.model import SHIPPED_DIR

THREADS = 4


@pytest.fixture(scope="module")
def artifacts() -> Artifacts:
    return read_model(SHIPPED_DIR)[1]


@pytest.fixture(scope="module")
def network(artifacts: Artifacts) -> Network:
    return Network(artifacts.digits)


def frames(count: int, seed: int = 1) -> NDArray[np.float32]:
    return np.random.default_rng(seed).random((count, 28, 28, 1), np.float32)


def test_it_knows_its_shapes_and_which_sides_vary(artifacts: Artifacts) -> None:
    digits, lines = Network(artifacts.digits), Network(artifacts.lines)
    assert (digits.input_shape, digits.output_shape) == ((-1, 28, 28, 1), (-1, 11))
    assert lines.input_shape == (-1, 40, -1, 1)
    assert lines.output_shape[-1] == ANSWERS


def test_a_batch_leaves_the_shapes_as_they_are(network: Network) -> None:
    network.answer(frames(5))
    assert (network.input_shape, network.output_shape) == ((-1, 28, 28, 1), (-1, 11))


def test_batches_of_any_size_can_follow_each_other(artifacts: Artifacts, network: Network) -> None:
    for count in (3, 1, 32, 2, 2):
        answer = network.answer(frames(count, seed=count))
        assert answer.dtype == np.float32
        assert answer == pytest.approx(Network(artifacts.digits).answer(frames(count, seed=count)))


def test_strips_of_any_width_can_follow_each_other(artifacts: Artifacts) -> None:
    lines = Network(artifacts.lines)
    for width in (320, 32, 96):
        strip = np.random.default_rng(width).random((1, 40, width, 1), np.float32)
        assert lines.answer(strip) == pytest.approx(Network(artifacts.lines).answer(strip))


def test_an_answer_stays_what_it_was(network: Network) -> None:
    answer = network.answer(frames(1))
    before = answer.copy()
    assert (network.answer(frames(1, seed=2)) != before).any()
    assert (answer == before).all()


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((1, 28, 28, 2), np.float32), np.zeros((1, 28, 28, 1), np.float64)],
    ids=["shape", "type"],
)
def test_a_batch_that_it_cannot_take_harms_no_later_one(
    network: Network, wrong: NDArray[np.float32]
) -> None:
    before = network.answer(frames(1))
    with pytest.raises((RuntimeError, ValueError)):
        network.answer(wrong)
    assert (network.answer(frames(1)) == before).all()


def test_every_thread_has_its_own_interpreter_and_keeps_it(network: Network) -> None:
    together = Barrier(THREADS)

    def interpreters(_: int) -> tuple[object, object]:
        together.wait(timeout=10)
        return network._interpreter(), network._interpreter()

    with ThreadPoolExecutor(THREADS) as threads:
        found = list(threads.map(interpreters, range(THREADS)))
    assert all(first is second for first, second in found)
    assert len({id(first) for first, _ in found} | {id(network._interpreter())}) == THREADS + 1


def test_threads_with_batches_of_other_sizes_answer_as_one_does(network: Network) -> None:
    batches = [frames(1 + number % 5, seed=number) for number in range(60)]
    alone = [network.answer(batch) for batch in batches]
    with ThreadPoolExecutor(THREADS) as threads:
        together = list(threads.map(network.answer, batches))
    assert all((one == other).all() for one, other in zip(alone, together, strict=True))


@pytest.mark.parametrize("damage", ["nothing", "text", "half", "all but its head"])
def test_a_damaged_artifact_is_refused_by_name(artifacts: Artifacts, damage: str) -> None:
    whole = artifacts.digits
    damaged = {
        "nothing": b"",
        "text": b"<!doctype html><title>404</title>" * 100,
        "half": whole[: len(whole) // 2],
        "all but its head": bytes(64) + whole[64:],
    }
    with pytest.raises(ModelDamaged, match="cannot open"):
        Network(damaged[damage])
