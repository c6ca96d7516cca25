"""Signing up, logging in and out, and what people do with their account."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from recognizer.accounts import own_data
from recognizer.accounts.clients import client_of
from recognizer.accounts.owners import adopt, owner_of
from recognizer.accounts.throttle import TooManySignUps, count_sign_up
from recognizer.forms.accounts import (
    ChangePasswordForm,
    DeleteAccountForm,
    LogInForm,
    NameTaken,
    SignedInRequest,
    SignUpForm,
)
from recognizer.models import Upload
from recognizer.views.own_path import own_path
from recognizer.views.signed_in import why_an_account

PAGE_METHODS = ["GET", "HEAD", "POST"]
BACKEND = "django.contrib.auth.backends.ModelBackend"


@require_http_methods(PAGE_METHODS)
@sensitive_post_parameters()
@never_cache
def sign_up(request: HttpRequest) -> HttpResponse:
    if not settings.SIGN_UP:
        raise Http404("Accounts are made in the administration.")
    if request.user.is_authenticated:
        return _go_on(request)
    form = SignUpForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, "sign_up", form)
    try:
        count_sign_up(client_of(request))
        user = form.sign_up()
    except TooManySignUps as refusal:
        return _later(request, form, refusal)
    except NameTaken:
        return _page(request, "sign_up", form)
    messages.success(request, _("Your account is ready, and you are logged in."))
    return _enter(request, user)


@require_http_methods(PAGE_METHODS)
@sensitive_post_parameters()
@never_cache
def log_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return _go_on(request)
    form = LogInForm(request, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, "log_in", form)
    return _enter(request, form.get_user())


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Log out and end the session: the next one holds nothing of it."""
    logout(request)
    messages.success(request, _("You are logged out."))
    return redirect("recognizer:upload")


@require_http_methods(PAGE_METHODS)
@login_required
@sensitive_post_parameters()
@never_cache
def change_password(request: SignedInRequest) -> HttpResponse:
    form = ChangePasswordForm(request, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, "change_password", form)
    update_session_auth_hash(request, form.save())
    messages.success(
        request, _("Your password is changed. On every other device you are logged out.")
    )
    return redirect("recognizer:my_data")


@require_http_methods(PAGE_METHODS)
@login_required
@sensitive_post_parameters()
@never_cache
def delete_account(request: SignedInRequest) -> HttpResponse:
    if request.user.is_staff:
        # Their log entries in the administration would be deleted too, and perhaps its last user.
        raise PermissionDenied("Accounts of staff are deleted in the administration.")
    form = DeleteAccountForm(request, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        count = Upload.objects.given_by(owner_of(request)).count()
        return _page(request, "delete_account", form, count=count)
    own_data.delete_account(owner_of(request), request.user)
    logout(request)
    messages.success(request, _("Your account and everything in it were deleted."))
    return redirect("recognizer:upload")


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    """Log a user in, and move what this browser gave before to the account."""
    login(request, user, backend=BACKEND)
    if count := adopt(request):
        messages.success(
            request,
            ngettext(
                "%(count)d picture that you gave before came along: it is in your account now.",
                "%(count)d pictures that you gave before came along: they are in your account now.",
                count,
            )
            % {"count": count},
        )
    return _go_on(request)


def _go_on(request: HttpRequest) -> HttpResponse:
    """Redirect to the page that the visitor was on the way to."""
    return HttpResponseRedirect(_next(request) or resolve_url(settings.LOGIN_REDIRECT_URL))


def _next(request: HttpRequest) -> str:
    """The path of that page; empty if the request names none of this site."""
    return own_path(request.POST.get("next", request.GET.get("next", "")))


def _page(
    request: HttpRequest, name: str, form: BaseForm, status: int | None = None, **context: object
) -> HttpResponse:
    """A page with a form; a form that was sent shows its errors."""
    path = _next(request)
    context |= {"form": form, "next": path, "why": why_an_account(path)}
    status = status or (400 if form.is_bound else 200)
    return render(request, f"recognizer/{name}.html", context, status=status)


def _later(request: HttpRequest, form: BaseForm, refusal: TooManySignUps) -> HttpResponse:
    form.add_error(None, str(refusal))
    response = _page(request, "sign_up", form, status=refusal.status)
    response["Retry-After"] = str(refusal.retry_after_s)
    return response
