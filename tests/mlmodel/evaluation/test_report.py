import json

from mlmodel.evaluation.report import as_json, as_markdown
from mlmodel.evaluation.summary import summarize
from tests.mlmodel.cards import make_card
from tests.mlmodel.evaluation.answers import make_answer

SUMMARIES = [
    summarize("meters", [make_answer("42", "42"), make_answer("17", "11")], 0.9),
    summarize("blanks", [make_answer("", "3")], 0.9),
]


def test_the_tables_hold_every_set() -> None:
    report = as_markdown(make_card(), 0.9, SUMMARIES)
    assert "| meters | 1 of 2, 50.0 % | 1.3 % to 98.7 % | 50.0 % (1) | 75.0 % | 5 |" in report
    assert "| blanks | 1 | 1, 100.0 % | 1, 100.0 % |" in report


def test_every_row_has_as_many_cells_as_its_header() -> None:
    report = as_markdown(make_card(), 0.9, SUMMARIES)
    for table in report.split("\n\n"):
        if table.startswith("|"):
            assert len({line.count("|") for line in table.strip().splitlines()}) == 1


def test_programs_get_all_numbers() -> None:
    measured = json.loads(as_json(make_card(), 0.9, SUMMARIES))
    assert [one["name"] for one in measured["sets"]] == ["meters", "blanks"]
    assert measured["sets"][0]["digits"]["replaced"] == 1
    assert measured["sets"][0]["digit_accuracy"] == 0.75
