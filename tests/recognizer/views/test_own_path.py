import pytest
from django.http import HttpResponseRedirect

from recognizer.views.own_path import own_path


@pytest.mark.parametrize("path", ["/", "/uploads/", "/uploads/?text=4&after=1#top", "/my-data/"])
def test_a_path_of_this_site_is_returned_as_it_is(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "/\\evil.example",
        "///evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "https://testserver/",
        "http:///evil.example",
        "javascript:alert(1)",
        "data:text/html,evil",
    ],
)
def test_an_address_that_leads_elsewhere_is_dropped(address: str) -> None:
    assert own_path(address) == ""


@pytest.mark.parametrize("control", ["\t", "\n", "\r"])
def test_a_control_character_that_browsers_drop_hides_no_host(control: str) -> None:
    assert own_path(f"/{control}/evil.example") == ""


@pytest.mark.parametrize("control", ["\0", "\t", "\n", "\x1b", "\x7f"])
def test_a_control_character_in_front_is_refused(control: str) -> None:
    assert own_path(f"{control}//evil.example") == ""
    assert own_path(f"{control}/uploads/") == ""


def test_a_line_break_in_a_path_adds_no_header() -> None:
    response = HttpResponseRedirect(own_path("/uploads/\r\nSet-Cookie: a=b"))
    assert response["Location"] == "/uploads/%0D%0ASet-Cookie:%20a=b"
    assert "Set-Cookie" not in response


@pytest.mark.parametrize("text", ["", " ", "uploads/", "?next=/", "#top", " /uploads/"])
def test_what_does_not_start_at_the_root_is_no_path(text: str) -> None:
    assert own_path(text) == ""
