"""A batch as a table for other programs: a row for each of its pictures, in their order."""

from __future__ import annotations

import heapq
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Set
from operator import itemgetter
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from recognizer.checking.queue import BLIND
from recognizer.models import POSITIONS_OF_A_SOURCE, Batch, BatchItem, BatchSource, Upload
from recognizer.presentation.rules_in_words import why_not_in_words
from recognizer.table_files import Row, Table, time_cell

COLUMNS = (
    "position",
    "name",
    "source",
    "value",
    "text",
    "written",
    "state",
    "changed_by_rule",
    "confidence",
    "reason",
    "checked_by",
    "checked",
    "same_as",
    "link",
    "model",
    "sha256",
)
LIKE_NUMBERS = frozenset(("value", "text", "written"))
ROWS_AT_ONCE = 500
# What is loaded of each picture and of what was read in it: the possibilities of a reading alone
# would be longer than its row.
_NEEDED = (
    "batch",
    "position",
    "name",
    "state",
    "code",
    "refusal",
    "confidence",
    "source__name",
    "same_as__position",
    "upload__sha256",
    "upload__verified_text",
    "upload__verified_written",
    "upload__verdict",
    "upload__verified",
    "upload__verified_by__username",
    "upload__current_prediction__state",
    "upload__current_prediction__reason",
    "upload__current_prediction__text",
    "upload__current_prediction__written",
    "upload__current_prediction__value",
    "upload__current_prediction__value_text",
    "upload__current_prediction__unmet",
    "upload__current_prediction__model_version__name",
)


def table_of(batch: Batch, items: QuerySet[BatchItem], root: str, *, whole: bool) -> Table:
    """The table of a batch's pictures, read from the database while it is written.

    Args:
        items: of this batch, in any order.
        root: the site's address, with which links begin, as in https://example.org.
        whole: whether items are all there are; then files that were refused as a whole, of which
            there is no picture, have a row as well.
    """
    return Table(COLUMNS, LIKE_NUMBERS, _rows(batch, items, root, whole=whole))


def _rows(batch: Batch, items: QuerySet[BatchItem], root: str, *, whole: bool) -> Iterator[Row]:
    places, link = _Places(batch), _link_to_any(root)
    refused = batch.sources.exclude(code="").order_by("number") if whole else ()
    typed = batch.items.filter(upload__checks__asked__in=BLIND).values_list("pk", flat=True)
    twice = frozenset(typed if batch.double_keying else ())
    placed = heapq.merge(
        ((_place_of(item), _row(item, places, twice, link)) for item in _needed(items)),
        ((_place_of_source(source), _refused(source)) for source in refused),
        key=itemgetter(0),
    )
    for place, row in placed:
        # What came after the export had begun is in the next one.
        if number := places.number_of(place):
            yield (number, *row)


def _needed(items: QuerySet[BatchItem]) -> Iterator[BatchItem]:
    related = ("source", "same_as", "upload__verified_by")
    loaded = items.select_related(*related, "upload__current_prediction__model_version")
    return loaded.only(*_NEEDED).order_by("position").iterator(ROWS_AT_ONCE)


class _Places:
    """The pictures' numbers in their batch, from 1, whichever of them are exported.

    Eight bytes a picture: 100,000 of them take less than a megabyte.
    """

    def __init__(self, batch: Batch) -> None:
        pictures = batch.items.order_by("position").values_list("position", flat=True)
        refused = batch.sources.exclude(code="").order_by("number")
        self._places = array(
            "q",
            heapq.merge(
                (2 * position for position in pictures.iterator(10_000)),
                (_place_of_source(source) for source in refused.only("number", "next_member")),
            ),
        )

    def number_of(self, place: int) -> int | None:
        """The number of a picture that there was when the export began."""
        index = bisect_left(self._places, place)
        is_known = index < len(self._places) and self._places[index] == place
        return index + 1 if is_known else None


def _place_of(item: BatchItem) -> int:
    return 2 * item.position


def _place_of_source(source: BatchSource) -> int:
    """After the pictures that were taken out of the file before it was refused."""
    return 2 * (source.number * POSITIONS_OF_A_SOURCE + source.next_member) + 1


def _link_to_any(root: str) -> str:
    """The address of a picture's page, with {} for the picture's id.

    Asked for once: it would take a quarter of each row's time.
    """
    nobody = UUID(int=0)
    return root + reverse("recognizer:result", args=[nobody]).replace(str(nobody), "{}")


def _row(item: BatchItem, places: _Places, twice: Set[int], link: str) -> Row:
    """The values of COLUMNS but the first.

    Args:
        twice: the keys of pictures that two people have typed.
    """
    upload = item.upload
    prediction = upload.current_prediction if upload else None
    checker = upload.verified_by if upload else None
    version = prediction.model_version if prediction else None
    return (
        item.name,
        item.source.name,
        _value(item),
        prediction.text if prediction else "",
        prediction.as_written if prediction else "",
        _state(item, twice),
        "yes" if prediction and prediction.is_changed_by_rule else "no",
        item.confidence if prediction and prediction.text else None,
        _reason(item),
        checker.username if checker else "",
        time_cell(upload.verified) if upload else None,
        places.number_of(_place_of(item.same_as)) if item.same_as else None,
        link.format(upload.pk) if upload else "",
        version.name if version else "",
        upload.sha256 if upload else "",
    )


def _value(item: BatchItem) -> str:
    """What a person says is right; else what satisfies the rule; without a rule, what was read."""
    upload = item.upload
    prediction = upload.current_prediction if upload else None
    if upload and upload.verified_text is not None:
        return upload.verified_as_written or ""
    if prediction is None or prediction.value:
        return prediction.value if prediction else ""
    return "" if item.batch.rule_id else prediction.as_written


def _state(item: BatchItem, twice: Set[int]) -> str:
    """By whom the value is; else why there is none that needs no person."""
    upload = item.upload
    if upload and upload.verified_text is not None:
        return "by_two_people" if item.pk in twice else "by_person"
    if item.state != BatchItem.State.READ:
        return item.state
    prediction = upload.current_prediction if upload else None
    return "by_rule" if prediction and prediction.is_changed_by_rule else "by_machine"


def _reason(item: BatchItem) -> str:
    """Why it was refused, failed or is in doubt, in a sentence where there is one."""
    prediction = item.upload.current_prediction if item.upload else None
    if item.upload and item.upload.verdict != Upload.Verdict.TEXT:
        return str(item.upload.get_verdict_display())
    if item.refusal or prediction is None:
        return item.refusal or item.code
    if prediction.unmet:
        return why_not_in_words(prediction.unmet)
    return str(prediction.get_reason_display()) if prediction.reason else item.code


def _refused(source: BatchSource) -> Row:
    """The row of a file that was refused as a whole."""
    answers = {
        "name": source.name,
        "source": source.name,
        "state": BatchItem.State.REFUSED,
        "changed_by_rule": "no",
        "reason": source.refusal,
        "sha256": source.sha256,
    }
    return tuple(answers.get(column) for column in COLUMNS[1:])
