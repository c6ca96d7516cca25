"""What strangers send, checked before anything is done with it."""

from __future__ import annotations

from typing import Self

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from recognizer.models import Upload
from recognizer.refusals import EmptyFile, MissingFile, Refusal

ACCEPTED_TYPES = ("image/png", "image/jpeg", "image/webp", "image/bmp", "image/gif")
PAGE_SOURCES = (Upload.Source.FILE, Upload.Source.CAMERA)


class TooManyFiles(Refusal):
    code = "too_many_files"
    status = 400

    def __init__(self) -> None:
        super().__init__("Send one picture at a time.")


class NotAForm(Refusal):
    code = "malformed_request"
    status = 415

    def __init__(self) -> None:
        super().__init__(
            "This was not sent as a form with a file (multipart/form-data). "
            "Choose the picture on this page."
        )


class UploadForm(forms.Form):
    """One picture, and where it comes from."""

    picture = forms.FileField(
        label="Picture with handwritten digits",
        error_messages={
            "required": str(MissingFile()),
            "invalid": str(MissingFile()),
            "missing": str(MissingFile()),
            "empty": str(EmptyFile()),
        },
        widget=forms.FileInput(
            attrs={
                "accept": ",".join(ACCEPTED_TYPES),
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

    @classmethod
    def refused(cls, refusal: Refusal) -> Self:
        """An empty form that says why a picture was not taken."""
        form = cls({"source": Upload.Source.FILE}, MultiValueDict())
        form.errors.clear()
        form.add_error("picture", ValidationError(str(refusal), code=refusal.code))
        return form

    def clean_picture(self) -> UploadedFile[bytes]:
        if len(self.files.getlist("picture")) > 1:
            raise ValidationError(str(TooManyFiles()), code=TooManyFiles.code)
        picture: UploadedFile[bytes] = self.cleaned_data["picture"]
        return picture

    def clean_source(self) -> str:
        return str(self.cleaned_data["source"] or Upload.Source.FILE)
