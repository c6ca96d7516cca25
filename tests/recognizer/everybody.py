"""Everybody who may ask, and every route that they may ask for."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any, Literal, get_args

from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django_q.models import Failure

from recognizer.models import Batch, BatchChecker, FileRemoval, Owner, SavedRule, Upload
from tests.makers import (
    make_admin,
    make_batch,
    make_item,
    make_upload,
    make_user,
)
from tests.recognizer.batches.rows import make_batch_row, make_source_row
from tests.recognizer.views.visitors import given

# Holders of an API token join them with the API.
Role = Literal[
    "stranger",
    "visitor",
    "other visitor",
    "user",
    "other user",
    "checker",  # whom the user lets check a batch
    "staff",
    "viewer",
    "admin",
]
ROLES: tuple[Role, ...] = get_args(Role)

FORM, BODY = "multipart/form-data; boundary=end", "--end--"


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str  # admin/recognizer/upload/<path:object_id>/change/

    @property
    def is_about_an_upload(self) -> bool:
        return self.name.startswith("recognizer:") and "uploads/<uuid:pk>" in self.pattern

    @property
    def is_about_a_batch(self) -> bool:
        return self.name.startswith("recognizer:") and "batches/<uuid:pk>" in self.pattern

    def path(self, thing: Upload | Batch) -> str:
        """The address of the route about an upload or a batch."""
        is_about_a_rule = "rules/<int:pk>" in self.pattern
        values = {
            "pk": SavedRule.objects.order_by("pk")[0].pk if is_about_a_rule else thing.pk,
            "object_id": self._object_id,
            "id": self._object_id,
            "content_type_id": ContentType.objects.get_for_model(Upload).pk,
            "app_label": "recognizer",
            "url": "nothing-here",
            "name": "no-example",
            "number": 1,
            "position": 0,
            "place": 0,
            "digit": 4,
            "person": self._checker_id,
        }
        return "/" + re.sub(
            r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>.*?\)",
            lambda found: str(values[found[1] or found[2]]),
            self.pattern,
        ).replace("^", "").replace("$", "")

    @property
    def _checker_id(self) -> int:
        """Of the one person who was invited to check a batch."""
        return BatchChecker.objects.get().pk

    @property
    def _object_id(self) -> object:
        """Of a row of the model that the pattern names: admin/auth/user/<path:object_id>/."""
        parts = self.pattern.split("/") if self.name.startswith("admin:") else []
        named = (m for m in apps.get_models() if m._meta.model_name in parts)
        return next(named, Upload)._default_manager.order_by("pk")[0].pk


def routes(patterns: Any = None, prefix: str = "", namespace: str = "") -> Iterator[Route]:
    """Every route that the URLconf knows."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        pattern = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from routes(one.url_patterns, pattern, inner)
        elif isinstance(one, URLPattern):
            yield Route(namespace + (one.name or pattern), pattern)


@dataclass(frozen=True)
class Cast:
    """Everybody's cookies, and whose uploads and batches there are."""

    cookies: dict[Role, str]
    uploads: dict[Role, Upload]
    batches: dict[Role, Batch]

    def things(self, route: Route) -> Mapping[Role, Upload | Batch]:
        """What a route may be about, by whose it is."""
        return self.batches if route.is_about_a_batch else self.uploads

    def ask(self, role: Role, method: str, path: str) -> Any:
        """The answer; what it changed is undone."""
        client = Client(raise_request_exception=False)
        client.cookies = SimpleCookie(self.cookies[role])
        with transaction.atomic():
            answer = client.generic(method, path, BODY, content_type=FORM)
            if answer.streaming:
                list(answer)  # read to the end: only then is the file closed
            transaction.set_rollback(True)
        return answer


def make_cast() -> Cast:
    """Everybody, with an upload of a visitor and one of a user, who has a batch; it takes 0.2 s."""
    clients: dict[Role, Client] = {role: Client() for role in ROLES}
    people: dict[Role, User] = {
        "user": make_user("ada"),
        "other user": make_user("eve"),
        "checker": make_user("bob"),
        "admin": make_admin(),
    }
    people |= {"staff": make_staff("staff"), "viewer": make_staff("viewer", "view_")}
    for role, person in people.items():
        clients[role].force_login(person)
    Group.objects.create(name="checkers")
    FileRemoval.objects.create(name="uploads/gone.png")
    times = dict.fromkeys(("started", "stopped"), timezone.now())
    rule = SavedRule.objects.create(user=people["user"], name="meter", definition={})
    make_source_row(make_batch_row(people["user"], rule=rule))
    Failure.objects.create(id="0" * 32, name="one", func="a.job", success=False, **times)
    uploads: dict[Role, Upload] = {
        "visitor": given(clients["visitor"]),
        "user": make_upload(Owner(people["user"])),
    }
    given(clients["other visitor"])
    cookies = {role: client.cookies.output(header="", sep=";") for role, client in clients.items()}
    batch = make_batch(people["user"])
    make_item(batch, upload=make_upload(Owner(people["user"])), asked="doubtful")
    BatchChecker.objects.create(batch=batch, user=people["checker"])
    return Cast(cookies, uploads, {"user": batch})


def make_staff(name: str, may: str = "nothing") -> User:
    user = make_user(name)
    user.is_staff = True
    user.save()
    ours = Permission.objects.filter(content_type__app_label="recognizer")
    user.user_permissions.set(ours.filter(codename__startswith=may))
    return user
