"""The rule that a picture's text must satisfy: that of its batch."""

from functools import lru_cache
from typing import Any

from mlmodel.reading import Reading
from mlmodel.rules.field_rule import FieldRule
from mlmodel.rules.typed import why_not
from recognizer.models import BatchItem, SavedRule, Upload

# Where what was read satisfies the rule by itself, and yet is too unlikely to be a value.
IMPLAUSIBLE = "implausible"


def rule_of(upload: Upload) -> FieldRule | None:
    """The rule of the batch that a picture belongs to; None if there is none."""
    if upload.source != Upload.Source.BATCH:
        return None
    of_batch = BatchItem.objects.filter(upload=upload).values_list("batch__rule", flat=True).first()
    return rule_by(of_batch) if of_batch else None


@lru_cache(maxsize=16)
def rule_by(pk: int) -> FieldRule:
    """A saved rule, which never changes; with a long list, making it takes a second."""
    return FieldRule.from_data(SavedRule.objects.get(pk=pk).definition)


def unmet_in(reading: Reading, rule: FieldRule) -> str:
    """Why nothing that was read satisfies the rule, by its code; empty where something does."""
    if reading.under_rule is None or reading.under_rule.is_met or not reading.text:
        return ""
    return why_not(rule, reading.written or reading.text) or IMPLAUSIBLE


def value_fields(reading: Reading) -> dict[str, Any]:
    """The fields of a prediction for the value that was read under a rule."""
    under = reading.under_rule
    if under is None or not under.is_met:
        return {}
    return {
        "value": under.value,
        "value_text": under.text,
        "value_confidence": under.confidence,
        "value_is_sure": under.is_sure,
    }
