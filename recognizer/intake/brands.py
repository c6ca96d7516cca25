"""HEIC and AVIF, which are one kind of file: only the brands in its first box tell them apart."""

_MAX_BRANDS = 64
_AVIF = {b"avif", b"avis"}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
# The container's own, which say nothing of what it contains.
_CONTAINER = {b"mif1", b"mif2", b"msf1"}


def kind_by_brands(data: bytes) -> str:
    """ "HEIC", "AVIF", or nothing for any other file."""
    if data[4:8] != b"ftyp":
        return ""
    main, *others = _brands(data)
    # Programs may put the container's brand first, in front of the picture's.
    for brands in ({main}, set(others)):
        if brands & _HEIC:
            return "HEIC"
        if brands & _AVIF:
            return "AVIF"
    return "HEIC" if main in _CONTAINER else ""


def _brands(data: bytes) -> list[bytes]:
    """The main brand, then those that the file is compatible with."""
    end = min(int.from_bytes(data[:4]), len(data), 16 + 4 * _MAX_BRANDS)
    return [data[8:12], *(data[start : start + 4] for start in range(16, end - 3, 4))]
