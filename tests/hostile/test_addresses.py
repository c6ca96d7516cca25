"""Odd ids and query parameters on every page there is: an answer, never an error of ours."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.urls.converters import IntConverter, SlugConverter, UUIDConverter

from recognizer.models import Upload
from tests.makers import make_admin
from tests.recognizer.views.visitors import given

pytestmark = pytest.mark.django_db

VALUES = (
    "",
    "-1",
    "0",
    "1000000000000000000000",
    "abc",
    "%00",
    "1%00",
    "%ff",
    "'; DROP TABLE",
    "[]",
)
NAMES = (
    "page",
    "per_page",
    "order",
    "q",
    "text",
    "state",
    "first_day",
    "last_day",
    "before",
    "after",
    "unknown",
)
ADMIN_NAMES = (
    "q",
    "p",
    "o",
    "all",
    "e",
    "created__year",
    "created__gte",
    "id__exact",
    "source__exact",
    "verified__isempty",
    "current_prediction__state__exact",
    "current_prediction__model_version__id__exact",
    "unknown",
)
ADMIN_LISTS = ("upload", "prediction", "digitprediction", "modelversion")
NO_IDS = (
    "x",
    "0",
    "A" * 10_000,
    "00000000-0000-0000-0000-000000000000",
    "%00",
    "../../etc/passwd",
    "1e0b9c57-0f7e-4d1e-8f0f-0f7e4d1e8f0f'",
)


def routes() -> Iterator[URLPattern]:
    """Every address of the app."""
    for entry in get_resolver("recognizer.urls").url_patterns:
        assert isinstance(entry, URLPattern)
        yield entry


def address_of(route: URLPattern, upload: Upload) -> str:
    """Of this upload, where the page is one of an upload; else of what there is not."""
    values = {UUIDConverter: upload.pk, SlugConverter: "amount", IntConverter: 1}
    wanted = {name: values[type(kind)] for name, kind in route.pattern.converters.items()}
    return reverse(f"recognizer:{route.name}", kwargs=wanted)


def pages(upload: Upload) -> Iterator[str]:
    """The address of each page."""
    return (address_of(route, upload) for route in routes())


def answered(client: Client, address: str) -> bool:
    response: Any = client.get(address)
    if response.streaming:
        response.getvalue()  # or its file stays open
    return bool(response.status_code < 500)


@pytest.mark.parametrize("name", NAMES)
def test_odd_parameters_are_answered_on_every_page(client: Client, name: str) -> None:
    for page in pages(given(client)):
        for value in VALUES:
            assert answered(client, f"{page}?{name}={value}"), (page, value)


@pytest.mark.parametrize("name", ADMIN_NAMES)
@pytest.mark.parametrize("model", ADMIN_LISTS)
def test_odd_parameters_are_answered_in_the_administration(
    client: Client, model: str, name: str
) -> None:
    client.force_login(make_admin())
    address = reverse(f"admin:recognizer_{model}_changelist")
    for value in VALUES:
        assert answered(client, f"{address}?{name}={value}"), value


@pytest.mark.parametrize("no_id", NO_IDS)
def test_what_is_no_id_of_one_s_own_is_not_found(client: Client, no_id: str) -> None:
    upload = given(client)
    for route in routes():
        if "uploads/<uuid:pk>" not in str(route.pattern):
            continue
        address = address_of(route, upload)
        for request in (client.get, client.post):
            response = request(address.replace(str(upload.pk), no_id))
            assert response.status_code in {404, 405}, (address, no_id)


def test_an_id_in_capitals_is_another_address(client: Client) -> None:
    upload = given(client)
    assert client.get(f"/uploads/{str(upload.pk).upper()}/").status_code == 404
