"""Forms about one's account: Django's own, adapted to these pages."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, UserCreationForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class SignedInRequest(HttpRequest):
    """A request of somebody who is signed in, as `login_required` ensures."""

    user: User


class NameTaken(Exception):
    """Another sign-up took this user name at the same moment."""


class SignUpForm(UserCreationForm):
    """A user name and a password. No e-mail address: nothing here would ever write to it."""

    class Meta(UserCreationForm.Meta):
        model = User

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        # Autofocus would lead people past what the page says about accounts.
        del self.fields["username"].widget.attrs["autofocus"]

    def sign_up(self) -> User:
        """Create the account.

        Raises:
            NameTaken: another sign-up took the name at the same time; the form has the error.
        """
        try:
            with transaction.atomic():
                user: User = self.save()
        except IntegrityError:
            taken = self.instance.unique_error_message(User, ("username",))
            self.add_error("username", taken)
            raise NameTaken from None
        return user


class LogInForm(AuthenticationForm):
    """A user name and its password; an error concerns both, so both fields point to it."""

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        super().__init__(request, data)
        for name, field in self.fields.items():
            field.widget.attrs["aria-describedby"] = f"form-errors id_{name}_error"


class ChangePasswordForm(PasswordChangeForm):
    """The current password, and the new one twice."""

    def __init__(self, request: SignedInRequest, data: Any = None) -> None:
        super().__init__(request.user, data)
        self.request = request

    def clean_old_password(self) -> str:
        return _require_password(self.request, self.cleaned_data["old_password"])


class DeleteAccountForm(forms.Form):
    """The password, so that nobody's account is deleted because a browser was left open."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: SignedInRequest, data: Any = None) -> None:
        super().__init__(data)
        self.request = request

    def clean_password(self) -> str:
        return _require_password(self.request, self.cleaned_data["password"])


def _require_password(request: SignedInRequest, password: str) -> str:
    """Check the password as a log-in does, so that wrong ones count as they do there."""
    if authenticate(request, username=request.user.get_username(), password=password) is None:
        raise ValidationError(
            _("This is not your password. Please enter it again."), code="password_incorrect"
        )
    return password
