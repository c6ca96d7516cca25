"""Decodes one HEIC picture, as a program of its own: `python -I heic_decoder.py`.

The file comes by the standard input. By the standard output goes a header, then the pixels: RGB, or
nothing where the picture has more than it may. The exit status says what went wrong.

The decoder for HEVC has had weaknesses that a picture can reach, so this process has no
environment, opens no files, and has little time and memory. digitrec itself is not loaded here.
"""

import resource
import struct
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pillow_heif

# Width and height of the picture, then of the pixels that follow, and the number of pictures.
HEADER = struct.Struct(">5I")
DAMAGED, NOT_INSTALLED, NO_LIMITS, TOO_COSTLY = 1, 2, 3, 4
MAX_MEGABYTES, MAX_SECONDS = 1024, 20


def main(most_pixels: int, most_sent: int) -> int:
    """Decode the standard input.

    Args:
        most_pixels: of a picture that is decoded at all.
        most_sent: of a picture that is sent as it is; a larger one is halved.
    """
    try:
        import pillow_heif
    except ImportError:
        return NOT_INSTALLED
    try:
        _limit(most_sent)
    except (OSError, ValueError):
        return NO_LIMITS
    # One thread: each would take memory for a stack, and one picture may keep one core busy.
    pillow_heif.options.DECODE_THREADS = 1
    for unused in ("AUX_IMAGES", "DEPTH_IMAGES", "THUMBNAILS"):
        setattr(pillow_heif.options, unused, False)
    try:
        _send(pillow_heif.open_heif(sys.stdin.buffer.read()), most_pixels, most_sent)
    except MemoryError:
        return TOO_COSTLY
    # Nothing else is left to do but to say that it failed, whatever the reason.
    except Exception:  # noqa: BLE001
        return DAMAGED
    return 0


def _limit(most_sent: int) -> None:
    limits = {
        resource.RLIMIT_AS: MAX_MEGABYTES * 2**20,
        resource.RLIMIT_CPU: MAX_SECONDS,
        resource.RLIMIT_CORE: 0,
        # Of the file that the standard output is.
        resource.RLIMIT_FSIZE: HEADER.size + 3 * most_sent,
        # Those that are open stay so.
        resource.RLIMIT_NOFILE: 0,
    }
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))


def _send(pictures: "pillow_heif.HeifFile", most_pixels: int, most_sent: int) -> None:
    width, height = pictures.size
    size, pixels = (0, 0), b""
    if width * height <= most_pixels:
        # Decoded now, and turned as the file says.
        image = pictures.to_pillow().convert("RGB")
        if width * height > most_sent:
            image = image.reduce(2)
        size, pixels = image.size, image.tobytes()
    sys.stdout.buffer.write(HEADER.pack(width, height, *size, len(pictures)))
    sys.stdout.buffer.write(pixels)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
