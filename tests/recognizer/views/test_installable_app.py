import posixpath
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image
from pytest_django import Settings

from recognizer.views import installable_app
from tests.makers import make_user
from tests.recognizer.views.visitors import given

pytestmark = pytest.mark.django_db


def test_every_icon_of_the_manifest_is_there_in_its_size(
    client: Client, settings: Settings
) -> None:
    response = client.get("/manifest.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    icons = response.json()["icons"]
    assert {icon.get("purpose", "any") for icon in icons} == {"any", "maskable"}
    for icon in icons:
        path = finders.find(icon["src"].removeprefix(settings.STATIC_URL))
        assert path
        if icon["type"] == "image/png":
            with Image.open(path) as image:
                assert icon["sizes"] == f"{image.width}x{image.height}"


def test_a_maskable_icon_reaches_the_edges() -> None:
    path = finders.find("images/icon-maskable-512.png")
    assert path
    with Image.open(path) as image:
        assert image.convert("RGBA").getpixel((0, 0)) == (0x33, 0x46, 0xC8, 255)


def test_every_page_names_the_manifest(client: Client) -> None:
    page = client.get("/about/").content.decode()
    assert '<link rel="manifest" href="/manifest.webmanifest">' in page


def test_the_worker_is_a_script_that_browsers_ask_for_anew(client: Client) -> None:
    response = client.get("/service-worker.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert "no-cache" in response["Cache-Control"]


def test_the_worker_keeps_the_offline_page_and_static_files_alone(
    client: Client, settings: Settings
) -> None:
    script = client.get("/service-worker.js").content.decode()
    files = script.split("const FILES = [")[1].split("]")[0].split(", ")
    assert len(files) == len(installable_app.OFFLINE_FILES)
    prefix = f'"{settings.STATIC_URL}'.replace("-", "\\u002D")
    assert all(file.startswith(prefix) for file in files)
    assert 'const PAGE = "/offline/"' in script


def test_the_worker_changes_with_the_offline_page(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = client.get("/service-worker.js").content
    monkeypatch.setattr(installable_app, "_offline_page", lambda: "another page")
    assert client.get("/service-worker.js").content != before


def test_the_offline_page_is_the_same_for_everybody(client: Client) -> None:
    stranger = Client().get("/offline/").content
    client.force_login(make_user("ada"), "django.contrib.auth.backends.ModelBackend")
    given(client)
    response = client.get("/offline/", headers={"Cookie": "theme=dark"})
    assert response.content == stranger
    assert "ada" not in response.content.decode()


def test_the_offline_page_asks_for_nothing_that_is_not_kept(
    client: Client, settings: Settings
) -> None:
    page = client.get("/offline/").content.decode()
    asked = set(re.findall(rf'"/?{settings.STATIC_URL.strip("/")}/([^"#]+\.(?:css|js|svg))', page))
    assert len(asked) > 8
    assert asked <= set(installable_app.OFFLINE_FILES)


def test_every_module_that_the_offline_page_imports_is_kept() -> None:
    kept = {name for name in installable_app.OFFLINE_FILES if name.endswith(".js")}
    imported = set()
    for name in kept:
        path = finders.find(name)
        assert path
        source = Path(path).read_text(encoding="utf-8")
        found = re.findall(r'^import .* from "(.+)";$', source, re.MULTILINE)
        imported |= {posixpath.normpath(posixpath.join(posixpath.dirname(name), i)) for i in found}
    assert len(imported) > 3
    assert imported <= kept
