"""Why a picture can't be taken: each reason has a name, a status and a sentence."""

from typing import ClassVar


class Refusal(Exception):
    """A picture was refused. `code` is stable for programs, `str()` is for people."""

    code: ClassVar[str]
    status: ClassVar[int]
    retry_after_s: int | None = None


class MissingFile(Refusal):
    code = "missing_file"
    status = 400

    def __init__(self) -> None:
        super().__init__("Choose a picture first.")


class EmptyFile(Refusal):
    code = "empty_file"
    status = 400

    def __init__(self) -> None:
        super().__init__("This file is empty (0 bytes). Choose the picture again.")


class FileTooLarge(Refusal):
    code = "file_too_large"
    status = 413

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"This file is larger than {limit_bytes / 2**20:.0f} MB. "
            "Send a smaller picture, or a part of it."
        )


class UnsupportedType(Refusal):
    code = "unsupported_type"
    status = 415

    def __init__(self, hint: str = "") -> None:
        accepted = "Send a PNG, JPEG, WebP, BMP or GIF picture."
        super().__init__(f"{hint or 'This is not a picture that can be read here.'} {accepted}")


class ImageDamaged(Refusal):
    code = "image_damaged"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            "This picture is damaged or incomplete. Open it on your device to see whether it is "
            "whole, then save or photograph it again."
        )


class TooManyPixels(Refusal):
    code = "too_many_pixels"
    status = 422

    def __init__(self, limit_megapixels: int) -> None:
        super().__init__(
            f"This picture has more than {limit_megapixels} megapixels. Make it smaller first."
        )


class SideTooLong(Refusal):
    code = "side_too_long"
    status = 422

    def __init__(self, limit_px: int) -> None:
        super().__init__(
            f"A side of this picture is longer than {limit_px} pixels. Crop it or make it smaller."
        )


class TooSmall(Refusal):
    code = "too_small"
    status = 422

    def __init__(self, least_px: int) -> None:
        super().__init__(f"This picture is too small: each side needs at least {least_px} pixels.")


class TooManyParts(Refusal):
    code = "too_many_parts"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            "This file is made of so many parts that reading it would take too long. Open it on "
            "your device and save it anew."
        )
