"""Every sentence is translated into every language, and no page shows one of another language."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.db import SessionStore
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone, translation
from pytest_django import Settings

from recognizer.models import (
    Batch,
    BatchChecker,
    BatchItem,
    DigitPrediction,
    Owner,
    Prediction,
    Upload,
)
from tests.makers import (
    blank_png,
    digits_png,
    letter_png,
    make_batch,
    make_item,
    make_upload,
    make_upload_row,
    make_user,
)
from tests.recognizer.checking.asked import make_asked_batch
from tests.recognizer.views.visitors import give, given

pytestmark = pytest.mark.django_db

TRANSLATIONS = [code for code, _ in settings.LANGUAGES if code != "en"]
# Written in another script, so that an English word shows by its letters.
OTHER_SCRIPTS = ["hi", "ar", "zh-hans"]
ERROR_PAGES = sorted(path.name for path in settings.BASE_DIR.glob("templates/[45]*.html"))
# Words that stay as they are: names of things and of formats, and what people entered.
NAMES = set(
    re.findall(
        r"\S+",
        "digitrec MNIST Excel iPhone PNG JPEG WebP BMP GIF HEIC PDF TIFF ZIP SVG XML AVIF "
        "PostScript EPS Photoshop JSON JSONL CSV XLSX API KB MB RLE multipart form-data UTC "
        "Enter Space Esc Meters bob png "
        "digits.png ada",
    )
)
READ_OUT = {"alt", "title", "aria-label", "placeholder"}
# Sentences of scripts, which the templates hold in attributes.
SAID_BY_SCRIPTS = {
    f"data-{name}"
    for name in (
        *("busy", "chosen", "cleared", "copied", "done", "draw-now", "nothing-drawn"),
        *("finished", "not-sent", "nothing-chosen", "sent", "unreadable"),
        *("reading", "reloaded", "ticked", "too-large", "unreachable", "waiting"),
        *("said", "later", "taken-back", "already-sent", "nothing-back", "no-letters"),
        *("nothing-typed", "unsent", "signed-out", "gone", "no-more", "odd"),
    )
}
WORD = re.compile(r"[A-Za-z][\w.-]*[A-Za-z]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|<[^>]+>")


def folder_of(language: str) -> Path:
    return settings.LOCALE_PATHS[0] / translation.to_locale(language) / "LC_MESSAGES"


def messages_of(language: str) -> list[Message]:
    with (folder_of(language) / "django.po").open("rb") as source:
        return [message for message in read_po(source, locale=None) if message.id]


def forms(strings: object) -> list[str]:
    return [str(s) for s in strings] if isinstance(strings, tuple | list) else [str(strings)]


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_no_sentence_is_missing_or_a_guess(language: str) -> None:
    messages = messages_of(language)
    assert len(messages) > 400
    unfinished = [m.id for m in messages if m.fuzzy or not all(forms(m.string))]
    assert unfinished == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_nothing_that_is_filled_in_is_lost(language: str) -> None:
    for message in messages_of(language):
        wanted = sorted(PLACEHOLDER.findall(forms(message.id)[-1]))
        # Forms for one and two may lack the number; the last form is for most numbers.
        assert sorted(PLACEHOLDER.findall(forms(message.string)[-1])) == wanted
        for form in forms(message.string):
            assert set(PLACEHOLDER.findall(form)) <= set(wanted)


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_what_is_served_is_what_was_translated(language: str) -> None:
    compiled = read_mo(io.BytesIO((folder_of(language) / "django.mo").read_bytes()))
    assert isinstance(compiled, Catalog)
    served = {forms(m.id)[0]: forms(m.string) for m in compiled if m.id}
    assert served == {forms(m.id)[0]: forms(m.string) for m in messages_of(language)}


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_what_was_chosen_stays_chosen(client: Client, language: str) -> None:
    response = client.post("/language/", {"language": language}, headers={"referer": "/about/"})
    assert response.status_code == 302
    page = client.get("/").content.decode()
    assert f'<html lang="{language}"' in page
    assert ('dir="rtl"' in page) == (language == "ar")


def test_the_browser_s_language_is_spoken(client: Client) -> None:
    page = client.get("/", headers={"accept-language": "fr-CH, fr;q=0.9"}).content.decode()
    assert '<html lang="fr"' in page


def is_description(name: str, of_tag: dict[str, str | None]) -> bool:
    return name == "content" and of_tag.get("name") == "description"


class Text(HTMLParser):
    """The texts of a page that people see or hear, without the names of languages."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        in_other_language = "lang" in values and tag != "html"
        begins = tag in {"script", "style", "code"} or in_other_language
        if self._hidden[-1:] == [tag] or (begins and not self._hidden):
            self._hidden.append(tag)
        self.parts += [
            value
            for name, value in attrs
            if value and (name in READ_OUT | SAID_BY_SCRIPTS or is_description(name, values))
        ]

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and self._hidden[-1] == tag:
            self._hidden.pop()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def pages(client: Client) -> Iterator[tuple[str, str]]:
    """Names and contents of pages in many states, as seen by a visitor and with an account."""
    yield from asked(client, "/", "/about/", "/guide/", "/offline/", "/uploads/", "/my-data/")
    yield from asked(client, "/accounts/sign-up/", "/accounts/log-in/", "/nothing/")
    yield "sign up", post(client, "/accounts/sign-up/", username="a b", password1="1")
    yield "log in", post(client, "/accounts/log-in/", username="ada", password="wrong")
    for name, data in unreadable().items():
        yield name, give(client, data).content.decode()
    for data in (digits_png(), blank_png(), letter_png()):
        path = given(client, data).get_absolute_url()
        yield from asked(client, path, f"{path}delete/", f"{path}digits/1/mattered/")
        yield "check", post(client, f"{path}check/", text="?")
    yield from asked(client, "/uploads/", "/uploads/?view=table", "/uploads/?text=99", "/my-data/")
    keys = [str(pk) for pk in Upload.objects.values_list("pk", flat=True)]
    yield "selection", post(client, "/uploads/selection/", pk=keys, action="delete")
    yield "nothing chosen", post(client, "/uploads/selection/")
    ada = make_user("ada")
    client.force_login(ada)
    make_upload(Owner(ada))
    yield from asked(client, "/", "/uploads/", "/my-data/", "/accounts/delete/")
    yield from asked(client, "/accounts/change-password/")
    changed = {"old_password": "wrong", "new_password1": "1", "new_password2": "2"}
    yield "password", post(client, "/accounts/change-password/", **changed)
    yield "changed", post(client, "/accounts/delete/", password="wrong")
    signs = {"written": "4.2", "written_confidence": 0.5}
    for read in ({"state": "not_digits", "read": {"reason": "letters"}}, {"read": signs}):
        yield from asked(client, make_upload_row(Owner(ada), **read).get_absolute_url())
    yield from asked(client, "/uploads/")
    yield from pages_of_batches(client, ada)
    for state in Prediction.State:
        yield from asked(client, make_upload_row(Owner(ada), state=state).get_absolute_url())
    yield from pages_of_checking(client, ada)


