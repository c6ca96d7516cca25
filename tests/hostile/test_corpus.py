"""Every hostile file through the form of the real site; and that a careless site is caught."""

from collections.abc import Sequence

import pytest
from pytest_django import Settings

from tests.faults.report import report
from tests.faults.times import is_long_run
from tests.hostile.case import Case
from tests.hostile.checker import Outcome, check
from tests.hostile.corpus import corpus
from tests.recognizer.storage.test_contract import bucket, moto  # noqa: F401 - fixtures

pytestmark = [
    pytest.mark.django_db,
    # What intake ignores in a server, pytest would raise.
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


# Of each kind some, where a bucket makes every file slower; all in `make faults`.
EACH_ON_A_BUCKET = 1 if is_long_run() else 8


def outcomes(cases: Sequence[Case] | None = None) -> dict[str, Outcome]:
    return {case.subject: check(case, number) for number, case in enumerate(cases or corpus())}


def breaches(found: dict[str, Outcome]) -> dict[str, list[str]]:
    return {subject: outcome.breaches for subject, outcome in found.items() if outcome.breaches}


def test_every_hostile_file_gets_the_answer_that_it_must_get() -> None:
    found = outcomes()
    tell("S1", found)
    assert len(found) == 114
    assert breaches(found) == {}


@pytest.mark.usefixtures("bucket")
def test_a_bucket_gives_no_hostile_file_another_answer() -> None:
    found = outcomes(corpus()[::EACH_ON_A_BUCKET])
    tell("S1-bucket", found)
    assert breaches(found) == {}


def tell(run: str, found: dict[str, Outcome]) -> None:
    report(
        run,
        files=len(found),
        wrong=len(breaches(found)),
        slowest_ms=round(1000 * max(outcome.seconds for outcome in found.values())),
        grown_mb=round(max(outcome.megabytes for outcome in found.values())),
    )


def test_a_site_that_trusts_an_image_field_is_caught(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.hostile.naive"
    wrong = breaches(outcomes())
    taken = {subject for subject, sentences in wrong.items() if "it was taken" in sentences}
    assert taken >= {
        "a TIFF as a PNG",
        "a FITS as a PNG",
        "a PNG with 1 of 64 rows",
        "half a GIF",
        "a PNG of 25 megapixels in 24 kB",
    }
    assert any("its picture holds b'<?php'" in sentences for sentences in wrong.values())
