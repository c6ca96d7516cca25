"""The form for the text of a picture, as a person reads it."""

from typing import Self

from django import forms
from django.utils.translation import gettext_lazy as _

from recognizer.models import VERIFIED_WRITTEN, Upload
from recognizer.typed_digits import WrittenField


class VerifiedTextField(WrittenField):
    """Digits with their signs, of which every line has a digit."""

    def validate(self, value: str | None) -> None:
        super().validate(value)
        VERIFIED_WRITTEN(value or "")


class VerifiedTextForm(forms.Form):
    """The text of a picture as a person reads it; a line for each line of the picture."""

    text = VerifiedTextField(
        label=_("What it says"),
        required=False,
        max_length=1000,
        help_text=_(
            "Digits, with points, commas and signs; a new line for every line in the picture. "
            "Empty: nothing to read."
        ),
        widget=forms.Textarea(
            attrs={
                "class": "form-control",
                "rows": 1,
                "dir": "ltr",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
    )

    @classmethod
    def of(cls, upload: Upload) -> Self:
        """A form filled with the verified text, or with the text that was read if there is none."""
        text = upload.verified_as_written
        if text is None:
            text = upload.current_prediction.proposed if upload.current_prediction else ""
        form = cls(initial={"text": text.replace("|", "\n")})
        form.fields["text"].widget.attrs["rows"] = text.count("|") + 1
        return form