def pages_of_checking(client: Client, ada: User) -> Iterator[tuple[str, str]]:
    """Pages of a batch that is checked, in many states."""
    batch = make_asked_batch(ada, "41", "11")
    check = f"/batches/{batch.pk}/check/"
    empty = f"/batches/{make_batch(ada).pk}/check/"
    DigitPrediction.objects.filter(value=4).update(confidence=0.4)
    upload = make_upload_row(Owner(ada), state="doubtful", read={"value": "17", "value_text": "17"})
    make_item(batch, 2, upload, asked="doubtful", ask_order=-1)
    make_user("bob")
    yield from asked(client, check, empty, f"{check}groups/", f"{check}groups/9/")
    yield "nothing typed", post(client, check, position=0, text="")
    yield "too late", post(client, check, position=2_000_000, text="17")
    yield from asked(client, check, f"{check}groups/1/")
    yield (
        "no digit",
        post(client, f"{check}groups/1/", **digits_on(client, f"{check}groups/1/", "x")),
    )
    yield "a sheet", post(client, f"{check}groups/4/", **digits_on(client, f"{check}groups/4/", ""))
    yield "nobody", post(client, f"{check}people/", name="nobody")
    yield "oneself", post(client, f"{check}people/", name="ada")
    yield "invited", post(client, f"{check}people/", name="bob")
    Batch.objects.update(double_keying=True)
    yield from asked(client, check, f"{check}groups/", "/batches/checking/")
    foreign = make_batch(User.objects.get(username="bob"))
    BatchChecker.objects.create(batch=foreign, user=ada)
    yield from asked(client, "/batches/checking/", f"/batches/{foreign.pk}/check/")
    yield "left", post(client, f"/batches/{foreign.pk}/check/leave/")


