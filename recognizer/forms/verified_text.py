"""What a person says stands in a picture."""

from typing import Self

from django import forms
from django.utils.translation import gettext_lazy as _

from recognizer.models import VERIFIED_TEXT, Upload


class VerifiedTextForm(forms.Form):
    """What a person says stands in the picture; a line of digits for a line of the picture."""

    text = forms.CharField(
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
        """With what is known so far: the verified text, or else what was read."""
        text = upload.verified_text
        if text is None:
            text = upload.current_prediction.text if upload.current_prediction else ""
        form = cls(initial={"text": text.replace("|", "\n")})
        form.fields["text"].widget.attrs["rows"] = text.count("|") + 1
        return form

    def clean_text(self) -> str:
        """Digits with "|" between lines, however they were spaced."""
        lines = self.cleaned_data["text"].replace("|", "\n").splitlines()
        text = "|".join(line for line in ("".join(line.split()) for line in lines) if line)
        VERIFIED_TEXT(text)
        return text
