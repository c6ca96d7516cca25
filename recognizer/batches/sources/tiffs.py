"""The pages of a TIFF, each decoded by itself."""

import io
from collections.abc import Iterator
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from recognizer.batches.sources.limits import Limits
from recognizer.batches.sources.member import Content
from recognizer.batches.sources.page_png import page_png
from recognizer.batches.sources.refusals import PageDamaged, PageUnsupported
from recognizer.batches.sources.tiff_directory import (
    BITS,
    COMPRESSION,
    HEIGHT,
    PHOTOMETRIC,
    SAMPLE_FORMAT,
    SAMPLES,
    TILE_HEIGHT,
    TILE_WIDTH,
    WIDTH,
    Layout,
    Tags,
    copied,
    find_pages,
    number_of,
    read_tags,
)
from recognizer.intake.cleaning import MAX_JPEG_MEGAPIXELS, MAX_MEGAPIXELS, check_size
from recognizer.intake.decoder_errors import BOMB_ERRORS, DECODER_ERRORS
from recognizer.intake.eight_bits import eight_bits
from recognizer.intake.part_limits import require_few_parts
from recognizer.refusals import Refusal

# None, CCITT (modified Huffman, groups 3 and 4), LZW, JPEG, Deflate (two numbers), PackBits. Left
# out are the old JPEG of TIFF 6.0, which no two programs write alike, and what hardly any scanner
# writes and would only show more code to strangers: JBIG, JPEG 2000, LERC, LZMA, Zstandard, WebP,
# ThunderScan, SGI's.
_RAW, _JPEG = 1, 7
COMPRESSIONS = {_RAW, 2, 3, 4, 5, _JPEG, 8, 32946, 32773}
# White or black is zero, RGB, palette, CMYK, YCbCr.
_WHITE_IS_ZERO = 0
_PHOTOMETRICS = {_WHITE_IS_ZERO, 1, 2, 3, 5, 6}
_DEPTHS = {1, 2, 4, 8, 12, 16}
_MAX_SAMPLES = 5
_UNSIGNED = 1
# Programs write tiles of 128 to 1024; libtiff holds one unpacked, however small the picture is.
_MAX_TILE_PX = 4_000_000


def pages(file: IO[bytes], limits: Limits, first: int = 0) -> Iterator[Content]:
    """Each page from this number on: a PNG, or why there is none.

    Raises:
        Refusal: the document can't be used at all; before the first page.
    """
    layout, places = find_pages(file, limits.tiff_pages)
    for at in places[first:]:
        try:
            yield page_png(_page(file, layout, at, limits))
        except Refusal as refusal:
            yield refusal


def count_pages(file: IO[bytes], limits: Limits) -> int:
    """How many pages there are, with none of them decoded.

    Raises:
        Refusal: the document can't be used at all.
    """
    _, places = find_pages(file, limits.tiff_pages)
    return len(places)


def _page(file: IO[bytes], layout: Layout, at: int, limits: Limits) -> NDArray[np.uint8]:
    """The upright page, in grey or RGB."""
    tags = read_tags(file, layout, at)
    _require_usable(tags, layout)
    page, starts = copied(file, layout, tags, limits.page_bytes)
    if number_of(tags, layout, COMPRESSION, _RAW) == _JPEG:
        for start, end in zip(starts, [*starts[1:], len(page)], strict=True):
            require_few_parts(page[start:end], "JPEG")
    inverted = number_of(tags, layout, PHOTOMETRIC, 0) == _WHITE_IS_ZERO
    try:
        return _decoded(page, inverted_deep=inverted)
    except (*BOMB_ERRORS, *DECODER_ERRORS):
        raise PageDamaged from None


def _require_usable(tags: Tags, layout: Layout) -> None:
    """Whether a decoder may be given this page at all."""
    size = number_of(tags, layout, WIDTH), number_of(tags, layout, HEIGHT)
    samples = number_of(tags, layout, SAMPLES, 1)
    # Of pages in black and white, scanners make more pixels, and they take less memory.
    check_size(size, MAX_JPEG_MEGAPIXELS if samples == 1 else MAX_MEGAPIXELS)
    depths = set(tags[BITS].numbers(layout.order)) if BITS in tags else {1}
    formats = set(tags[SAMPLE_FORMAT].numbers(layout.order)) if SAMPLE_FORMAT in tags else set()
    if (
        number_of(tags, layout, COMPRESSION, _RAW) not in COMPRESSIONS
        or number_of(tags, layout, PHOTOMETRIC, 0) not in _PHOTOMETRICS
        or samples > _MAX_SAMPLES
        or not depths <= _DEPTHS
        or not formats <= {_UNSIGNED}
    ):
        raise PageUnsupported
    tile = number_of(tags, layout, TILE_WIDTH, 1) * number_of(tags, layout, TILE_HEIGHT, 1)
    if not 0 < tile <= _MAX_TILE_PX:
        raise PageUnsupported


def _decoded(page: bytes, *, inverted_deep: bool) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(page), formats=["TIFF"]) as opened:
        # Decodes, and turns upright by the tag.
        opened.load()
        is_deep = opened.mode.startswith("I")
        image = eight_bits(opened)
    # Pillow swaps black and white itself, except with 16 bits.
    if is_deep and inverted_deep:
        image = ImageOps.invert(image)
    if image.width * image.height > MAX_MEGAPIXELS * 1_000_000:
        image = image.reduce(2)
    return np.asarray(image)
