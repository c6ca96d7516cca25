import io

import pytest
from PIL import TiffImagePlugin

from recognizer.batches.sources.refusals import (
    PageDamaged,
    PageUnsupported,
    TiffDamaged,
    TooManyPages,
)
from recognizer.batches.sources.tiff_directory import (
    STRIP_BYTES,
    STRIP_OFFSETS,
    SUBFILE_TYPE,
    WIDTH,
    Layout,
    copied,
    find_pages,
    read_tags,
)
from tests.makers import decoded
from tests.recognizer.batches.sources.files import next_page_at, numbered, put, tiff_of, tiff_tags

MOST = 10
THREE = tiff_of(*numbered(3))
LITTLE = Layout("<", big=False)
MAX_BYTES = 2**20


def places_of(tiff: bytes, most: int = MOST) -> list[int]:
    _, places = find_pages(io.BytesIO(tiff), most)
    return places


def copy_of(tiff: bytes, page: int = 0, most_bytes: int = MAX_BYTES) -> bytes:
    file = io.BytesIO(tiff)
    layout, places = find_pages(file, MOST)
    copy, _ = copied(file, layout, read_tags(file, layout, places[page]), most_bytes)
    return copy


def with_subfile_type(tiff: bytes, page: int, flags: int) -> bytes:
    """The TIFF whose page names, instead of its width, what it is of another one."""
    at = tiff_tags(tiff, page)[WIDTH]
    return put(put(put(tiff, at, SUBFILE_TYPE, "<H"), at + 2, 4, "<H"), at + 8, flags)


@pytest.mark.parametrize("options", [{}, {"big_tiff": True}])
def test_every_page_is_found(options: dict[str, bool]) -> None:
    assert len(places_of(tiff_of(*numbered(3), **options))) == 3


def test_pages_are_counted() -> None:
    with pytest.raises(TooManyPages):
        places_of(THREE, most=2)


@pytest.mark.parametrize("onto", [0, 1, 2])
def test_a_loop_ends(onto: int) -> None:
    looped = put(THREE, next_page_at(THREE, 2), places_of(THREE)[onto])
    assert places_of(looped) == places_of(THREE)


@pytest.mark.parametrize("flags", [1, 4, 5])
def test_a_smaller_version_or_a_mask_is_no_page(flags: int) -> None:
    assert len(places_of(with_subfile_type(THREE, 1, flags))) == 2


def test_a_page_of_many_is_a_page() -> None:
    assert len(places_of(with_subfile_type(THREE, 1, 2))) == 3


def test_a_chain_of_small_versions_ends_as_well() -> None:
    tiff = tiff_of(*numbered(7))
    for page in range(1, 7):
        tiff = with_subfile_type(tiff, page, 1)
    assert len(places_of(tiff, most=2)) == 1
    with pytest.raises(TooManyPages):
        places_of(tiff, most=1)


def test_a_page_outside_the_file_is_the_last_one() -> None:
    broken = put(THREE, next_page_at(THREE, 0), 10**6)
    assert places_of(broken) == [places_of(THREE)[0], 10**6]


@pytest.mark.parametrize("data", [b"II*\0", b"II*\0" + bytes(20), b"MM\0*\xff\xff\xff\xff"])
def test_without_a_first_page_there_is_no_tiff(data: bytes) -> None:
    with pytest.raises(TiffDamaged):
        places_of(data)


@pytest.mark.parametrize("page", [0, 2])
def test_a_page_is_written_anew_with_its_pixels(page: int) -> None:
    copy = decoded(copy_of(THREE, page))
    assert copy.tobytes() == numbered(3)[page].tobytes()
    assert getattr(copy, "n_frames", 1) == 1


def test_a_copy_holds_nothing_that_decoding_does_not_need() -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[315] = "Jane Doe"
    tags[700] = b"<x:xmpmeta/>"
    tiff = tiff_of(*numbered(1), tiffinfo=tags)
    assert b"Jane Doe" in tiff
    assert b"Jane Doe" not in copy_of(tiff)
    assert b"xmpmeta" not in copy_of(tiff)


def test_a_copy_of_a_big_tiff_is_an_ordinary_one() -> None:
    copy = copy_of(tiff_of(*numbered(1), big_tiff=True))
    assert copy.startswith(b"II*\0")
    assert decoded(copy).tobytes() == numbered(1)[0].tobytes()


@pytest.mark.parametrize("tag", [STRIP_OFFSETS, STRIP_BYTES])
def test_pixels_outside_the_file_are_damage(tag: int) -> None:
    broken = put(THREE, tiff_tags(THREE)[tag] + 8, 2**20)
    with pytest.raises((PageDamaged, PageUnsupported)):
        copy_of(broken)


def test_pixels_have_a_limit() -> None:
    with pytest.raises(PageUnsupported):
        copy_of(THREE, most_bytes=100)


@pytest.mark.parametrize("tag", [STRIP_OFFSETS, STRIP_BYTES])
@pytest.mark.parametrize("count", [0, 5, 2**20, 2**32 - 1])
def test_a_list_that_lies_about_its_length_is_damage(tag: int, count: int) -> None:
    broken = put(THREE, tiff_tags(THREE)[tag] + 4, count)
    with pytest.raises(PageDamaged):
        copy_of(broken)


@pytest.mark.parametrize("count", [0, 1001, 0xFFFF])
def test_a_directory_has_few_tags(count: int) -> None:
    at = places_of(THREE)[0]
    with pytest.raises(PageDamaged):
        read_tags(io.BytesIO(put(THREE, at, count, "<H")), LITTLE, at)
