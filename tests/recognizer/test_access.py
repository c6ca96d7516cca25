"""Who gets what: every route of the URLconf, every method, everybody."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from uuid import UUID, uuid4

import pytest
from django.test import Client

from recognizer.models import Batch, BatchQuerySet, Upload, UploadQuerySet
from tests.faults.report import report
from tests.recognizer.everybody import ROLES, Cast, Role, Route, routes
from tests.recognizer.pages import without_tokens
from tests.recognizer.views.visitors import given

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE")

# The status that a role gets, for an upload that belongs to another role.
Answer = Callable[[Role, Role], int]


def everybody(status: int) -> Answer:
    return lambda _role, _owner: status


def owner(status: int) -> Answer:
    """To everybody else it is as if there were no such upload."""
    return lambda role, owner: status if role == owner else 404


def rule_owner(status: int) -> Answer:
    """The one rule is the user's; who has no account is sent to log in."""
    visitors = {"stranger", "visitor", "other visitor"}
    others = {role: 302 if role in visitors else 404 for role in ROLES}
    return lambda role, _owner: status if role == "user" else others[role]


def account(status: int, others: int, staff: int | None = None) -> Answer:
    """To who is logged in, perhaps as staff, and to everybody else."""
    statuses = dict.fromkeys(("user", "other user", "checker"), status)
    statuses |= dict.fromkeys(("staff", "viewer", "admin"), status if staff is None else staff)
    return lambda role, _owner: statuses.get(role, others)


def account_owner(status: int) -> Answer:
    """To other accounts it is as if there were no such batch; who has none is sent to log in."""
    visitors = {"stranger", "visitor", "other visitor"}
    return lambda role, owner: 302 if role in visitors else status if role == owner else 404


def checkers(status: int) -> Answer:
    """The same to the owner of a batch and to who was invited to check it."""
    others = account_owner(status)
    return lambda role, owner: status if role == "checker" else others(role, owner)


def staff(admin: int, viewer: int, staff: int, others: int = 302) -> Answer:
    """To the administrator, staff that may view what we keep, and staff that may nothing.

    Everybody else is sent to the page to sign in.
    """
    statuses = {"admin": admin, "viewer": viewer, "staff": staff}
    return lambda role, _owner: statuses.get(role, others)


EVERY_STAFF = staff(200, 200, 200)
VIEWERS = staff(200, 200, 403)
ADMINS = staff(200, 403, 403)
NOBODY = staff(403, 403, 403)

