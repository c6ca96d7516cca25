"""What those send who check a batch, and who let others check it."""

import math
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from recognizer.checking.groups import NO_DIGIT
from recognizer.checking.verified_text import Said
from recognizer.forms.verified_text import VerifiedTextField
from recognizer.models import Upload, as_typed
from recognizer.typed_digits import plain_digits

NOTHING_TYPED = _("Type what it says, or say with a button why there is nothing to type.")


class InvitationForm(forms.Form):
    """The name of a user who is to check a batch."""

    name = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class Say(models.TextChoices):
    """What a person does about a picture that is shown to them."""

    CONFIRM = "confirm", _("Confirm")
    LATER = "later", _("Later")
    NOTHING = "nothing", _("Nothing to read")
    UNREADABLE = "unreadable", _("Unreadable")
    NOT_ASKED = "not_asked", _("Not what was asked for")


def ask_to_keep(why: str) -> str:
    """What is wrong with a text, and how it is taken all the same."""
    return gettext("%(why)s Confirm once more to keep it all the same.") % {"why": why}


_VERDICTS = {
    Say.UNREADABLE: Upload.Verdict.UNREADABLE,
    Say.NOT_ASKED: Upload.Verdict.NOT_ASKED,
}
_MOST_SECONDS = 24 * 60 * 60


class AnswerForm(forms.Form):
    """What a person says of one picture of a batch.

    Args:
        may_be_empty: whether an empty text may be confirmed; else there is a button to say so.
        why_unfit: says why a text does not satisfy the rule. Confirmed once more, it is taken.

    Attributes:
        unfit: a text that is taken if it is confirmed once more.
    """

    text = VerifiedTextField(
        label=_("What it says"),
        required=False,
        max_length=1000,
        widget=forms.TextInput(
            attrs={
                "dir": "ltr",
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "enterkeyhint": "next",
            }
        ),
    )
    say = forms.ChoiceField(choices=Say, required=False)
    keep = forms.CharField(max_length=1000, required=False)
    key = forms.CharField(max_length=100, required=False)
    # How long the person looked: from the page's script, or by when the page was made. A wrong
    # figure is no reason to refuse an answer.
    seconds = forms.CharField(required=False)
    shown = forms.CharField(required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        text: str = "",
        may_be_empty: bool = False,
        name: str = "",
        why_unfit: Callable[[str], str] = lambda _text: "",
    ) -> None:
        super().__init__(data, initial={"text": text}, auto_id=f"{name}%s")
        self.may_be_empty = may_be_empty
        self.why_unfit = why_unfit
        self.unfit = ""
        letters = set(text) - set("0123456789.,")
        self.fields["text"].widget.attrs["inputmode"] = "text" if letters else "decimal"

    @property
    def is_later(self) -> bool:
        return self.data.get("say") == Say.LATER

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        say = Say(cleaned.get("say") or Say.CONFIRM)
        if say != Say.CONFIRM:
            cleaned["text"] = ""
            self.errors.pop("text", None)
        elif "text" not in self.errors and not cleaned.get("text") and not self.may_be_empty:
            self.add_error("text", NOTHING_TYPED)
        elif "text" not in self.errors and cleaned["text"] != cleaned.get("keep"):
            self._require_fit(cleaned["text"])
        return cleaned

    def _require_fit(self, text: str) -> None:
        if why := self.why_unfit(text):
            self.unfit = text
            self.add_error("text", ask_to_keep(why))

    def said(self) -> Said:
        say = Say(self.cleaned_data["say"] or Say.CONFIRM)
        return Said(
            self.cleaned_data["text"],
            _VERDICTS.get(say, Upload.Verdict.TEXT),
            seconds=self._seconds(),
            key=self.cleaned_data["key"],
        )

    def _seconds(self) -> float | None:
        told = _number(self.cleaned_data["seconds"])
        shown = _number(self.cleaned_data["shown"])
        seconds = told if told is not None else time.time() - shown if shown else None
        return seconds if seconds is not None and 0 <= seconds <= _MOST_SECONDS else None


NOT_OF_A_DIGIT = _("Type one digit where it is another one, - where it is none, or nothing.")
_DIGIT = re.compile(r"digit-([0-9]{1,18})", re.ASCII)


class SheetForm:
    """What a person says of the digits of a sheet: a field for each, named by the digit's id.

    Attributes:
        said: by the id: empty if the digit is right, its value, or NO_DIGIT.
    """

    def __init__(self, data: Mapping[str, str]) -> None:
        fields = ((_DIGIT.fullmatch(name), text) for name, text in data.items())
        self.said = {int(found[1]): _plain(text) for found, text in fields if found}

    def is_valid(self) -> bool:
        return all(
            text in {"", NO_DIGIT} or (len(text) == 1 and text in "0123456789")
            for text in self.said.values()
        )


def _plain(text: str) -> str:
    return as_typed(plain_digits(text))


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
