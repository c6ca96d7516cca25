"""Digits that were read as the same, checked many at once: what is odd among them stands out."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import SystemRandom

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from recognizer.checking.answers import NotAskedAnyMore, SomebodyElseHasIt, take_answer
from recognizer.checking.verified_text import Said
from recognizer.models import (
    Batch,
    BatchItem,
    DigitCheck,
    DigitPrediction,
    GroupClaim,
    KnownAnswer,
    Prediction,
)

# Who was given a sheet has the digits of its value alone for so long.
GROUP_CLAIM = timedelta(minutes=5)
MOST_DIGITS = 60
# One digit in so many has a known answer, and is another one: enough to measure who looks away,
# few enough to cost them little.
ONE_KNOWN_IN = 15
# A digit that was read as surely as this is what it was read as, in all but one of 1,000.
_KNOWN_FROM = 0.999
# What somebody says of a digit: nothing if it is right, another value, or this if it is none.
NO_DIGIT = "-"
_KNOWN_CHOSEN_FROM = 300
_random = SystemRandom()


@dataclass(frozen=True)
class Noted:
    """What came of a sheet: digits that were noted, of them odd ones, and how the person did."""

    digits: int
    odd: int
    known: int
    found: int


def waiting_digits(batch: Batch, user: User) -> QuerySet[DigitPrediction]:
    """The digits of a batch that a user may be asked about in groups, the doubtful first.

    Of a text that the rule changed, the digits are not those that were read; and where there is
    more writing than was read, the digits are not all there is. Such pictures are checked whole.
    """
    if batch.double_keying:
        return DigitPrediction.objects.none()
    checks = DigitCheck.objects.filter(digit=OuterRef("pk"))
    no_digits = DigitCheck.objects.filter(digit__prediction=OuterRef("prediction"), value=None)
    return (
        _current_digits(batch)
        .filter(
            _is_unchanged(),
            ~Exists(checks),
            ~Exists(no_digits),
            _is_free(user),
            prediction__upload__batch_item__asked__in=_ASKED,
            prediction__reason="",
            prediction__unmet="",
            prediction__passed_over=[],
        )
        .order_by("confidence", "pk")
    )


def counts(batch: Batch, user: User) -> dict[int, int]:
    """How many digits wait in each group, 0 to 9."""
    found = waiting_digits(batch, user).order_by().values_list("value").annotate(Count("pk"))
    return dict.fromkeys(range(10), 0) | dict(found)


def sheet(batch: Batch, value: int, user: User) -> list[DigitPrediction]:
    """Digits that were read as a value, the doubtful first, and some others with known answers.

    The user has to hold the group: see `claim_group`.
    """
    digits = list(_with_picture(waiting_digits(batch, user).filter(value=value))[:MOST_DIGITS])
    for digit in _known(batch, value, -(-len(digits) // ONE_KNOWN_IN)):
        digits.insert(_random.randrange(len(digits) + 1), digit)
    return digits


def sheet_again(batch: Batch, pks: Collection[int]) -> list[DigitPrediction]:
    """The digits of a sheet that was sent, in their order, to show them once more."""
    digits = _with_picture(_current_digits(batch)).in_bulk(pks)
    return [digits[pk] for pk in pks if pk in digits]


def claim_group(batch: Batch, value: int, user: User) -> bool:
    """Give the digits of a value to a user for a while, unless somebody else has them."""
    now = timezone.now()
    until = now + GROUP_CLAIM
    _claim, is_new = GroupClaim.objects.get_or_create(
        batch=batch, value=value, defaults={"user": user, "until": until}
    )
    mine = GroupClaim.objects.filter(Q(user=user) | Q(until__lt=now), batch=batch, value=value)
    return is_new or bool(mine.update(user=user, until=until))


def held_by_others(batch: Batch, user: User) -> set[int]:
    """The values whose digits others have before them."""
    others = batch.group_claims.exclude(user=user).filter(until__gte=timezone.now())
    return set(others.values_list("value", flat=True))


def take_sheet(batch: Batch, value: int, said: Mapping[int, str], *, by: User) -> Noted:
    """Note what a person says of the digits of a sheet. Coming twice, it counts once.

    A text whose digits all have a value becomes a check of the person who gave the last of them.

    Args:
        said: by the digit's id: empty if it is right, its value, or NO_DIGIT.
    """
    with transaction.atomic():
        # One sheet of a group at a time, so that what comes twice is noticed.
        GroupClaim.objects.select_for_update().filter(batch=batch, value=value).first()
        asked = _with_picture(_current_digits(batch)).filter(
            pk__in=said, value=value, prediction__upload__batch_item__asked__in=_ASKED
        )
        digits = list(asked)
        noted = DigitCheck.objects.filter(digit__in=digits, user=by)
        is_new = noted.count() < len(digits)
        DigitCheck.objects.bulk_create(
            (
                DigitCheck(digit=digit, user=by, value=_value_of(said[digit.pk], value))
                for digit in digits
            ),
            update_conflicts=True,
            unique_fields=["digit", "user"],
            update_fields=["value"],
        )
        known = _measure(batch, value, said, by=by) if is_new else []
    for prediction in {digit.prediction_id: digit.prediction for digit in digits}.values():
        _settle_if_whole(prediction, by)
    return Noted(
        digits=len(digits),
        odd=sum(bool(said[digit.pk]) for digit in digits),
        known=len(known),
        found=sum(answer.was_right for answer in known),
    )


_ASKED = (BatchItem.Asked.DOUBTFUL, BatchItem.Asked.AUDIT)


def _current_digits(batch: Batch) -> QuerySet[DigitPrediction]:
    return DigitPrediction.objects.filter(
        prediction__upload__batch_item__batch=batch,
        prediction__upload__stored__isnull=False,
        prediction__upload__current_prediction=F("prediction"),
    )


def _is_unchanged() -> Q:
    return Q(prediction__value="") | Q(prediction__value_text=F("prediction__text"))


def _is_free(user: User) -> Q:
    """Whether nobody else has the whole picture before them."""
    item = "prediction__upload__batch_item"
    return (
        Q(**{f"{item}__claimed_until": None})
        | Q(**{f"{item}__claimed_until__lt": timezone.now()})
        | Q(**{f"{item}__claimed_by": user})
    )


def _with_picture(digits: QuerySet[DigitPrediction]) -> QuerySet[DigitPrediction]:
    return digits.select_related("prediction__upload__batch_item")


def _known(batch: Batch, value: int, count: int) -> list[DigitPrediction]:
    """Digits that are known to be others than the value."""
    known = _with_picture(_known_digits(batch).exclude(value=value))
    found = list(known.order_by("-prediction__upload__verified", "-pk")[:_KNOWN_CHOSEN_FROM])
    return _random.sample(found, min(count, len(found)))


def _known_digits(batch: Batch) -> QuerySet[DigitPrediction]:
    """Digits whose value a person verified, or that were read without a doubt."""
    is_verified = Q(prediction__upload__verified_text=F("prediction__text"))
    is_sure = Q(
        confidence__gte=_KNOWN_FROM,
        prediction__state=Prediction.State.READ,
        prediction__upload__verified_text=None,
        prediction__upload__batch_item__asked="",
    )
    return _current_digits(batch).filter(is_verified | is_sure)


def _value_of(text: str, value: int) -> int | None:
    if not text:
        return value
    return None if text == NO_DIGIT else int(text)


def _measure(batch: Batch, value: int, said: Mapping[int, str], *, by: User) -> list[KnownAnswer]:
    known = _known_digits(batch).exclude(value=value).filter(pk__in=said)
    return KnownAnswer.objects.bulk_create(
        KnownAnswer(
            batch=batch,
            user=by,
            shown_as=value,
            truth=digit.value,
            was_right=said[digit.pk] == str(digit.value),
        )
        for digit in known
    )


def _settle_if_whole(prediction: Prediction, user: User) -> None:
    """Verify a text of which somebody said what each digit is."""
    digits = list(prediction.digits.all())
    values = _values_said(digits)
    if any(values.get(digit.pk) is None for digit in digits):
        return
    said = Said(
        _with_values(prediction.as_written, [values[digit.pk] for digit in digits]),
        in_group=True,
        key=f"digits of {prediction.pk}",
    )
    try:
        take_answer(prediction.upload.batch_item, said, by=user)
    except (SomebodyElseHasIt, NotAskedAnyMore):
        # Somebody looks at the whole picture, or has done so: that counts for more.
        return


def _values_said(digits: Iterable[DigitPrediction]) -> dict[int, int | None]:
    """What was said last of each digit."""
    checks = DigitCheck.objects.filter(digit__in=list(digits)).order_by("created", "pk")
    return {check.digit_id: check.value for check in checks}


def _with_values(written: str, values: Iterable[int | None]) -> str:
    """The text with other digits, and with its signs where they were."""
    following = iter(values)
    return "".join(
        str(next(following)) if character.isdigit() else character for character in written
    )