# Who may, with which answer. The first name that fits counts. HEAD is like GET, and a method
# that is not listed is 405 for everybody. What is posted is an empty form.
ROUTES: dict[str, dict[str, Answer]] = {
    "recognizer:upload": {"GET": everybody(200), "POST": everybody(400)},
    "recognizer:example": {"POST": everybody(404)},
    "recognizer:manifest": {"GET": everybody(200)},
    "recognizer:service_worker": {"GET": everybody(200)},
    "recognizer:offline": {"GET": everybody(200)},
    "recognizer:live": {"GET": everybody(200)},
    "recognizer:ready": {"GET": everybody(200)},
    "recognizer:metrics": {"GET": staff(200, 200, 200, others=404)},
    "recognizer:about": {"GET": everybody(200)},
    "recognizer:set_language": {"POST": everybody(302)},
    # Who is logged in is sent on; a form that is sent empty comes back.
    "recognizer:sign_up": {"GET": account(302, 200), "POST": account(302, 400)},
    "recognizer:log_in": {"GET": account(302, 200), "POST": account(302, 400)},
    "recognizer:log_out": {"POST": everybody(302)},
    # Strangers are sent to log in; staff are deleted in the administration.
    "recognizer:change_password": {"GET": account(200, 302), "POST": account(400, 302)},
    "recognizer:delete_account": {
        "GET": account(200, 302, staff=403),
        "POST": account(400, 302, staff=403),
    },
    "recognizer:guide": {"GET": everybody(200)},
    "recognizer:my_data": {"GET": everybody(200)},
    "recognizer:download_my_data": {"POST": everybody(200)},
    "recognizer:delete_my_data": {"GET": everybody(200), "POST": everybody(302)},
    "recognizer:rules": {"GET": account(200, 302)},
    "recognizer:new_rule": {"GET": account(200, 302), "POST": account(400, 302)},
    "recognizer:try_rule": {"GET": rule_owner(200)},
    "recognizer:edit_rule": {"GET": rule_owner(200), "POST": rule_owner(400)},
    "recognizer:remove_rule": {"POST": rule_owner(302)},
    "recognizer:batches": {"GET": account(200, 302, staff=200)},
    "recognizer:new_batch": {
        "GET": account(200, 302),
        "POST": account(400, 302),
    },
    "recognizer:batch": {"GET": account_owner(200)},
    "recognizer:batch_export": {"GET": owner(200)},
    "recognizer:batch_status": {"GET": account_owner(200)},
    "recognizer:batch_files": {"GET": account_owner(200), "POST": account_owner(400)},
    "recognizer:close_batch": {"POST": account_owner(302)},
    "recognizer:cancel_batch": {"GET": account_owner(200), "POST": account_owner(302)},
    "recognizer:retry_batch": {"POST": account_owner(302)},
    "recognizer:rename_batch": {"POST": account_owner(400)},
    "recognizer:delete_batch": {"GET": account_owner(200), "POST": account_owner(302)},
    "recognizer:checked_batches": {"GET": account(200, 302)},
    # An answer names its picture: an empty form is about none.
    "recognizer:checking": {"GET": checkers(200), "POST": checkers(404)},
    "recognizer:checking_next": {"GET": checkers(200)},
    "recognizer:checking_picture": {"GET": checkers(200)},
    "recognizer:checking_rule": {"GET": checkers(200)},
    "recognizer:checking_digit": {"GET": checkers(200)},
    "recognizer:checking_groups": {"GET": checkers(200)},
    # An empty sheet leads on; without digits of a value, there is no sheet.
    "recognizer:checking_group": {"GET": checkers(200), "POST": checkers(302)},
    "recognizer:leave_checking": {"POST": checkers(302)},
    "recognizer:checking_people": {"GET": account_owner(200), "POST": account_owner(400)},
    "recognizer:remove_checker": {"POST": account_owner(302)},
    "recognizer:history": {"GET": everybody(200)},
    # Both show or change what is one's own, and nothing without a format or a choice.
    "recognizer:export": {"GET": everybody(404)},
    "recognizer:selection": {"POST": everybody(302)},
    "recognizer:result": {"GET": owner(200)},
    "recognizer:json": {"GET": owner(200)},
    "recognizer:check": {"POST": owner(302)},
    "recognizer:read_again": {"POST": owner(302)},
    "recognizer:delete": {"GET": owner(200), "POST": owner(302)},
    "recognizer:occlusion": {"GET": owner(200)},
    "recognizer:occlusion_picture": {"GET": owner(200)},
    "recognizer:picture": {"GET": owner(200)},
    "recognizer:thumbnail": {"GET": owner(200)},
    "admin:index": {"GET": EVERY_STAFF, "POST": EVERY_STAFF},
    "admin:login": {
        "GET": staff(302, 302, 302, others=200),
        "HEAD": everybody(200),
        "POST": everybody(200),
    },
    "admin:logout": {"GET": staff(405, 405, 405), "POST": EVERY_STAFF},
    "admin:password_change": {"GET": EVERY_STAFF, "POST": EVERY_STAFF},
    "admin:password_change_done": {"GET": EVERY_STAFF, "POST": staff(405, 405, 405)},
    "admin:autocomplete": {"GET": NOBODY, "POST": staff(405, 405, 405)},
    "admin:jsi18n": {"GET": EVERY_STAFF, "POST": staff(405, 405, 405)},
    "admin:view_on_site": {"GET": everybody(302), "POST": everybody(302)},
    "admin:app_list": {"GET": staff(200, 200, 404), "POST": staff(200, 200, 404)},
    "admin:auth_*": {"GET": ADMINS, "POST": ADMINS},
    "admin:django_q_failure_add": {"GET": NOBODY, "POST": NOBODY},
    "admin:django_q_failure_change": {"GET": ADMINS, "POST": NOBODY},
    "admin:django_q_failure_*": {"GET": ADMINS, "POST": ADMINS},
    "admin:recognizer_batchsource_delete": {"GET": NOBODY, "POST": NOBODY},
    "admin:recognizer_savedrule_delete": {"GET": NOBODY, "POST": NOBODY},
    "admin:recognizer_modelversion_delete": {"GET": NOBODY, "POST": NOBODY},
    "admin:recognizer_fileremoval_delete": {"GET": NOBODY, "POST": NOBODY},
    "admin:recognizer_upload_change": {"GET": VIEWERS, "POST": ADMINS},
    "admin:recognizer_*_add": {"GET": NOBODY, "POST": NOBODY},
    "admin:recognizer_*_change": {"GET": VIEWERS, "POST": NOBODY},
    "admin:recognizer_*_delete": {"GET": ADMINS, "POST": ADMINS},
    "admin:recognizer_*_changelist": {"GET": VIEWERS, "POST": VIEWERS},
    "admin:recognizer_*_history": {"GET": VIEWERS, "POST": VIEWERS},
    "admin:recognizer_upload_thumbnail": {"GET": VIEWERS, "POST": VIEWERS},
    # Addresses of earlier versions of Django, which lead to the page to change something.
    "admin:*/<path:object_id>/": {"GET": everybody(302), "POST": everybody(302)},
    # All other addresses below the administration's.
    "admin:*(?P<url>.[*])$": {"GET": staff(404, 404, 404), "POST": staff(404, 404, 404)},
}

