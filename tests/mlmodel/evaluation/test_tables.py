from dataclasses import replace

from mlmodel.evaluation.tables import (
    digits_table,
    false_accepts_table,
    glance_table,
    readers_table,
    sources_table,
    texts_table,
    trust_table,
    written_table,
)
from mlmodel.evaluation.two_readers import Opinions, compare
from tests.mlmodel.evaluation.answers import COST, THRESHOLDS, make_answer, make_summary

METERS = make_summary(
    [make_answer("42", "42"), make_answer("17", "11", source="bob")], name="meters"
)
BLANKS = make_summary([make_answer("", "3", 0.8)], name="blanks")


def test_the_glance_begins_with_the_share_of_exact_texts() -> None:
    table = glance_table([METERS, BLANKS], THRESHOLDS, COST)
    assert table.splitlines()[2] == "| meters, exact | 1 of 2, 50.0 % | 1.3 % to 98.7 % |"


def test_the_glance_holds_false_accepts_at_both_thresholds() -> None:
    table = glance_table([METERS, BLANKS], THRESHOLDS, COST)
    assert "| blanks, false accepts from 0.9000 | 0 of 1, 0.0 % |" in table
    assert "| blanks, false accepts from 0.7000 | 1 of 1, 100.0 % |" in table
    assert "meters, false" not in table


def test_the_glance_holds_times_and_memory() -> None:
    table = glance_table([METERS], THRESHOLDS, COST)
    assert "| time for a line of 8 digits | 6.0 ms |  |" in table
    assert "| memory of a process that reads | 150 MB |  |" in table


def test_memory_that_is_not_known_is_left_out() -> None:
    table = glance_table([METERS], THRESHOLDS, replace(COST, resident_megabytes=None))
    assert "memory" not in table


def test_whole_texts_have_a_row_a_set() -> None:
    meters, blanks = texts_table([METERS, BLANKS]).splitlines()[2:]
    share = "1 of 2, 50.0 % | 1.3 % to 98.7 %"
    assert meters == f"| meters | {share} | {share} | 50.0 % (2) | 0.0 % to 100.0 % | 5 |"
    assert blanks == "| blanks | 0 of 1, 0.0 % | 0.0 % to 97.5 % |  |  | 0.0 % (1) |  | 5 |"


def test_only_sets_with_digits_are_counted_digit_by_digit() -> None:
    assert digits_table([METERS, BLANKS]).splitlines()[2:] == [
        "| meters | 3 of 4, 75.0 % | 19.4 % to 99.4 % | 1 | 0 | 0 | 75.0 % |"
    ]


def test_trust_comes_with_the_interval_of_the_wrong_ones() -> None:
    [row] = trust_table([METERS], lambda summary: summary.digits_trust).splitlines()[2:]
    assert " | 100.0 % | 1 of 4, 25.0 % | 0.6 % to 80.6 % | 0.2500 | 25.50 % |" in row


def test_where_nothing_is_written_there_is_no_trust_to_measure() -> None:
    table = trust_table([BLANKS], lambda summary: summary.texts_trust)
    assert len(table.splitlines()) == 2


def test_the_glance_holds_the_mean_calibration_error_of_sets_with_digits() -> None:
    of_all = glance_table([METERS, METERS, BLANKS], THRESHOLDS, COST)
    error = METERS.digits_trust.calibration_error
    assert f"| ECE of digits, mean of the sets | {error * 100:.2f} % |  |" in of_all


def test_only_sets_with_blanks_have_false_accepts() -> None:
    [row] = false_accepts_table([METERS, BLANKS], THRESHOLDS).splitlines()[2:]
    all_of_one, none_of_one = "1 of 1, 100.0 %", "0 of 1, 0.0 % | 0.0 % to 97.5 %"
    assert row == f"| blanks | {all_of_one} | {none_of_one} | {all_of_one} | 2.5 % to 100.0 % |"


def test_every_source_has_a_row() -> None:
    assert [row.split(" | ")[0] for row in sources_table(METERS).splitlines()[2:]] == [
        "| ada",
        "| bob",
    ]


def test_a_bar_in_a_name_does_not_end_its_cell() -> None:
    barred = make_summary([make_answer("1", "1", source="a|b")])
    assert r"| a\|b | 1 of 1" in sources_table(barred)


def test_shares_of_many_are_told_to_a_hundredth_of_a_percent() -> None:
    many = make_summary([make_answer("1", "1")] * 1_000)
    assert "1,000 of 1,000, 100.00 % | 99.63 % to 100.00 % |" in sources_table(many)


def test_signs_are_measured_where_pictures_tell_them() -> None:
    signs = make_summary(
        [
            make_answer("125", "125", signs=("1.25", "1.25")),
            make_answer("125", "125", signs=("1.25", "125")),
            make_answer("125", "175", signs=("1.25", "1.75")),
        ],
        name="amounts",
    )
    [row] = written_table([METERS, signs]).splitlines()[2:]
    assert row == (
        "| amounts | 2 of 3, 66.7 % | 1 of 3, 33.3 % | 0.8 % to 90.6 % | 1 of 2, 50.0 % |"
    )


def test_the_readers_have_a_row_a_set() -> None:
    readers = compare([Opinions("1", "1", "7", "1", is_fast=False)])
    [row] = readers_table({"meters": readers}).splitlines()[2:]
    assert row.startswith("| meters | 1 of 1, 100.0 % | 0 of 1, 0.0 % | 1 of 1, 100.0 % |")
    header, _, only = readers_table({"meters": readers}).splitlines()
    assert header.count("|") == only.count("|")
