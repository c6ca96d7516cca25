from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from guide.film import FPS, HEIGHT, WIDTH, Film, SceneTooLong


@pytest.fixture
def film(browser: Browser, tmp_path: Path) -> Iterator[Film]:
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    yield Film(page, tmp_path)
    page.close()


def test_a_scene_lasts_until_its_end(film: Film, tmp_path: Path) -> None:
    film.hold(0.5)
    film.scene("first", 1)
    assert len(list(tmp_path.glob("*.jpg"))) == FPS


def test_a_scene_that_is_too_long_is_told(film: Film) -> None:
    film.hold(1.5)
    with pytest.raises(SceneTooLong, match=f"'first' is {FPS // 2} frames too long"):
        film.scene("first", 1)
