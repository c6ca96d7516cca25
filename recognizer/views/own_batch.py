from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from recognizer.accounts.owners import owner_of
from recognizer.models import Batch


def own_batch(request: HttpRequest, pk: UUID) -> Batch:
    """A batch of the user's own; to everybody else it is as if there were none."""
    return get_object_or_404(Batch.objects.visible_to(owner_of(request)), pk=pk)
