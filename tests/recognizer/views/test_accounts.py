from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from recognizer.models import Upload
from tests.makers import PASSWORD, make_admin, make_upload, make_user
from tests.recognizer.upkeep.test_retention import files
from tests.recognizer.views.visitors import given

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "purple monkey dishwasher"
SIGN_UP, LOG_IN, LOG_OUT = "/accounts/sign-up/", "/accounts/log-in/", "/accounts/log-out/"
CHANGE_PASSWORD, DELETE = "/accounts/change-password/", "/accounts/delete/"
NEW_ADA = {"username": "ada", "password1": PASSWORD, "password2": PASSWORD}
ADA = {"username": "ada", "password": PASSWORD}
CHANGED = {
    "old_password": PASSWORD,
    "new_password1": NEW_PASSWORD,
    "new_password2": NEW_PASSWORD,
}
FOREIGN = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "http:///evil.example",
]


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def is_logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def ada(client: Client) -> User:
    """Logged in."""
    user = make_user("ada")
    client.force_login(user)
    return user


# Signing up


def test_who_signs_up_is_logged_in(client: Client) -> None:
    page = text_of(client.post(SIGN_UP, NEW_ADA, follow=True))
    assert User.objects.get().username == "ada"
    assert is_logged_in(client)
    assert "Your account is ready, and you are logged in." in page


def test_what_was_given_before_signing_up_comes_along(client: Client) -> None:
    upload = given(client)
    page = text_of(client.post(SIGN_UP, NEW_ADA, follow=True))
    upload.refresh_from_db()
    assert upload.user == User.objects.get()
    assert "1 picture that you gave before came along: it is in your account now." in page


def test_what_another_browser_gave_stays_there(client: Client) -> None:
    other = given(Client())
    client.post(SIGN_UP, NEW_ADA)
    other.refresh_from_db()
    assert other.user is None
    assert client.get(other.get_absolute_url()).status_code == 404


def test_a_form_that_is_wrong_comes_back_with_the_name(client: Client) -> None:
    response = client.post(SIGN_UP, NEW_ADA | {"password2": "something else"})
    assert response.status_code == 400
    assert 'value="ada"' in text_of(response)
    assert 'aria-describedby="id_password2_helptext id_password2_error"' in text_of(response)
    assert PASSWORD not in text_of(response)
    assert not User.objects.exists()


def test_the_rules_for_passwords_are_said_beforehand(client: Client) -> None:
    page = text_of(client.get(SIGN_UP))
    assert "at least 8 characters" in page
    assert 'aria-describedby="id_password1_helptext"' in page


def test_a_form_says_what_each_field_is_to_password_managers(client: Client) -> None:
    page = text_of(client.get(SIGN_UP))
    assert 'autocomplete="username"' in page
    assert page.count('autocomplete="new-password"') == 2


def test_it_says_that_no_mail_brings_a_password_back(client: Client) -> None:
    for page in (SIGN_UP, LOG_IN):
        assert "sends no mail" in text_of(client.get(page))


def test_it_says_what_an_account_gives(client: Client, settings: Settings) -> None:
    settings.RETENTION_DAYS, settings.RETENTION_DAYS_ANONYMOUS = 60, 5
    settings.QUOTA_USER_FILES, settings.QUOTA_VISITOR_FILES = 100, 10
    page = text_of(client.get(SIGN_UP))
    assert "kept for 60 days instead of 5" in page
    assert "keep 100 pictures instead of 10" in page


def test_so_many_accounts_are_made_from_one_address_and_no_more(settings: Settings) -> None:
    settings.SIGN_UPS_PER_HOUR_AND_ADDRESS = 2
    names = ("ada", "bob", "eve")
    answers = [Client().post(SIGN_UP, NEW_ADA | {"username": name}) for name in names]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 3600
    assert "Sign up again in 60 minutes." in text_of(answers[-1])
    assert 'value="eve"' in text_of(answers[-1])
    assert User.objects.count() == 2


def test_a_wrong_form_counts_as_no_account(client: Client, settings: Settings) -> None:
    settings.SIGN_UPS_PER_HOUR_AND_ADDRESS = 1
    for _ in range(3):
        client.post(SIGN_UP, {"username": "ada"})
    assert client.post(SIGN_UP, NEW_ADA).status_code == 302


def test_a_closed_installation_lets_nobody_sign_up(client: Client, settings: Settings) -> None:
    settings.SIGN_UP = False
    assert client.get(SIGN_UP).status_code == 404
    assert client.post(SIGN_UP, NEW_ADA).status_code == 404
    assert not User.objects.exists()


