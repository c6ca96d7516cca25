"""The form for the text of a picture, as a person reads it."""

from typing import Self

from django import forms
from django.utils.translation import gettext_lazy as _

from recognizer.models import VERIFIED_TEXT, Upload
from recognizer.typed_digits import DigitsField


class VerifiedTextForm(forms.Form):
    """The text of a picture as a person reads it; a line of digits for each line of the picture."""

    text = DigitsField(
        label=_("What it says"),
        required=False,
        max_length=1000,
        help_text=_(
            "Digits only; a new line for every line in the picture. Empty: nothing to read."
        ),
        widget=forms.Textarea(
            attrs={
                "class": "form-control",
                "rows": 1,
                "dir": "ltr",
                "inputmode": "numeric",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
    )

    @classmethod
    def of(cls, upload: Upload) -> Self:
        """A form filled with the verified text, or with the text that was read if there is none."""
        text = upload.verified_text
        if text is None:
            text = upload.current_prediction.text if upload.current_prediction else ""
        form = cls(initial={"text": text.replace("|", "\n")})
        form.fields["text"].widget.attrs["rows"] = text.count("|") + 1
        return form

    def clean_text(self) -> str:
        """The digits with "|" between lines, without any spaces."""
        lines = self.cleaned_data["text"].replace("|", "\n").splitlines()
        text = "|".join(line for line in ("".join(line.split()) for line in lines) if line)
        VERIFIED_TEXT(text)
        return text
