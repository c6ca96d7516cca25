"""What the networks find in pictures whose digits are known, and none of them was trained on."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.artifact.directory import Artifacts
from mlmodel.digits.classifier import Classifier
from mlmodel.handwriting.parts import Part
from mlmodel.lines.line_reader import LineReader
from mlmodel.reader import Sight, ask_second, find
from mlmodel.second.alphabet import digits_of
from mlmodel.second.second_reader import SecondReader
from mlmodel.synthesis.photograph import KnownDigit, Picture
from mlmodel.texts.candidates import Candidate, Found
from mlmodel.training.config import ReadingConfig
from mlmodel.training.progress import Report, share_of
from mlmodel.training.shards import Kind, Pictures, in_chunks, validation_pictures

# Pictures that a process reads before it reports.
_CHUNK = 50
# A candidate is a known digit if their centers are closer than this, in heights of the digit.
_SAME_PLACE = 0.35


class Shown(StrEnum):
    """What a picture shows, as the card's measures are told apart."""

    ONE_DIGIT = "one digit"
    LINE = "line"
    WITH_SLASH = "line with a slash"
    REAL_PAPER = "real paper"
    NO_DIGIT = "no digit"


@dataclass(frozen=True)
class Networks:
    """The networks whose answers are joined."""

    line_reader: LineReader
    classifier: Classifier
    second_reader: SecondReader | None

    @classmethod
    def of(cls, artifacts: Artifacts) -> Self:
        """Open the networks of a model.

        Raises:
            ModelDamaged, NetworkShapeWrong: one is no network, or a network of other shapes.
        """
        second = artifacts.second
        return cls(
            LineReader(artifacts.lines),
            Classifier(artifacts.digits),
            SecondReader(second) if second is not None else None,
        )


@dataclass(frozen=True)
class KnownPicture:
    """What was found in a picture, and what is right.

    Attributes:
        found: its candidates and columns, without the second reader.
        both: the same with the second reader's answers; None where there is none, or nothing that
            it could look at.
        digits: those of a picture in which it is known where they stand, in working pixels.
        text: the right text, lines separated by "|".
        shown: what the picture shows.
        is_whole: whether it shows writing as people wrote it, as a whole; others are put together
            of characters, or made up.
        has_slash: whether a slash is written in it. Where it stands upright, it is a 1 to anybody.
    """

    found: Found
    both: Found | None
    digits: tuple[KnownDigit, ...] | None
    text: str
    shown: Shown
    is_whole: bool = True
    has_slash: bool = False

    @cached_property
    def values(self) -> NDArray[np.int_] | None:
        """(n,) int, the right value of each candidate; -1 where it is no digit.

        None where it is not known where the digits stand.
        """
        if self.digits is None:
            return None
        values = np.full(len(self.found.candidates), -1)
        free = list(range(len(values)))
        for digit in self.digits:
            apart = {i: _distance(self.found.candidates[i], digit) for i in free}
            nearest = min(free, key=lambda i: apart[i], default=None)
            if nearest is not None and apart[nearest] < _SAME_PLACE:
                values[nearest] = digit.value
                free.remove(nearest)
        return values


def held_out_pictures(config: ReadingConfig, seed: int, held_out: int) -> list[Pictures]:
    """Pictures that no network was trained on: other digits of MNIST, other people, other books.

    Args:
        seed: of the line network's training.
        held_out: how many digits of MNIST were held out of it.
    """
    usual = replace(
        validation_pictures(seed, held_out, config.pictures),
        handwriting=config.handwriting,
        part=Part.HELD_OUT,
    )
    if not config.handwriting:
        return [usual]
    text = config.real // 2
    return [
        usual,
        replace(usual, kind=Kind.NUMBERS, count=config.numbers),
        replace(usual, kind=Kind.REAL_NUMBERS, count=config.real - text),
        replace(usual, kind=Kind.REAL_TEXT, count=text),
    ]


def know(parts: Sequence[Pictures], artifacts: Artifacts, report: Report) -> list[KnownPicture]:
    """Find what the networks of a model see in pictures; all processors do it together.

    Returns:
        What is known of each picture, in the order of the parts.
    """
    Networks.of(artifacts)  # a process that can't open them would be started again for ever
    chunks = [chunk for part in parts for chunk in in_chunks(part, _CHUNK)]
    known: list[KnownPicture] = []
    report_share = share_of("reading", report)
    # Spawned, not forked: TensorFlow may be running, and does not survive a fork.
    context = multiprocessing.get_context("spawn")
    with context.Pool(len(os.sched_getaffinity(0)), _open, (artifacts,)) as workers:
        for done, found in enumerate(workers.imap(_know_chunk, chunks), start=1):
            known += found
            report_share(done / len(chunks))
    return known


_networks: Networks | None = None  # of this process, where it is a worker of `know`


def _open(artifacts: Artifacts) -> None:
    global _networks  # noqa: PLW0603 - a process opens its networks once
    cv2.setNumThreads(1)  # each core has a process already
    _networks = Networks.of(artifacts)


def _know_chunk(pictures: Pictures) -> list[KnownPicture]:
    if _networks is None:
        raise RuntimeError("The networks were not opened.")
    return [_know(picture, pictures.kind, _networks) for picture in pictures]


def _know(picture: Picture, kind: Kind, networks: Networks) -> KnownPicture:
    sight = find(picture.image, networks.line_reader, networks.classifier)
    both = None
    if networks.second_reader and sight.found.strips:
        both = ask_second(sight, networks.second_reader, networks.classifier)
    digits = None if picture.written else tuple(_in_working(picture, sight))
    text = picture.text
    if picture.written is not None:
        text = digits_of(picture.written)
    if not text:
        digits = ()
    # The strips would fill the memory, and nobody looks at them again.
    found, both = replace(sight.found, strips={}), both and replace(both, strips={})
    is_whole = picture.written is not None
    has_slash = "/" in (picture.written or "")
    return KnownPicture(
        found, both, digits, text, _shown(text, kind, has_slash), is_whole, has_slash
    )


def _in_working(picture: Picture, sight: Sight) -> Iterator[KnownDigit]:
    for digit in picture.digits:
        x, y, width, height = (value * sight.scale for value in digit.box)
        yield KnownDigit(digit.value, (x, y, width, height))


def _shown(text: str, kind: Kind, has_slash: bool) -> Shown:
    if not text:
        return Shown.NO_DIGIT
    if kind is Kind.REAL_NUMBERS:
        return Shown.REAL_PAPER
    if has_slash:
        return Shown.WITH_SLASH
    return Shown.ONE_DIGIT if len(text) == 1 else Shown.LINE


def _distance(candidate: Candidate, digit: KnownDigit) -> float:
    """Return the distance between both centers, in heights of the digit."""
    x, y, width, height = candidate.box
    left, top, wide, tall = digit.box
    apart = np.hypot(x + width / 2 - left - wide / 2, y + height / 2 - top - tall / 2)
    return float(apart / max(tall, 1))
