"""Who may check a batch: its owner, and the users whom the owner invites."""

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from recognizer.models import Batch, BatchChecker
from recognizer.refusals import Refusal


class NobodyThere(Refusal):
    """There is no such user, or none who may log in: which of both is nobody's business."""

    code = "nobody_there"
    status = 400

    def __init__(self) -> None:
        super().__init__(
            _("Nobody can be invited by this name. Write it exactly as it was at signing up.")
        )


class OwnBatch(Refusal):
    code = "own_batch"
    status = 400

    def __init__(self) -> None:
        super().__init__(_("This batch is yours: you may check it anyway."))


def invite(batch: Batch, name: str) -> BatchChecker:
    """Let a user check a batch; inviting somebody twice changes nothing.

    Raises:
        NobodyThere: nobody may log in by this name.
        OwnBatch: the name is that of the batch's owner.
    """
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise NobodyThere
    if user.pk == batch.user_id:
        raise OwnBatch
    checker, _created = BatchChecker.objects.get_or_create(batch=batch, user=user)
    return checker


def remove(checker: BatchChecker) -> None:
    """Let somebody check a batch no more. What they said stays, and what they hold is free."""
    batch = checker.batch
    batch.items.filter(claimed_by=checker.user_id).update(claimed_by=None, claimed_until=None)
    checker.delete()
