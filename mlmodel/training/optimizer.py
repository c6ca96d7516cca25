"""The optimizer that every network is trained with."""

from typing import Any, Protocol


class Recipe(Protocol):
    """What a network's configuration says of its optimizer."""

    @property
    def peak_learning_rate(self) -> float: ...
    @property
    def warmup_share(self) -> float: ...
    @property
    def weight_decay(self) -> float: ...
    @property
    def averaging(self) -> float: ...


def averaging_adamw(recipe: Recipe, steps: int) -> Any:
    """A Keras AdamW with a warm-up, a half-cosine to zero, and a moving average of the weights.

    Args:
        steps: of the whole training.
    """
    import keras

    warmup = round(recipe.warmup_share * steps)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps - warmup, warmup_target=recipe.peak_learning_rate, warmup_steps=warmup
    )
    optimizer = keras.optimizers.AdamW(
        rate, weight_decay=recipe.weight_decay, use_ema=True, ema_momentum=recipe.averaging
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer
