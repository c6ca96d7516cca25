"""The form for a picture or a drawing, and the refusals that concern the form itself."""

from __future__ import annotations

from typing import Any, Self

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from recognizer.intake.crop import Crop
from recognizer.intake.drawing import Drawing
from recognizer.models import Upload
from recognizer.refusals import CHOOSE_A_PICTURE, FILE_IS_EMPTY, MissingFile, Refusal

ACCEPTED_TYPES = ("image/png", "image/jpeg", "image/webp", "image/bmp", "image/gif")
# Where the setting HEIC is on; many systems know the file's ending alone.
HEIC_TYPES = ("image/heic", "image/heif", ".heic", ".heif")
PAGE_SOURCES = (Upload.Source.FILE, Upload.Source.CAMERA, Upload.Source.DRAW)


class TooManyFiles(Refusal):
    code = "too_many_files"
    status = 400

    def __init__(self) -> None:
        super().__init__(_("Send one picture at a time."))


class NotAForm(Refusal):
    code = "malformed_request"
    status = 415

    def __init__(self) -> None:
        super().__init__(
            _(
                "This was not sent as a form with a file (multipart/form-data). "
                "Choose the picture on this page."
            )
        )


class UploadForm(forms.Form):
    """One picture, or the strokes of a drawing, and where it comes from."""

    picture = forms.FileField(
        label=_("Picture with handwritten digits"),
        required=False,
        error_messages={
            "invalid": CHOOSE_A_PICTURE,
            "missing": CHOOSE_A_PICTURE,
            "empty": FILE_IS_EMPTY,
        },
        widget=forms.FileInput(
            attrs={
                "class": "form-control",
                "aria-describedby": "picture-limits picture-errors",
            }
        ),
    )
    source = forms.ChoiceField(
        choices=[(source.value, source.label) for source in PAGE_SOURCES],
        required=False,
        widget=forms.HiddenInput,
    )
    strokes = forms.CharField(required=False, widget=forms.HiddenInput)
    # Quarter turns, clockwise, and then the part to keep: see recognizer.intake.crop.
    turn = forms.IntegerField(
        required=False, min_value=0, max_value=3, widget=forms.HiddenInput(attrs={"data-turn": ""})
    )
    crop = forms.CharField(
        required=False, max_length=100, widget=forms.HiddenInput(attrs={"data-crop": ""})
    )
    # Each page has a new key, so that a form that is sent twice becomes one upload.
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = ACCEPTED_TYPES + (HEIC_TYPES if settings.HEIC else ())
        self.fields["picture"].widget.attrs["accept"] = ",".join(types)

    @classmethod
    def refused(cls, refusal: Refusal) -> Self:
        """An empty form with the reason why a picture was refused."""
        form = cls({"source": Upload.Source.FILE}, MultiValueDict())
        form.errors.clear()
        form.add_error("picture", ValidationError(str(refusal), code=refusal.code))
        return form

    def clean_picture(self) -> UploadedFile[bytes] | None:
        if len(self.files.getlist("picture")) > 1:
            raise ValidationError(str(TooManyFiles()), code=TooManyFiles.code)
        picture: UploadedFile[bytes] | None = self.cleaned_data["picture"]
        if picture is None and not self.data.get("strokes"):
            raise ValidationError(str(MissingFile()), code=MissingFile.code)
        return picture

    def clean_strokes(self) -> Drawing | None:
        text = self.cleaned_data["strokes"]
        try:
            return Drawing.parse(text) if text else None
        except Refusal as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from None

    def clean_crop(self) -> Crop:
        try:
            return Crop.of(self.cleaned_data.get("turn") or 0, self.cleaned_data["crop"])
        except Refusal as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from None

    def clean_source(self) -> str:
        return str(self.cleaned_data["source"] or Upload.Source.FILE)
