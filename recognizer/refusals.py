"""Why a picture is refused: each reason has a name, a status and a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


CHOOSE_A_PICTURE = gettext_lazy("Choose a picture first.")
FILE_IS_EMPTY = gettext_lazy("This file is empty (0 bytes). Choose the picture again.")


class Refusal(Exception):
    """A picture was refused. `code` is stable for programs, `str()` is for people."""

    code: ClassVar[str]
    status: ClassVar[int]
    retry_after_s: int | None = None


class MissingFile(Refusal):
    code = "missing_file"
    status = 400

    def __init__(self) -> None:
        super().__init__(CHOOSE_A_PICTURE)


class EmptyFile(Refusal):
    code = "empty_file"
    status = 400

    def __init__(self) -> None:
        super().__init__(FILE_IS_EMPTY)


class FileTooLarge(Refusal):
    code = "file_too_large"
    status = 413

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            # Translators: the page says the same with {{ max_megabytes }}.
            _("This file is larger than %(megabytes)s MB. Send a smaller picture, or a part of it.")
            % {"megabytes": f"{limit_bytes / 2**20:.0f}"}
        )


class UnsupportedType(Refusal):
    code = "unsupported_type"
    status = 415

    def __init__(self, hint: StrPromise | str = "") -> None:
        what = hint or _("This is not a picture that can be read here.")
        instead = _("Send a PNG, JPEG, WebP, BMP or GIF picture.")
        super().__init__(f"{what} {instead}")


class ImageDamaged(Refusal):
    code = "image_damaged"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _(
                "This picture is damaged or incomplete. Open it on your device to see whether it "
                "is whole, then save or photograph it again."
            )
        )


class TooManyPixels(Refusal):
    code = "too_many_pixels"
    status = 422

    def __init__(self, limit_megapixels: int) -> None:
        super().__init__(
            _("This picture has more than %(count)s megapixels. Make it smaller first.")
            % {"count": limit_megapixels}
        )


class SideTooLong(Refusal):
    code = "side_too_long"
    status = 422

    def __init__(self, limit_px: int) -> None:
        super().__init__(
            _("A side of this picture is longer than %(count)s pixels. Crop it or make it smaller.")
            % {"count": limit_px}
        )


class TooSmall(Refusal):
    code = "too_small"
    status = 422

    def __init__(self, least_px: int) -> None:
        super().__init__(
            _("This picture is too small: each side needs at least %(count)s pixels.")
            % {"count": least_px}
        )


class TooManyParts(Refusal):
    code = "too_many_parts"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _(
                "This file is made of so many parts that reading it would take too long. Open it "
                "on your device and save it anew."
            )
        )


class HeicUnavailable(Refusal):
    code = "heic_unavailable"
    status = 415

    def __init__(self) -> None:
        super().__init__(
            _("HEIC pictures can't be opened here at the moment. Send this one as JPEG instead.")
        )
