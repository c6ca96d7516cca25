import json
from dataclasses import replace

from mlmodel.evaluation.report import Measured, as_json, as_markdown
from mlmodel.evaluation.two_readers import Opinions, compare
from tests.mlmodel.cards import make_card
from tests.mlmodel.evaluation.answers import COST, THRESHOLDS, make_answer, make_summary

METERS = make_summary(
    [make_answer("42", "42"), make_answer("17", "11", source="bob")], name="meters"
)
BLANKS = make_summary([make_answer("", "3")], name="blanks", available=2_720)
MEASURED = Measured(make_card(), THRESHOLDS, [METERS, BLANKS], COST)


def test_it_begins_with_the_model_and_one_table_at_a_glance() -> None:
    heading, model, glance, table, *_ = as_markdown(MEASURED).split("\n\n")
    assert heading == "# How well it reads"
    assert MEASURED.card.name in model
    assert (glance, table[:9]) == ("## At a glance", "| what | ")


def test_it_says_what_was_drawn_at_random() -> None:
    report = as_markdown(MEASURED)
    assert "Of the 2,720 pictures of blanks, 1 were drawn at random" in report
    assert "pictures of meters" not in report


def test_every_row_has_as_many_cells_as_its_header() -> None:
    for table in as_markdown(MEASURED).split("\n\n"):
        if table.startswith("|"):
            rows = table.partition("\n#")[0].strip().splitlines()
            assert len({row.count("|") for row in rows}) == 1


def test_it_names_both_thresholds_and_the_reference_set() -> None:
    report = " ".join(as_markdown(MEASURED).split())
    assert (
        "in use, 0.9000, and 0.7000, the highest that still accepts 98 % of single_digits" in report
    )


def test_sets_of_several_sources_have_a_table_of_them() -> None:
    by_source = as_markdown(MEASURED).partition("## By source\n\n")[2]
    assert by_source.startswith("### meters\n\n| source |")
    assert "blanks" not in by_source


def test_sections_without_rows_are_left_out() -> None:
    one_source = make_summary([make_answer("1", "1")])
    report = as_markdown(replace(MEASURED, summaries=[one_source]))
    assert "## By source" not in report
    assert "## Pictures" not in report


def test_pictures_are_linked_by_their_names() -> None:
    report = as_markdown(MEASURED, "plots.png", {"my meters": "my meters-mistakes.jpg"})
    assert "](plots.png)" in report
    assert "- [Surest mistakes in my meters](my%20meters-mistakes.jpg)\n" in report


def test_programs_get_all_numbers() -> None:
    measured = json.loads(as_json(MEASURED))
    meters = measured["sets"][0]
    assert meters["by_source"]["bob"]["hits"] == 0
    assert meters["digits"]["confusion"][7][1] == 1
    assert meters["texts_trust"]["bins"][0]["right"] == 1.0
    assert measured["thresholds"]["reference"] == 0.7
    assert measured["cost"]["strip_milliseconds"] == 6.0


def test_signs_and_readers_have_sections_where_they_were_measured() -> None:
    assert "## As written" not in as_markdown(MEASURED)
    assert "## The two readers" not in as_markdown(MEASURED)
    signs = make_summary([make_answer("15", "15", signs=("1.5", "1.5"))], name="signs")
    readers = {"signs": compare([Opinions("15", "15", "15", "15", is_fast=True)])}
    measured = replace(MEASURED, summaries=[signs], readers=readers)
    assert "| signs | 1 of 1, 100.0 % |" in as_markdown(measured).partition("## As written")[2]
    assert "| signs |" in as_markdown(measured).partition("## The two readers")[2]
    assert json.loads(as_json(measured))["two_readers"]["signs"]["agree"]["hits"] == 1
