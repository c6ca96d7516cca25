import json
from dataclasses import asdict, replace

from mlmodel.training import TrainingConfig


def test_the_fast_recipe_is_smaller() -> None:
    fast, full = TrainingConfig.fast(), TrainingConfig()
    assert fast.epochs < full.epochs
    assert fast.widths < full.widths


def test_a_seed_can_be_given_to_both_recipes() -> None:
    assert TrainingConfig.fast(seed=5).seed == replace(TrainingConfig(), seed=5).seed == 5


def test_a_recipe_fits_into_a_card() -> None:
    assert json.loads(json.dumps(asdict(TrainingConfig())))["augmentation"]["turn_degrees"] > 0
