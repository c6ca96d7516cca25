"""Small changes to strips, new ones every time that a strip is shown."""

import numpy as np
from numpy.typing import NDArray

# Ink is raised to a power of e**-0.4..e**0.4 and multiplied by a level: pens and exposures between
# those of the synthetic pictures.
_GAMMA = 0.4
_LEAST_LEVEL, _MOST_LEVEL = 0.75, 1.1
_NOISE = 0.03  # standard deviation of the noise's own standard deviation


def vary(pixels: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.float32]:
    """Change the tone and the level of each strip, and add noise.

    Args:
        pixels: (n, 40, width) uint8.

    Returns:
        (n, 40, width) float32 in 0..1.
    """
    count = len(pixels)
    # The powers of all 256 levels are looked up: one for each pixel would take ten times as long.
    levels = np.arange(256, dtype=np.float32) / 255
    gamma = np.exp(random.uniform(-_GAMMA, _GAMMA, (count, 1)))
    level = random.uniform(_LEAST_LEVEL, _MOST_LEVEL, (count, 1))
    table = (levels**gamma * level).astype(np.float32)
    varied = np.stack([table[i][strip] for i, strip in enumerate(pixels)])
    noise = np.abs(random.normal(0, _NOISE, (count, 1, 1))).astype(np.float32)
    varied += noise * random.standard_normal(pixels.shape, np.float32)
    return np.asarray(np.clip(varied, 0, 1), np.float32)
