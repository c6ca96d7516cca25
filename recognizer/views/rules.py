"""A user's field rules: list, new, edit, try, remove."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mlmodel.rules.field_rule import FieldRule
from mlmodel.rules.typed import value_of, why_not
from recognizer.accounts.owners import owner_of
from recognizer.batches.rules import NameTaken, retire, save_rule
from recognizer.forms.rule import RuleForm
from recognizer.models import SavedRule, as_typed
from recognizer.presentation.rules_in_words import rule_in_words, why_not_in_words
from recognizer.typed_digits import plain_digits

PAGE_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@login_required
def rules(request: HttpRequest) -> HttpResponse:
    shown = [(rule, _words(rule)) for rule in SavedRule.objects.visible_to(owner_of(request))]
    return render(request, "recognizer/rules.html", {"rules": shown})


@require_http_methods(PAGE_METHODS)
@login_required
def new_rule(request: HttpRequest) -> HttpResponse:
    return _edited(request, None)


@require_http_methods(PAGE_METHODS)
@login_required
def edit_rule(request: HttpRequest, pk: int) -> HttpResponse:
    return _edited(request, _own(request, pk))


@require_safe
@login_required
def try_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether a text satisfies the rule, and which value it has."""
    saved = _own(request, pk)
    rule = FieldRule.from_data(saved.definition)
    text = as_typed(plain_digits(request.GET.get("text", "")))[:200]
    wrong = why_not(rule, text) if text else None
    context = {
        "rule": saved,
        "words": rule_in_words(rule),
        "text": text,
        "value": value_of(rule, text) if text else None,
        "wrong": why_not_in_words(wrong) if wrong else "",
    }
    return render(request, "recognizer/try_rule.html", context)


@require_POST
@login_required
def remove_rule(request: HttpRequest, pk: int) -> HttpResponse:
    saved = _own(request, pk)
    retire(saved)
    sentence = _("The rule “%(name)s” is offered no more; batches that use it keep it.")
    messages.success(request, sentence % {"name": saved.name})
    return redirect("recognizer:rules")


def _edited(request: HttpRequest, saved: SavedRule | None) -> HttpResponse:
    is_sent = request.method == "POST"
    given = (request.POST, request.FILES) if is_sent else ()
    form = RuleForm(*given, earlier=saved)
    if is_sent and form.is_valid() and (kept := _saved(request, form, saved)):
        return redirect("recognizer:try_rule", kept.pk)
    context = {"form": form, "rule": saved}
    return render(request, "recognizer/rule.html", context, status=400 if is_sent else 200)


def _saved(request: HttpRequest, form: RuleForm, saved: SavedRule | None) -> SavedRule | None:
    user = owner_of(request).user
    if user is None:
        raise AssertionError("The view lets signed-in users in alone.")
    name, definition = form.cleaned_data["name"], form.rule.to_data()
    try:
        return save_rule(user, name, definition, instead_of=saved)
    except NameTaken:
        form.add_error("name", _("You have another rule of this name."))
        return None


def _words(saved: SavedRule) -> str:
    return " ".join(rule_in_words(FieldRule.from_data(saved.definition)))


def _own(request: HttpRequest, pk: int) -> SavedRule:
    return get_object_or_404(SavedRule.objects.visible_to(owner_of(request)), pk=pk)