@pytest.mark.parametrize("page", ["/", "/uploads/", LOG_IN])
def test_a_closed_installation_offers_no_sign_up(
    client: Client, settings: Settings, page: str
) -> None:
    assert SIGN_UP in text_of(client.get(page))
    settings.SIGN_UP = False
    assert SIGN_UP not in text_of(client.get(page))


# Logging in and out


def test_the_right_password_logs_in(client: Client) -> None:
    make_user("ada")
    assert client.post(LOG_IN, ADA)["Location"] == "/uploads/"
    assert is_logged_in(client)


def test_a_wrong_password_does_not(client: Client) -> None:
    make_user("ada")
    response = client.post(LOG_IN, ADA | {"password": "guess"})
    assert response.status_code == 400
    assert "Please enter a correct username and password." in text_of(response)
    assert 'value="ada"' in text_of(response)
    assert not is_logged_in(client)


def test_what_was_given_before_logging_in_comes_along(client: Client) -> None:
    user = make_user("ada")
    uploads = [given(client), given(client)]
    page = text_of(client.post(LOG_IN, ADA, follow=True))
    assert {upload.user for upload in Upload.objects.all()} == {user}
    assert "2 pictures that you gave before came along: they are in your account now." in page
    assert all(client.get(upload.get_absolute_url()).status_code == 200 for upload in uploads)


def test_where_nothing_came_along_nothing_is_said(client: Client) -> None:
    make_user("ada")
    assert "came along" not in text_of(client.post(LOG_IN, ADA, follow=True))


@pytest.mark.parametrize(("page", "form"), [(LOG_IN, ADA), (SIGN_UP, NEW_ADA)])
def test_the_key_of_the_session_changes(client: Client, page: str, form: dict[str, str]) -> None:
    if page == LOG_IN:
        make_user("ada")
    given(client)
    before = client.cookies["sessionid"].value
    client.post(page, form)
    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(pk=before).exists()


@pytest.mark.parametrize(("page", "form"), [(LOG_IN, ADA), (SIGN_UP, NEW_ADA)])
def test_it_goes_on_to_where_somebody_was_going(
    client: Client, page: str, form: dict[str, str]
) -> None:
    if page == LOG_IN:
        make_user("ada")
    assert 'name="next" value="/my-data/"' in text_of(client.get(f"{page}?next=/my-data/"))
    assert client.post(page, form | {"next": "/my-data/"})["Location"] == "/my-data/"


@pytest.mark.parametrize("address", FOREIGN)
def test_nobody_is_sent_to_another_site(client: Client, address: str) -> None:
    make_user("ada")
    assert "evil" not in text_of(client.get(LOG_IN, {"next": address}))
    assert client.post(LOG_IN, ADA | {"next": address})["Location"] == "/uploads/"


@pytest.mark.parametrize("page", [LOG_IN, SIGN_UP])
def test_who_is_logged_in_has_no_need_of_these_pages(client: Client, ada: User, page: str) -> None:
    assert client.get(page)["Location"] == "/uploads/"
    assert client.get(page, {"next": "/my-data/"})["Location"] == "/my-data/"
    assert client.post(page, NEW_ADA | {"username": "eve"})["Location"] == "/uploads/"
    assert User.objects.get() == ada


def test_too_many_guesses_are_answered_with_how_long_to_wait(client: Client) -> None:
    make_user("ada")
    for number in range(5):
        client.post(LOG_IN, ADA | {"password": f"guess {number}"})
    answer = client.post(LOG_IN, ADA)
    assert (answer.status_code, answer["Retry-After"]) == (429, "900")
    assert "Wait 15&nbsp;minutes" in text_of(answer)
    assert not is_logged_in(client)


def test_logging_out_leaves_an_empty_session(client: Client) -> None:
    make_user("ada")
    upload = given(client)
    client.post(LOG_IN, ADA)
    before = client.cookies["sessionid"].value
    page = text_of(client.post(LOG_OUT, follow=True))
    assert "You are logged out." in page
    assert not dict(client.session)
    assert not Session.objects.filter(pk=before).exists()
    assert client.get(upload.get_absolute_url()).status_code == 404


def test_a_mere_link_logs_nobody_out(client: Client, ada: User) -> None:
    assert client.get(LOG_OUT).status_code == 405
    assert is_logged_in(client)


def test_pictures_are_there_again_after_logging_in_again(client: Client) -> None:
    make_user("ada")
    upload = given(client)
    client.post(LOG_IN, ADA)
    client.post(LOG_OUT)
    elsewhere = Client()
    elsewhere.post(LOG_IN, ADA)
    assert elsewhere.get(upload.get_absolute_url()).status_code == 200


