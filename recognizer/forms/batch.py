"""The forms of a batch: what it shall be, the files for it, and its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MinValueValidator
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from recognizer.forms.upload import ACCEPTED_TYPES, HEIC_TYPES
from recognizer.models import Batch, SavedRule, SavedRuleQuerySet
from recognizer.typed_digits import TypedWholeNumberField

# Files that hold several pictures.
CONTAINER_TYPES = ("application/zip", ".zip", "application/pdf", ".pdf", "image/tiff", ".tif")
MAX_NAME_LENGTH = 100
MAX_KEY_LENGTH = 100
# Far beyond what a batch takes; PostgreSQL could not store much more.
MAX_NUMBER = 1_000_000_000


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


def name_field(**options: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Name"),
        max_length=MAX_NAME_LENGTH,
        error_messages={"required": _("Give the batch a name.")},
        **options,
    )


def pictures_field() -> forms.Field:
    """Any number of files. Each of them is checked when it is given, and has its own answer."""
    attrs = {"class": "form-control", "aria-describedby": "pictures-limits pictures-errors"}
    return forms.Field(label=_("Pictures"), required=False, widget=FilesInput(attrs=attrs))


def accepted_types() -> str:
    """What a browser offers to choose."""
    heic = HEIC_TYPES if settings.HEIC else ()
    return ",".join((*ACCEPTED_TYPES, *heic, *CONTAINER_TYPES))


def _name_of_today() -> str:
    return _("Batch of %(day)s") % {"day": date_format(localdate(), "DATE_FORMAT")}


class _GivingForm(forms.Form):
    pictures = pictures_field()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["pictures"].widget.attrs["accept"] = accepted_types()

    def clean_pictures(self) -> Sequence[UploadedFile[bytes]]:
        return self.files.getlist("pictures") if self.files else ()


class NewBatchForm(_GivingForm):
    """A new batch, and its files where no script gives them one by one."""

    field_order = ("name", "rule", "one_wrong_in", "keep_days", "skip_identical", "pictures", "key")

    name = name_field(initial=_name_of_today, help_text=_("By which you find it again."))
    rule: forms.ModelChoiceField[SavedRule] = forms.ModelChoiceField(
        label=_("Rule"),
        queryset=None,
        required=False,
        empty_label=_("None: any digits"),
        help_text=_(
            "What every text must satisfy, such as its length or a check digit. The reader then "
            "looks for the likeliest text that does."
        ),
    )
    one_wrong_in = forms.TypedChoiceField(
        label=_("Tolerated error"),
        coerce=int,
        choices=Batch.OneWrongIn.choices,
        initial=Batch.OneWrongIn.HUNDRED,
        help_text=_(
            "How many of the texts that nobody looks at may be wrong. The fewer, the more are "
            "marked as doubtful, for a person to check."
        ),
    )
    skip_identical = forms.BooleanField(
        label=_("Leave out identical files"),
        required=False,
        help_text=_("The same file twice is read once; the other one is listed with a link to it."),
    )
    keep_days = TypedWholeNumberField(
        label=_("Days to keep"),
        required=False,
        validators=[MinValueValidator(1, _("Keep it for one day at least, or leave this empty."))],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}),
    )
    # Each page has a new key, so that a form that is sent twice makes one batch.
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, rules: SavedRuleQuerySet, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["rule"].queryset = rules  # type: ignore[attr-defined]
        self.fields["keep_days"].help_text = _how_long_kept()

    def clean_keep_days(self) -> int | None:
        days: int | None = self.cleaned_data["keep_days"]
        most = settings.RETENTION_DAYS
        if days and most and days > most:
            sentence = ngettext(
                "This server keeps pictures for %(count)d day at most.",
                "This server keeps pictures for %(count)d days at most.",
                most,
            )
            raise forms.ValidationError(sentence % {"count": most}, code="too_long")
        return days


def _how_long_kept() -> str:
    most = settings.RETENTION_DAYS
    if not most:
        return str(_("After so many days the batch is deleted. Empty: it is kept."))
    sentence = ngettext(
        "After so many days the batch is deleted. Empty: after %(count)d day.",
        "After so many days the batch is deleted. Empty: after %(count)d days.",
        most,
    )
    return sentence % {"count": most}


class BatchFilesForm(_GivingForm):
    """Files for a batch; a script sends one at a time, with its key and its place."""

    key = forms.CharField(max_length=MAX_KEY_LENGTH, required=False)
    number = forms.IntegerField(min_value=0, max_value=MAX_NUMBER, required=False)


class BatchNameForm(forms.Form):
    name = name_field()
