import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("chosen", ["light", "dark"])
def test_a_page_is_painted_in_the_chosen_theme_at_once(client: Client, chosen: str) -> None:
    client.cookies["theme"] = chosen
    response = client.get("/about/")
    assert f'data-theme="{chosen}">' in response.content.decode()
    assert "Cookie" in response["Vary"]


@pytest.mark.parametrize("cookie", ["", "auto", '"><script>'])
def test_the_system_decides_where_nothing_sensible_was_chosen(client: Client, cookie: str) -> None:
    client.cookies["theme"] = cookie
    assert "data-theme=" not in client.get("/about/").content.decode()
