"""Frames that are cut from synthetic pictures as reading cuts them: digits, and no digits."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from mlmodel.digits.classifier import OTHER
from mlmodel.digits.normalize import FRAME_SIDE_PX, PREPROCESSING_VERSION
from mlmodel.mnist.data import Samples
from mlmodel.synthesis.photograph import Picture
from mlmodel.training.digits.config import DigitsConfig
from mlmodel.training.samples import frames_of
from mlmodel.training.shards import Arrays, Kind, Pictures, make_shards


def cut_frames(
    config: DigitsConfig, folder: Path, report: Callable[[float], None]
) -> tuple[Samples, Samples]:
    """Frames of digits, and frames of no digit, which are labelled OTHER.

    Args:
        folder: where shards are stored, about 100 MB; those of an earlier run are used again.
        report: called with the share that is done, 0..1.
    """
    usual = Pictures(config.seed, config.held_out, 0, config.pictures)
    foreign = replace(usual, count=config.foreign_pictures, kind=Kind.WITHOUT_DIGITS)
    parts = []
    for pictures, begun in ((usual, 0.0), (foreign, 0.5)):
        report_half = partial(_report_half, report, begun)
        for path in make_shards(pictures, frames_in, PREPROCESSING_VERSION, folder, report_half):
            with np.load(path) as arrays:
                parts.append(Samples(arrays["frames"], arrays["labels"]))
    every = Samples(
        np.concatenate([part.images for part in parts]),
        np.concatenate([part.labels for part in parts]),
    )
    is_other = every.labels == OTHER
    return every.take(np.flatnonzero(~is_other)), every.take(np.flatnonzero(is_other))


def _report_half(report: Callable[[float], None], begun: float, share: float) -> None:
    report(begun + share / 2)


def frames_in(pictures: Iterable[Picture]) -> Arrays:
    """The frames of some pictures as arrays for a shard.

    Returns:
        "frames", (n, 28, 28) uint8, 255 is full ink, and "labels", (n,) uint8.
    """
    frames, labels = [], []
    for number, picture in enumerate(pictures):
        for frame, label in frames_of(picture, np.random.default_rng(number)):
            frames.append(np.round(frame * 255).astype(np.uint8))
            labels.append(label)
    shape = (len(frames), FRAME_SIDE_PX, FRAME_SIDE_PX)
    return {
        "frames": np.array(frames, np.uint8).reshape(shape),
        "labels": np.array(labels, np.uint8),
    }
