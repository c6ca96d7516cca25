"""How a batch stands after the checks so far: read from its rows, and written back to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from django.db import transaction

from recognizer.checking.assessment import Assessment, assess
from recognizer.checking.checked_batch import CheckedBatch
from recognizer.checking.recalibration import Learned, Normal, Prior, prior_after, prior_of_card
from recognizer.models import POSTPONED, Batch, BatchEstimate, BatchItem, ModelVersion, Prediction

# So many texts get a place of their own in the queue; the others follow by their confidence.
_PLANNED = 200
# Earlier batches of a rule that a new one learns from, each with at least so many checks.
_MOST_EARLIER, _LEAST_CHECKS = 10, 20
# Two people's looks come before everything else: somebody has begun already.
_BEGUN = -1.0
_FIELDS = ("state", "asked", "ask_order")


def estimate_due_batches() -> int:
    """Estimate every batch that is due; returns how many."""
    count = 0
    for batch in Batch.objects.exclude(estimate_due=None).order_by("estimate_due"):
        # First: a check that comes from now on asks for another estimate.
        if Batch.objects.filter(pk=batch.pk).exclude(estimate_due=None).update(estimate_due=None):
            estimate(batch)
            count += 1
    return count


def estimate(batch: Batch) -> BatchEstimate | None:
    """Accept what the checks so far allow, ask for the rest, and note how the batch stands.

    Returns:
        None for a batch in which nothing was read.
    """
    with transaction.atomic():
        # One after the other: two estimates at once would undo each other's rows.
        if not Batch.objects.select_for_update().filter(pk=batch.pk).exists():
            return None
        texts = _Texts.of(batch)
        if not texts.pks:
            return None
        assessment = assess(
            texts.checked, 1 / batch.one_wrong_in, seed=batch.pk.int % 2**32, prior=_prior(batch)
        )
        came_back = _write_back(texts, assessment)
        return _noted(batch, assessment, came_back)


@dataclass(frozen=True)
class _Texts:
    """The texts of a batch, in the order of their places."""

    pks: list[int]
    states: list[str]
    asked: list[str]
    orders: list[float]
    checked: CheckedBatch

    @classmethod
    def of(cls, batch: Batch) -> Self:
        rows = list(_rows_of(batch))
        confidences = np.array([_confidence(row) for row in rows], np.float64)
        was_checked = np.array([row["upload__verified_text"] is not None for row in rows], np.bool_)
        was_right = np.array([_is_right(row) for row in rows], np.bool_)
        return cls(
            [row["pk"] for row in rows],
            [row["state"] for row in rows],
            [row["asked"] for row in rows],
            [row["ask_order"] for row in rows],
            CheckedBatch(confidences, was_checked, was_right),
        )


def _rows_of(batch: Batch) -> Sequence[dict[str, Any]]:
    read = (BatchItem.State.READ, *BatchItem.ASKED_ABOUT)
    prediction = "upload__current_prediction__"
    return list(
        batch.items.filter(state__in=read)
        .order_by("position")
        .values(
            *("pk", "state", "asked", "ask_order", "confidence", "upload__verified_text"),
            *(f"{prediction}{name}" for name in ("text", "value", "value_text", "reason")),
        )
    )


def _confidence(row: dict[str, Any]) -> float:
    """That of the text; 0 where it may be cut short, whatever the reader thinks of it."""
    is_cut = row["upload__current_prediction__reason"] == Prediction.Reason.MORE_WRITING
    return 0.0 if is_cut else float(row["confidence"])


def _is_right(row: dict[str, Any]) -> bool:
    """Whether the machine had the digits that a person says are right."""
    value, text = row["upload__current_prediction__value"], row["upload__current_prediction__text"]
    machine = row["upload__current_prediction__value_text"] if value else text
    return bool(row["upload__verified_text"] == machine)


def _write_back(texts: _Texts, assessment: Assessment) -> int:
    """Change the rows that stand otherwise now; returns how many were accepted and are asked about.

    What a person checked keeps its state; what two people are asked about stays with them.
    """
    planned = {int(place): order for order, place in enumerate(assessment.ask_next(_PLANNED))}
    changed, came_back = [], 0
    for place, pk in enumerate(texts.pks):
        if assessment.batch.checked[place]:
            continue
        item = _standing(texts, assessment, place, planned)
        if item is None:
            continue
        came_back += texts.states[place] == BatchItem.State.READ != item.state
        item.pk = pk
        changed.append(item)
    BatchItem.objects.bulk_update(changed, _FIELDS, batch_size=500)
    return came_back


def _standing(
    texts: _Texts, assessment: Assessment, place: int, planned: dict[int, int]
) -> BatchItem | None:
    """How a text's row should be now; None where it is so already."""
    is_accepted = bool(assessment.acceptance.accepted[place])
    is_audit = bool(assessment.audit.open[place])
    state, asked = texts.states[place], texts.asked[place]
    if is_accepted:
        state = BatchItem.State.READ
    elif state == BatchItem.State.READ:
        state = BatchItem.State.DOUBTFUL
    order = texts.orders[place]
    if asked in (BatchItem.Asked.SECOND, BatchItem.Asked.THIRD):
        order = _BEGUN
    else:
        why = BatchItem.Asked.AUDIT if is_audit else BatchItem.Asked.DOUBTFUL
        asked = why if is_audit or not is_accepted else ""
        if order < POSTPONED:
            after = _PLANNED + 1 - float(assessment.batch.confidences[place])
            order = float(planned.get(place, after))
    now = (state, asked, order)
    if now == (texts.states[place], texts.asked[place], texts.orders[place]):
        return None
    return BatchItem(state=state, asked=asked, ask_order=order)


def _prior(batch: Batch) -> Prior:
    """What is known before any check: by the model's card, and by the rule's earlier batches."""
    version = ModelVersion.objects.active()
    card = version.card if version else {}
    numbers = card.get("both") or card.get("reading") or {}
    prior = prior_of_card(float(numbers.get("calibration_error", 0.0)))
    return prior_after(prior, _earlier(batch)) if batch.rule_id else prior


def _earlier(batch: Batch) -> list[Learned]:
    """What earlier batches of the rule taught, the newest estimate of each."""
    of_rule = BatchEstimate.objects.filter(
        batch__rule=batch.rule_id, batch__created__lt=batch.created, checks__gte=_LEAST_CHECKS
    )
    newest = of_rule.order_by("batch_id", "-created", "-pk").distinct("batch_id")
    return [_learned(each.learned) for each in newest[:_MOST_EARLIER]]


def _learned(data: dict[str, Any]) -> Learned:
    shift, slope = data["shift"], data["log_slope"]
    return Learned(
        Normal(**shift) if shift else None, Normal(**slope) if slope else None, data["floor_share"]
    )


def _noted(batch: Batch, assessment: Assessment, came_back: int) -> BatchEstimate:
    acceptance, audit = assessment.acceptance, assessment.audit
    return BatchEstimate.objects.create(
        batch=batch,
        checks=int(assessment.batch.checked.sum()),
        threshold=acceptance.threshold,
        accepted=acceptance.count,
        to_check=int(acceptance.to_check.sum()),
        audited=audit.done,
        audits_left=int(audit.open.sum()),
        audited_wrong=audit.wrong,
        expected_wrong=acceptance.expected,
        least_wrong=acceptance.interval[0],
        most_wrong=acceptance.interval[1],
        came_back=came_back,
        minutes_left=assessment.minutes_left(),
        learned=asdict(assessment.known.learned()),
    )
