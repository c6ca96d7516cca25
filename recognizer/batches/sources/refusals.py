"""Why a file that holds pictures, or one of its members, is refused."""

from django.utils.translation import gettext as _

from recognizer.refusals import Refusal


class ZipDamaged(Refusal):
    code = "zip_damaged"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _(
                "This ZIP archive is damaged or incomplete. Open it on your device to see whether "
                "it is whole, then pack the pictures anew."
            )
        )


class ZipOverlapping(Refusal):
    code = "zip_overlapping"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _(
                "In this ZIP archive, files lie on top of one another. Pack the pictures into a "
                "new one."
            )
        )


class ZipRatio(Refusal):
    code = "zip_ratio"
    status = 422

    def __init__(self, limit: int) -> None:
        super().__init__(
            _(
                "Unpacked, this ZIP archive would be more than %(count)s times as large. Send the "
                "pictures as PNG or JPEG."
            )
            % {"count": limit}
        )


class ZipTooLarge(Refusal):
    code = "zip_too_large"
    status = 413

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            _(
                "Unpacked, this ZIP archive would be larger than %(megabytes)s MB. Spread the "
                "pictures over several archives."
            )
            % {"megabytes": f"{limit_bytes / 2**20:.0f}"}
        )


class NoMembers(Refusal):
    code = "no_members"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("There is no picture in this file."))


class TooManyMembers(Refusal):
    code = "too_many_members"
    status = 422

    def __init__(self, limit: int) -> None:
        super().__init__(
            _("This archive holds more than %(count)s files. Spread them over several archives.")
            % {"count": limit}
        )


class TooManyPages(Refusal):
    code = "too_many_pages"
    status = 422

    def __init__(self, limit: int) -> None:
        super().__init__(
            _("This document has more than %(count)s pages. Split it into several files.")
            % {"count": limit}
        )


class ArchiveInside(Refusal):
    code = "archive_inside"
    status = 415

    def __init__(self) -> None:
        super().__init__(
            _("This is an archive inside an archive. Unpack it, and send its pictures themselves.")
        )


class MemberEncrypted(Refusal):
    code = "member_encrypted"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _("This file is protected by a password. Pack it again without one, then send it.")
        )


class MemberPacking(Refusal):
    code = "member_packing"
    status = 415

    def __init__(self) -> None:
        super().__init__(
            _(
                "This file is packed in a way that can't be unpacked here. Make an ordinary ZIP "
                "archive, with the method “Deflate”."
            )
        )


class MemberDamaged(Refusal):
    code = "member_damaged"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _("This file is damaged inside its archive. Pack it again, or send it by itself.")
        )


class MemberNotAFile(Refusal):
    code = "member_not_a_file"
    status = 415

    def __init__(self) -> None:
        super().__init__(
            _("This is a link or a device, not a file. Pack the picture itself instead.")
        )


class PdfEncrypted(Refusal):
    code = "pdf_encrypted"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _("This PDF is protected by a password. Save it without one, then send it again.")
        )


class PdfDamaged(Refusal):
    code = "pdf_damaged"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _(
                "This PDF is damaged or incomplete. Open it on your device to see whether it is "
                "whole, then save or print it to a new PDF."
            )
        )


class PdfUnavailable(Refusal):
    code = "pdf_unavailable"
    status = 415

    def __init__(self) -> None:
        super().__init__(
            _("PDFs can't be opened here at the moment. Send their pages as pictures instead.")
        )


class TiffDamaged(Refusal):
    code = "tiff_damaged"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _(
                "This TIFF is damaged or incomplete. Open it on your device to see whether it is "
                "whole, then save it anew."
            )
        )


class PageDamaged(Refusal):
    code = "page_damaged"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("This page is damaged. Save or scan it again, or send it as a picture."))


class PageTooCostly(Refusal):
    code = "page_too_costly"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _(
                "This page is made of so many parts that drawing it would take too long. Send it "
                "as a picture."
            )
        )


class PageUnsupported(Refusal):
    code = "page_unsupported"
    status = 415

    def __init__(self) -> None:
        super().__init__(
            _(
                "This TIFF page is stored in a way that can't be read here. Save it as PNG or "
                "JPEG, then send it again."
            )
        )
