"""The queue of those who check a batch: what each of them is asked next, and what they answer."""

from collections.abc import Collection
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from recognizer.checking.verified_text import Said, note, settle
from recognizer.models import POSTPONED, Batch, BatchItem, Check, Owner, without_signs

# Who was shown a picture has it alone for so long; afterwards, others may be asked about it.
CLAIM = timedelta(minutes=2)
# A picture that two people are asked about is shown to both without what was read, or said before.
BLIND = (BatchItem.Asked.SECOND, BatchItem.Asked.THIRD)


def asked_of(batch: Batch, user: User) -> QuerySet[BatchItem]:
    """The pictures that a user may be asked about now, in their order."""
    now = timezone.now()
    mine = Check.objects.filter(upload=OuterRef("upload"), user=user)
    is_free = Q(claimed_until=None) | Q(claimed_until__lt=now) | Q(claimed_by=user)
    return (
        batch.items.filter(is_free, upload__isnull=False)
        .exclude(asked="")
        # Who typed a text is no second person.
        .exclude(Q(asked__in=BLIND) & Exists(mine))
        .order_by("ask_order", "position")
    )


def claim_next(batch: Batch, user: User, *, after: BatchItem | None = None) -> BatchItem | None:
    """The next picture to ask a user about; nobody else is asked about it for a while.

    Args:
        after: a picture that the user has before their eyes: the one behind it.
    """
    with transaction.atomic():
        waiting = asked_of(batch, user).select_for_update(of=("self",), skip_locked=True)
        if after:
            waiting = waiting.exclude(pk=after.pk)
            behind = waiting.filter(
                Q(ask_order__gt=after.ask_order)
                | Q(ask_order=after.ask_order, position__gt=after.position)
            )
            item = behind.first() or waiting.first()
        else:
            item = waiting.first()
        if item:
            claim(item, user)
        return item


def claim_more(batch: Batch, user: User, held: Collection[int], most: int) -> list[BatchItem]:
    """Pictures for a page that has some already, which stay the user's.

    Args:
        held: the positions of those that the page has.
        most: how many more it wants.
    """
    with transaction.atomic():
        free = asked_of(batch, user)
        mine = free.filter(position__in=held).select_for_update(of=("self",), skip_locked=True)
        waiting = free.exclude(position__in=held)
        more = waiting.select_for_update(of=("self",), skip_locked=True)[:most]
        items = list(more)
        for item in [*mine, *items]:
            claim(item, user)
    return items


def claim(item: BatchItem, user: User) -> None:
    item.claimed_by, item.claimed_until = user, timezone.now() + CLAIM
    item.save(update_fields=["claimed_by", "claimed_until"])


def may_answer(item: BatchItem, user: User) -> bool:
    """Whether nobody else was shown the picture since this user was."""
    is_anothers = item.claimed_by_id not in (None, user.pk)
    is_claimed = item.claimed_until is not None and item.claimed_until > timezone.now()
    return not (is_anothers and is_claimed)


def postpone(item: BatchItem) -> None:
    """Ask about a picture after all others."""
    BatchItem.objects.filter(pk=item.pk).update(
        ask_order=F("ask_order") + POSTPONED, claimed_by=None, claimed_until=None
    )


def answer(item: BatchItem, said: Said, *, by: User) -> Check:
    """Note what a person says, and settle the text if that is enough.

    With double keying, two people have to say the same, and a third decides if they do not.
    """
    with transaction.atomic():
        locked = BatchItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
        upload = locked.upload
        if upload is None:
            raise AssertionError("Only pictures that were stored are asked about.")
        owner = Owner(user=by)
        check = note(upload, said, by=owner)
        following = _asked_next(locked, check)
        if following:
            locked.asked, locked.claimed_by, locked.claimed_until = following, None, None
            locked.save(update_fields=["asked", "claimed_by", "claimed_until"])
        else:
            settle(upload, said, by=owner)
        return check


def _asked_next(item: BatchItem, check: Check) -> str:
    """Why another person has to be asked; empty if nobody has to."""
    if not item.batch.double_keying or item.asked == BatchItem.Asked.THIRD:
        return ""
    earlier = _of_others(item, check)
    if earlier is None:
        return BatchItem.Asked.SECOND
    return "" if is_same(earlier, check) else BatchItem.Asked.THIRD


def _of_others(item: BatchItem, check: Check) -> Check | None:
    """What another person said when they were asked about the picture."""
    asked = Check.objects.filter(upload=item.upload).exclude(asked=Check.Asked.FREELY)
    return asked.exclude(pk=check.pk).exclude(user=check.user).order_by("-created", "-pk").first()


def is_same(one: Check, other: Check) -> bool:
    """Whether two people say the same digits, or the same of a picture without any."""
    return (without_signs(one.written), one.verdict) == (
        without_signs(other.written),
        other.verdict,
    )
