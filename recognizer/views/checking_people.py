"""Who checks a batch: invited and removed by its owner."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recognizer.accounts.owners import owner_of
from recognizer.accounts.throttle import TooManyInvitations, count_invitation
from recognizer.checking.figures import agreement_of, figures_of
from recognizer.checking.people import NobodyThere, OwnBatch, invite, remove
from recognizer.checking.progress import progress_of
from recognizer.forms.accounts import SignedInRequest
from recognizer.forms.checking import InvitationForm
from recognizer.models import Batch
from recognizer.views.checking_access import checkable_batch, signed_in_checker
from recognizer.views.own_batch import own_batch


@require_safe
@signed_in_checker
def checked_batches(request: SignedInRequest) -> HttpResponse:
    """The batches of others that the user may check, the latest invitation first."""
    invited = (
        Batch.objects.checkable_by(owner_of(request))
        .exclude(user=request.user)
        .select_related("user")
        .order_by("-created")
    )
    return render(request, "recognizer/checking/batches.html", {"batches": invited})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_checker
def checking_people(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Who checks the batch; what is posted invites one more."""
    batch = own_batch(request, pk)
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, batch, form, 400 if form.is_bound else 200)
    try:
        count_invitation(request.user)
        checker = invite(batch, form.cleaned_data["name"])
    except (TooManyInvitations, NobodyThere, OwnBatch) as refusal:
        form.add_error("name", str(refusal))
        return _page(request, batch, form, refusal.status)
    sentence = _("%(name)s may check this batch now, and sees nothing else of yours.")
    messages.success(request, sentence % {"name": checker.user})
    return redirect("recognizer:checking_people", batch.pk)


@require_POST
@signed_in_checker
def remove_checker(request: SignedInRequest, pk: UUID, person: int) -> HttpResponse:
    """Let somebody check the batch no more."""
    batch = own_batch(request, pk)
    checker = get_object_or_404(batch.checkers.select_related("user"), pk=person)
    remove(checker)
    sentence = _("%(name)s does not see this batch any more. What was checked is kept.")
    messages.success(request, sentence % {"name": checker.user})
    return redirect("recognizer:checking_people", batch.pk)


@require_POST
@signed_in_checker
def leave_checking(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Check a batch of somebody else no more, of one's own accord."""
    batch = checkable_batch(request, pk)
    if checker := batch.checkers.filter(user=request.user).first():
        remove(checker)
        messages.success(request, _("You do not check this batch any more."))
    return redirect("recognizer:checked_batches")


def _page(
    request: SignedInRequest, batch: Batch, form: InvitationForm, status: int
) -> HttpResponse:
    context = {
        "batch": batch,
        "form": form,
        "checkers": batch.checkers.select_related("user"),
        "progress": progress_of(batch, request.user),
        "figures": figures_of(batch),
        "agreement": agreement_of(batch),
    }
    return render(request, "recognizer/checking/people.html", context, status=status)
