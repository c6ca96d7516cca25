"""Answers as they come from pages: perhaps twice, perhaps late, perhaps to say it otherwise."""

from dataclasses import replace

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from recognizer.checking.queue import BLIND, answer, may_answer, postpone
from recognizer.checking.verified_text import Said
from recognizer.models import BatchItem, Check
from recognizer.refusals import Refusal


class SomebodyElseHasIt(Refusal):
    code = "somebody_else_has_it"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            _("You were away for a while, and this picture is with somebody else now.")
        )


class NotAskedAnyMore(Refusal):
    code = "not_asked_any_more"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("This picture was answered meanwhile: nobody is asked about it."))


def take_answer(item: BatchItem, said: Said, *, by: User) -> Check:
    """Take what a person says of a picture of a batch.

    What comes twice, by its key, is taken once. Who was the last to say something of the picture
    may say it otherwise.

    Raises:
        SomebodyElseHasIt: the person's time is over, and somebody else was shown the picture.
        NotAskedAnyMore: others have answered meanwhile.
    """
    with transaction.atomic():
        locked = BatchItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
        if said.key and (taken := Check.objects.filter(user=by, key=said.key).first()):
            return taken
        last = Check.objects.filter(upload=locked.upload).order_by("-created", "-pk").first()
        if last and last.user_id == by.pk and last.asked != Check.Asked.FREELY:
            # They are asked anew for what they were asked then: as if they had not answered yet.
            locked.asked = last.asked
            locked.save(update_fields=["asked"])
        else:
            _require_turn(locked, by)
        return answer(locked, replace(said, asked=Check.Asked(locked.asked)), by=by)


def put_off(item: BatchItem, *, by: User) -> None:
    """Ask a person about a picture after all others, unless it is with somebody else now."""
    with transaction.atomic():
        locked = BatchItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
        if locked.asked and may_answer(locked, by):
            postpone(locked)


def _require_turn(item: BatchItem, user: User) -> None:
    has_typed = Check.objects.filter(upload=item.upload, user=user).exists()
    if not item.asked or (item.asked in BLIND and has_typed):
        raise NotAskedAnyMore
    if not may_answer(item, user):
        raise SomebodyElseHasIt
