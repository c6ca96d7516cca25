"""The text that a person verified: stored beside the prediction, never in its place."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from recognizer.checking.due import ask_for_estimate
from recognizer.models import BatchItem, Check, Owner, Prediction, Upload, without_signs


@dataclass(frozen=True)
class Said:
    """What a person says of a picture.

    Attributes:
        written: digits with their signs, "|" between lines; empty where there is nothing to read.
        verdict: why it is empty, if there is something after all.
        asked: why the person was asked.
        in_group: whether the digits were confirmed one by one, among others of their kind.
        seconds: from showing the picture to the answer; None if that is not known.
        key: by which the page that sent it knows it; empty where nobody sends it again.
    """

    written: str
    verdict: Upload.Verdict = Upload.Verdict.TEXT
    asked: Check.Asked = Check.Asked.FREELY
    in_group: bool = False
    seconds: float | None = None
    key: str = ""


def verify(upload: Upload, said: Said | str, *, by: Owner) -> Check:
    """Store what a picture says according to a person; its digits are kept beside its signs.

    Args:
        said: a text alone is one that nobody asked for.
    """
    said = Said(said) if isinstance(said, str) else said
    with transaction.atomic():
        check = note(upload, said, by=by)
        settle(upload, said, by=by)
    return check


def note(upload: Upload, said: Said, *, by: Owner) -> Check:
    """Insert what a person said, without making it the verified text."""
    machine = _machine_text(upload.current_prediction)
    digits = without_signs(said.written)
    return Check.objects.create(
        upload=upload,
        user=by.user,
        how=_how(said, machine),
        asked=said.asked,
        verdict=said.verdict,
        written=said.written,
        was_right=None if machine is None else digits == machine,
        confidence=_machine_confidence(upload.current_prediction),
        seconds=said.seconds,
        key=said.key,
    )


def settle(upload: Upload, said: Said, *, by: Owner) -> None:
    """Make what a person said the verified text; nobody has to be asked any more."""
    _store(upload, said, by)


def unverify(upload: Upload) -> None:
    """Remove the verified text: the picture counts as not checked. What was said stays noted."""
    _store(upload, None, None)


def _how(said: Said, machine: str | None) -> Check.How:
    if said.in_group:
        return Check.How.GROUP
    is_same = said.verdict == Upload.Verdict.TEXT and without_signs(said.written) == machine
    return Check.How.CONFIRMED if is_same else Check.How.TYPED


def _machine_text(prediction: Prediction | None) -> str | None:
    """The digits that the machine delivers: those of the value under a rule, or those it read."""
    if prediction is None:
        return None
    return prediction.value_text if prediction.value else prediction.text


def _machine_confidence(prediction: Prediction | None) -> float:
    if prediction is None:
        return 0.0
    return (prediction.value_confidence if prediction.value else prediction.confidence) or 0.0


def _store(upload: Upload, said: Said | None, by: Owner | None) -> None:
    with transaction.atomic():
        # Two people may check one picture at once: the lock lets them write one after the other.
        locked = Upload.objects.select_for_update().get(pk=upload.pk)
        locked.verified_text = without_signs(said.written) if said else None
        locked.verified_written = said.written if said else ""
        locked.verdict = said.verdict if said else Upload.Verdict.TEXT
        locked.verified = timezone.now() if said else None
        locked.verified_by = by.user if by else None
        locked.save(
            update_fields=[
                *("verified_text", "verified_written", "verdict", "verified", "verified_by")
            ]
        )
        _ask_for(upload, is_checked=said is not None)


def _ask_for(upload: Upload, *, is_checked: bool) -> None:
    """Let the picture leave the queue of its batch, or come back to it."""
    items = BatchItem.objects.filter(upload=upload)
    if is_checked:
        items.update(asked="", claimed_by=None, claimed_until=None)
    else:
        items.filter(state__in=BatchItem.ASKED_ABOUT).update(asked=BatchItem.Asked.DOUBTFUL)
    for item in items.select_related("batch"):
        ask_for_estimate(item.batch)