# All that somebody who was invited to check a batch gets of it.
CHECKERS = {
    *("checking", "checking_next", "checking_picture", "checking_rule"),
    *("checking_digit", "checking_groups", "checking_group", "leave_checking"),
}


def answers_of(route: Route) -> dict[str, Answer] | None:
    return next((found for name, found in ROUTES.items() if fnmatch(route.name, name)), None)


def expected_answer(route: Route, method: str, role: Role, owner: Role) -> int:
    answers = answers_of(route) or {}
    like = method if method in answers or method != "HEAD" else "GET"
    return answers[like](role, owner) if like in answers else 405


def routes_without_entry() -> list[str]:
    return [
        f"The route {route.name} (/{route.pattern}) has no entry in ROUTES of {__name__}: "
        "add who may use it, by which methods, with which answers."
        for route in routes()
        if answers_of(route) is None
    ]


@dataclass
class Outcome:
    cells: int
    wrong: list[str]


def ask_everything(cast: Cast, among: Iterable[Route]) -> Outcome:
    """Each route by every method from everybody, for uploads of a visitor and of a user.

    Batches are users' alone.
    """
    outcome = Outcome(0, [])
    for route, method, role in itertools.product(among, METHODS, ROLES):
        for owner, thing in cast.things(route).items():
            expected = expected_answer(route, method, role, owner)
            got = cast.ask(role, method, route.path(thing)).status_code
            outcome.cells += 1
            if got != expected:
                outcome.wrong.append(
                    f"{method} {route.name} of the {owner} as {role}: {got}, not {expected}"
                )
            if not route.is_about_an_upload:
                break
    return outcome


def test_every_route_says_who_may_use_it() -> None:
    assert not routes_without_entry()


