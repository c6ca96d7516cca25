from typing import cast

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from recognizer.forms.accounts import (
    ChangePasswordForm,
    DeleteAccountForm,
    LogInForm,
    NameTaken,
    SignedInRequest,
    SignUpForm,
)
from tests.makers import PASSWORD, make_user

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "purple monkey dishwasher"
ADA = {"username": "ada", "password1": PASSWORD, "password2": PASSWORD}


def ada_s_request() -> SignedInRequest:
    request = RequestFactory().post("/")
    request.user = make_user("ada")
    return cast(SignedInRequest, request)


def test_a_name_and_a_password_make_an_account() -> None:
    user = SignUpForm(ADA).sign_up()
    assert user.check_password(PASSWORD)


def test_nobody_makes_an_administrator_of_themselves() -> None:
    user = SignUpForm(ADA | {"is_staff": "on", "is_superuser": "on"}).sign_up()
    assert (user.is_staff, user.is_superuser) == (False, False)


@pytest.mark.parametrize("name", ["ada", "ADA"])
def test_a_name_belongs_to_one_alone_however_it_is_written(name: str) -> None:
    make_user("ada")
    assert "already exists" in str(SignUpForm(ADA | {"username": name}).errors["username"])


def test_of_two_sign_ups_at_once_for_one_name_the_later_one_is_told() -> None:
    form = SignUpForm(ADA)
    assert form.is_valid()
    make_user("ada")
    with pytest.raises(NameTaken):
        form.sign_up()
    assert "already exists" in str(form.errors["username"])


@pytest.mark.parametrize("password", ["short", "12345678901", "password", "ada-ada-1"])
def test_a_password_that_is_soon_guessed_is_refused(password: str) -> None:
    form = SignUpForm({"username": "ada-ada", "password1": password, "password2": password})
    assert list(form.errors) == ["password2"]


def test_what_is_wrong_with_a_log_in_is_bound_to_both_fields() -> None:
    request = RequestFactory().post("/")
    request.user = AnonymousUser()
    form = LogInForm(request)
    assert 'aria-describedby="form-errors id_username_error"' in str(form["username"])
    assert 'aria-describedby="form-errors id_password_error"' in str(form["password"])


def test_only_who_knows_the_old_password_sets_a_new_one() -> None:
    new = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    request = ada_s_request()
    assert ChangePasswordForm(request, new | {"old_password": PASSWORD}).is_valid()
    form = ChangePasswordForm(request, new | {"old_password": "guess"})
    assert form.errors["old_password"] == ["This is not your password. Please enter it again."]


def test_only_who_knows_the_password_deletes_an_account() -> None:
    request = ada_s_request()
    assert DeleteAccountForm(request, {"password": PASSWORD}).is_valid()
    assert not DeleteAccountForm(request, {"password": "guess"}).is_valid()


def test_a_wrong_password_counts_as_one_when_logging_in_does() -> None:
    assert not DeleteAccountForm(ada_s_request(), {"password": "guess"}).is_valid()
    assert AccessAttempt.objects.get().failures_since_start == 1