def digits_on(client: Client, path: str, said: str) -> dict[str, str]:
    """The fields of a sheet, each with the same."""
    return {f"digit-{one.digit.pk}": said for one in client.get(path).context["shown"]}


def pages_of_batches(client: Client, ada: User) -> Iterator[tuple[str, str]]:
    """The pages of batches in many states."""
    yield from asked(client, "/batches/", "/batches/new/")
    yield "no pictures", post(client, "/batches/new/", name="", keep_days="9999")
    batch = make_batch(ada, "10/2026")
    by_rule = {"value": "47", "value_text": "47", "value_confidence": 0.8}
    uploads = [
        make_upload_row(Owner(ada), read=by_rule),
        make_upload_row(Owner(ada), state="failed"),
    ]
    uploads.append(make_upload_row(Owner(ada), read={"unmet": "length"}))
    items = [make_item(batch, number, upload) for number, upload in enumerate(uploads)]
    make_item(batch, 3, state="identical", same_as=items[0])
    make_item(batch, 4)
    BatchItem.objects.update(name="digits.png")
    here = batch.get_absolute_url()
    paths = ("", "?text=99", "files/", "cancel/", "delete/")
    yield from asked(client, *(f"{here}{path}" for path in paths), uploads[0].get_absolute_url())
    yield from asked(client, uploads[2].get_absolute_url(), "/batches/")
    Batch.objects.update(created=timezone.now() - timedelta(minutes=2))
    yield "stuck", client.get(here).content.decode()
    yield "no files", post(client, f"{here}files/")
    yield "retried", post(client, f"{here}retry/")
    yield "closed", post(client, f"{here}close/")
    yield from asked(client, here)
    yield "takes no more", client.get(f"{here}files/", follow=True).content.decode()
    yield "cancelled", post(client, f"{here}cancel/")
    yield "retried in vain", post(client, f"{here}retry/")
    yield "renamed", post(client, f"{here}rename/", name="")
    yield "deleted", post(client, f"{here}delete/")


def unreadable() -> dict[str, bytes]:
    return {
        "text": b"no picture",
        "empty": b"",
        "cut off": digits_png()[:200],
        "GIF": b"GIF89a" + bytes(20),
        "PDF": b"%PDF-1.7" + bytes(20),
        "HEIC": b"\0\0\0\x18ftypheic" + bytes(20),
    }


def asked(client: Client, *paths: str) -> Iterator[tuple[str, str]]:
    for path in paths:
        yield path, client.get(path).content.decode()


def post(client: Client, path: str, **fields: object) -> str:
    return client.post(path, fields, follow=True).content.decode()


def words_of(page: str) -> list[str]:
    """English words that nobody translated."""
    words = {word for part in Text(page).parts for word in WORD.findall(part)}
    # The shipped model's name begins with the name of its data.
    return sorted(word for word in words - NAMES if not word.startswith("mnist-"))


def test_a_word_of_english_would_be_noticed() -> None:
    page = '<html lang="hi"><p title="Seen">अंक <b lang="fr">français</b></p><i data-busy="Said">'
    assert words_of(page) == ["Said", "Seen"]


@pytest.mark.parametrize("language", OTHER_SCRIPTS)
@pytest.mark.parametrize("template", ERROR_PAGES)
def test_no_error_is_told_in_english(rf: RequestFactory, template: str, language: str) -> None:
    request = rf.get("/")
    request.user, request.session = AnonymousUser(), SessionStore()
    with translation.override(language):
        page = render_to_string(template, {"minutes": 3}, request)
    assert words_of(page) == []


@pytest.mark.parametrize("language", OTHER_SCRIPTS)
def test_no_page_shows_a_word_of_english(client: Client, settings: Settings, language: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    found = {}
    for name, page in pages(client):
        assert f'lang="{language}"' in page, name
        if strange := words_of(page):
            found[name] = strange
    assert found == {}