# The menu


def test_a_stranger_is_offered_to_log_in_and_gets_no_session(client: Client) -> None:
    response = client.get("/")
    assert LOG_IN in text_of(response)
    assert not response.cookies.get("sessionid")


def test_every_page_says_who_is_logged_in(client: Client, ada: User) -> None:
    for page in ("/", "/uploads/", "/about/", "/my-data/", "/not-there/"):
        assert "Logged in as ada" in text_of(client.get(page))


def test_a_name_is_shown_as_text_alone(client: Client) -> None:
    client.force_login(make_user("<b>ada</b>"))
    assert "<b>ada" not in text_of(client.get("/my-data/"))


def test_a_body_that_is_too_large_logs_nobody_out_in_sight(
    client: Client, ada: User, settings: Settings
) -> None:
    settings.MAX_UPLOAD_BYTES = 1
    response = client.post("/", {"source": "x" * 100_000})
    assert response.status_code == 413
    assert "Logged in as ada" in text_of(response)


def test_the_administration_is_in_the_menu_of_staff_alone(client: Client, ada: User) -> None:
    assert 'href="/admin/"' not in text_of(client.get("/"))
    client.force_login(make_admin())
    assert 'href="/admin/"' in text_of(client.get("/"))


# The password


def test_a_new_password_counts_from_now_on(client: Client, ada: User) -> None:
    page = text_of(client.post(CHANGE_PASSWORD, CHANGED, follow=True))
    assert "Your password is changed." in page
    ada.refresh_from_db()
    assert ada.check_password(NEW_PASSWORD)


def test_it_logs_out_every_other_device(client: Client, ada: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(ada)
    client.post(CHANGE_PASSWORD, CHANGED)
    assert client.get(CHANGE_PASSWORD).status_code == 200
    assert elsewhere.get(CHANGE_PASSWORD).status_code == 302


def test_a_wrong_old_password_changes_nothing(client: Client, ada: User) -> None:
    response = client.post(CHANGE_PASSWORD, CHANGED | {"old_password": "guess"})
    assert response.status_code == 400
    assert "This is not your password." in text_of(response)
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("page", "form"), [(CHANGE_PASSWORD, CHANGED | {"old_password": "guess"}), (DELETE, {})]
)
def test_who_found_an_open_browser_cannot_guess_for_ever(
    client: Client, ada: User, page: str, form: dict[str, str]
) -> None:
    statuses = [client.post(page, form | {"password": "guess"}).status_code for _ in range(6)]
    assert statuses == [400, 400, 400, 400, 429, 429]


@pytest.mark.parametrize("page", [CHANGE_PASSWORD, DELETE])
def test_a_stranger_is_sent_to_log_in_first(client: Client, page: str) -> None:
    assert client.get(page)["Location"] == f"{LOG_IN}?next={page}"


# Deleting the account


def test_it_says_what_goes(client: Client, ada: User) -> None:
    given(client)
    page = text_of(client.get(DELETE))
    assert "The account <strong>ada</strong> goes" in page
    assert "With it goes 1 picture, everything that was read in it, and every check." in page
    assert "/my-data/" in page


def test_a_wrong_password_deletes_nothing(client: Client, ada: User) -> None:
    given(client)
    assert client.post(DELETE, {"password": "guess"}).status_code == 400
    assert (User.objects.count(), Upload.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_account_goes_with_all_its_pictures(client: Client, ada: User, media: Any) -> None:
    given(client)
    page = text_of(client.post(DELETE, {"password": PASSWORD}, follow=True))
    assert "Your account and everything in it were deleted." in page
    assert (User.objects.count(), Upload.objects.count(), files(media)) == (0, 0, 0)
    assert not dict(client.session)


def test_what_is_others_stays(client: Client, ada: User) -> None:
    other = make_upload()
    client.post(DELETE, {"password": PASSWORD})
    assert Upload.objects.get() == other


def test_other_browsers_of_a_deleted_account_are_strangers(client: Client, ada: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(ada)
    client.post(DELETE, {"password": PASSWORD})
    assert "Log in" in text_of(elsewhere.get("/"))


def test_staff_are_deleted_in_the_administration_alone(client: Client) -> None:
    client.force_login(make_admin())
    assert client.post(DELETE, {"password": PASSWORD}).status_code == 403
    assert DELETE not in text_of(client.get("/my-data/"))
    assert User.objects.exists()
