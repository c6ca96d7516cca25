"""Which batch a request may check: one's own, or one that its owner lets one check."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from recognizer.accounts.owners import owner_of
from recognizer.forms.accounts import SignedInRequest
from recognizer.models import Batch
from recognizer.views.signed_in import signed_in_or_back_to

signed_in_checker = signed_in_or_back_to("recognizer:checked_batches")


def checkable_batch(request: SignedInRequest, pk: UUID) -> Batch:
    """A batch that the user may check; to everybody else it is as if there were none."""
    batches = Batch.objects.checkable_by(owner_of(request)).select_related("rule", "user")
    return get_object_or_404(batches, pk=pk)
