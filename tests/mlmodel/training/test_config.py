import json
from dataclasses import asdict
from pathlib import Path

from mlmodel.training import TrainingConfig


def test_the_fast_recipe_is_smaller() -> None:
    fast, full = TrainingConfig.fast(), TrainingConfig()
    assert fast.digits is not None
    assert full.digits is not None
    assert fast.lines is not None
    assert full.lines is not None
    assert fast.digits.epochs < full.digits.epochs
    assert fast.digits.widths < full.digits.widths
    assert fast.lines.pictures < full.lines.pictures


def test_a_seed_and_epochs_are_given_to_every_network() -> None:
    config = TrainingConfig().with_seed(5).with_epochs(2)
    for network in (config.digits, config.lines):
        assert network is not None
        assert (network.seed, network.epochs) == (5, 2)
    assert config.second is not None
    assert (config.second.seed, config.second.whole.epochs) == (5, 2)


def test_handwriting_is_given_to_what_learns_from_it(tmp_path: Path) -> None:
    config = TrainingConfig().with_handwriting(tmp_path)
    assert config.lines is not None
    assert config.second is not None
    given = {config.lines.handwriting, config.second.handwriting, config.reading.handwriting}
    assert given == {str(tmp_path)}


def test_one_network_can_be_trained_alone() -> None:
    digits, lines = TrainingConfig().only("digits"), TrainingConfig().only("lines").with_seed(1)
    assert (digits.lines, digits.second, lines.digits, lines.second) == (None,) * 4
    assert digits.digits == TrainingConfig().digits
    assert lines.lines is not None
    assert lines.lines.seed == 1


def test_a_recipe_fits_into_a_card() -> None:
    recipe = json.loads(json.dumps(asdict(TrainingConfig())))
    assert recipe["digits"]["augmentation"]["turn_degrees"] > 0