def test_every_entry_is_about_a_route() -> None:
    used = {next(n for n in ROUTES if fnmatch(route.name, n)) for route in routes()}
    assert used == set(ROUTES)


def test_everybody_gets_what_is_theirs_and_nothing_else(cast: Cast) -> None:
    outcome = ask_everything(cast, routes())
    report(
        "S4",
        routes=len(list(routes())),
        roles=len(ROLES),
        methods=len(METHODS),
        cells=outcome.cells,
        wrong=len(outcome.wrong),
    )
    assert not outcome.wrong


def test_a_leak_would_be_noticed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for rows in (UploadQuerySet, BatchQuerySet):
        monkeypatch.setattr(rows, "visible_to", lambda rows, _owner: rows)
    wrong = ask_everything(cast, (route for route in routes() if route.is_about_an_upload)).wrong
    assert "GET recognizer:result of the user as stranger: 200, not 404" in wrong
    assert "POST recognizer:delete of the visitor as other user: 302, not 404" in wrong


def test_a_leak_of_batches_would_be_noticed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BatchQuerySet, "visible_to", lambda batches, _owner: batches)
    wrong = ask_everything(cast, (route for route in routes() if route.is_about_a_batch)).wrong
    assert "GET recognizer:batch of the user as other user: 200, not 404" in wrong
    assert "GET recognizer:batch_export of the user as other user: 200, not 404" in wrong


def test_a_checker_gets_the_batch_to_check_it_and_nothing_else(cast: Cast) -> None:
    things: list[Upload | Batch] = [*cast.uploads.values(), *cast.batches.values()]
    got = {
        route.name
        for route, thing in itertools.product(routes(), things)
        if "<uuid:pk>" in route.pattern and route.name.startswith("recognizer:")
        for method in ("GET", "POST")
        if cast.ask("checker", method, route.path(thing)).status_code not in (404, 405)
    }
    assert got == {f"recognizer:{name}" for name in CHECKERS}


def test_a_leak_to_checkers_would_be_noticed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BatchQuerySet, "checkable_by", lambda batches, _owner: batches)
    wrong = ask_everything(cast, (route for route in routes() if route.is_about_a_batch)).wrong
    assert "GET recognizer:checking_picture of the user as other user: 200, not 404" in wrong


def test_a_new_route_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ROUTES, "recognizer:picture")
    (sentence,) = routes_without_entry()
    assert sentence.startswith("The route recognizer:picture (/uploads/<uuid:pk>/picture) has no")


@pytest.mark.parametrize("role", ["stranger", "other visitor", "other user", "admin"])
def test_a_foreign_upload_and_none_are_answered_alike(cast: Cast, role: Role) -> None:
    for route in routes():
        if route.is_about_an_upload or route.is_about_a_batch:
            thing = cast.things(route)["user"]
            foreign = route.path(thing)
            unknown = foreign.replace(str(thing.pk), str(uuid4()))
            for method in ("GET", "POST"):
                one, other = (cast.ask(role, method, path) for path in (foreign, unknown))
                assert one.status_code == other.status_code
                assert without_tokens(one.content) == without_tokens(other.content)
                for answer, path in ((one, foreign), (other, unknown)):
                    del answer.headers["X-Request-ID"]
                    # Who is sent to log in comes back to the address that they asked for.
                    place = answer.headers.get("Location", "")
                    answer.headers["Location"] = place.replace(path, "")
                assert one.headers == other.headers


@pytest.mark.parametrize(
    "pk", ["42", "A" * 10_000, str(UUID(int=0)), "%00", "../etc", "\N{SNOWMAN}"]
)
def test_what_is_no_upload_s_id_is_not_found(client: Client, pk: str) -> None:
    assert client.get(f"/uploads/{pk}/picture").status_code == 404


def test_an_id_in_capitals_is_not_found(client: Client) -> None:
    upload = given(client)
    assert client.get(f"/uploads/{str(upload.pk).upper()}/picture").status_code == 404
