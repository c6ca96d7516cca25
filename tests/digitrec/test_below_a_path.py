"""Below a path of a host that has other sites, too, behind a proxy that passes the path on."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from django.test.client import BOUNDARY, encode_multipart

from tests.digitrec.launcher import PROJECT, Launcher, copy_project
from tests.digitrec.site_proxy import SiteProxy

PATH = "/digits/"
PAGES = (
    "",
    "about/",
    "guide/",
    "uploads/",
    "my-data/",
    "accounts/sign-up/",
    "accounts/log-in/",
    "admin/",
    "offline/",
    "nothing-here/",
)
FORM = f"multipart/form-data; boundary={BOUNDARY}"


class Links(HTMLParser):
    """Every address of this host in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        names = ("href", "src", "action", "poster")
        self.found |= {value for name in names if (value := values.get(name) or "")[:1] == "/"}
        if values.get("name") == "service-worker":
            self.found.add(values["content"] or "")


@dataclass(frozen=True)
class Answer:
    status: int
    url: str
    text: str


class Visitor:
    """A browser without scripts, which keeps cookies for the paths that they were given for."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.cookies = CookieJar()
        keeper = urllib.request.HTTPCookieProcessor(self.cookies)
        self._opener = urllib.request.build_opener(keeper)

    def get(self, path: str, **headers: str) -> Answer:
        url = urljoin(self.host, path)
        return self._ask(urllib.request.Request(url, headers=headers))  # noqa: S310 - our proxy

    def post(self, path: str, page: str, **fields: object) -> Answer:
        """Send a form of a page, with its token."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        given = {"csrfmiddlewaretoken": token[1] if token else "", **fields}
        content = encode_multipart(BOUNDARY, given)
        headers = {"Content-Type": FORM, "Origin": self.host}
        url = urljoin(self.host, path)
        return self._ask(urllib.request.Request(url, content, headers))  # noqa: S310

    def _ask(self, request: urllib.request.Request) -> Answer:
        try:
            answer = self._opener.open(request)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read().decode(errors="replace")
            return Answer(answer.status, urlsplit(answer.url).path, text)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    code = copy_project(tmp_path_factory.mktemp("below") / "digitrec")
    with Launcher(code, {"SITE_PATH": "digits"}) as server:
        yield server


@pytest.fixture(scope="module")
def proxy(server: Launcher) -> Iterator[SiteProxy]:
    with SiteProxy(PATH, server.port) as proxy:
        yield proxy
        assert proxy.strayed == []


@pytest.fixture
def visitor(proxy: SiteProxy) -> Visitor:
    return Visitor(proxy.host)


def _given(visitor: Visitor) -> Answer:
    picture = Path(PROJECT / "static" / "images" / "examples" / "amount.jpg")
    page = visitor.get(PATH).text
    key = re.search(r'name="key" value="([\w-]+)"', page)
    with picture.open("rb") as image:
        return visitor.post(PATH, page, picture=image, **({"key": key[1]} if key else {}))


def test_no_template_or_script_names_a_path_of_its_own() -> None:
    files = [*PROJECT.glob("templates/**/*.*"), *PROJECT.glob("static/js/**/*.js")]
    assert len(files) > 70
    own = re.compile(r"""["'`]/[a-z]*["'`/]""")
    assert [file.name for file in files if own.search(file.read_text(encoding="utf-8"))] == []


def test_all_that_a_page_names_is_below_the_path_and_there(visitor: Visitor) -> None:
    result = _given(visitor).url
    named: set[str] = set()
    for path in (*PAGES, result):
        named |= Links(visitor.get(urljoin(PATH, path)).text).found
    assert len(named) > 30
    assert [name for name in named if not name.startswith(PATH)] == []
    refused = {name: visitor.get(name).status for name in named}
    only_by_post = {405}
    assert {name for name, code in refused.items() if code not in {200} | only_by_post} == set()


def test_a_picture_is_read_and_its_address_is_below_the_path(visitor: Visitor) -> None:
    result = _given(visitor)
    assert (result.status, result.url.startswith("/digits/uploads/")) == (200, True)
    assert json.loads(visitor.get(f"{result.url}json").text)["state"]
    assert visitor.get(f"{result.url}thumbnail").status == 200


def test_cookies_go_to_no_other_site_of_the_host(visitor: Visitor) -> None:
    result = _given(visitor)
    visitor.post("/digits/language/", result.text, language="fr", next=result.url)
    assert {cookie.name: cookie.path for cookie in visitor.cookies} == {
        "csrftoken": PATH,
        "sessionid": PATH,
        "django_language": PATH,
    }
    assert 'lang="fr"' in visitor.get(PATH).text


def test_who_must_sign_in_is_led_there_and_back(visitor: Visitor) -> None:
    answer = visitor.get("/digits/accounts/change-password/")
    assert answer.url == "/digits/accounts/log-in/"
    assert urlencode({"next": "/digits/accounts/change-password/"}).partition("=")[2] in (
        answer.text.replace("/", "%2F")
    )


def test_the_path_without_its_slash_leads_to_the_site(visitor: Visitor) -> None:
    answer = visitor.get("/digits")
    assert (answer.status, answer.url) == (200, PATH)


def test_the_worker_keeps_files_below_the_path_in_a_cache_of_its_own(visitor: Visitor) -> None:
    script = visitor.get("/digits/service-worker.js").text
    assert 'const NAME = "offline digits/";' in script
    kept = [json.loads(f'"{text}"') for text in re.findall(r'"(/.+?)"', script)]
    assert len(kept) > 8
    assert {(name.startswith(PATH), visitor.get(name).status) for name in kept} == {(True, 200)}


def test_the_installed_app_begins_at_the_path(visitor: Visitor) -> None:
    manifest = json.loads(visitor.get("/digits/manifest.webmanifest").text)
    assert {manifest[name] for name in ("id", "start_url", "scope")} == {PATH}
    icons = [icon["src"] for icon in manifest["icons"]]
    assert {visitor.get(icon).status for icon in icons} == {200}


def test_the_administration_leads_back_to_the_site(server: Launcher, visitor: Visitor) -> None:
    told = re.search(r'"admin" at (\S+) has the password (\S+)', server.printed)
    assert told
    assert told[1].endswith("/digits/admin/")
    page = visitor.get("/digits/admin/")
    fields = {"username": "admin", "password": told[2], "next": "/digits/admin/"}
    named = Links(visitor.post(page.url, page.text, **fields).text).found
    assert {"/digits/", "/digits/admin/logout/"} <= named
    assert [name for name in named if not name.startswith(PATH)] == []


def test_the_server_answers_nothing_outside_the_path(server: Launcher) -> None:
    with SiteProxy("/", server.port) as open_to_all:
        visitor = Visitor(open_to_all.host)
        assert visitor.get("/uploads/").status == 404
        assert visitor.get("/static/css/base.css").status == 404
        assert visitor.get("/digits/healthz/live").status == 200
