import json

import pytest

from mlmodel.evaluation.answers import AnswersDamaged, as_json, from_json
from tests.mlmodel.evaluation.answers import make_answer


def test_answers_come_back_as_they_were_written() -> None:
    meters = [make_answer("42", "42", 0.9), make_answer("17", "11", 0.8)]
    confidences, right = from_json(as_json("mnist", {"meters": meters}))["meters"]
    assert confidences.tolist() == pytest.approx([0.81, 0.64])
    assert right.tolist() == [True, False]


def test_a_blank_that_was_read_as_blank_is_no_answer() -> None:
    assert from_json(as_json("mnist", {"blank": [make_answer("", "")]})) == {}


def test_what_was_refused_and_what_was_made_up_are_wrong() -> None:
    answers = [make_answer("42", ""), make_answer("", "7", 0.5)]
    confidences, right = from_json(as_json("mnist", {"hard": answers}))["hard"]
    assert confidences.tolist() == [0, 0.5]
    assert not right.any()


def test_nothing_that_was_written_is_in_the_file() -> None:
    written = json.loads(as_json("mnist", {"meters": [make_answer("42", "42", 1.0)]}))
    assert written == {"model": "mnist", "sets": {"meters": [[1.0, True]]}}


@pytest.mark.parametrize("text", ["no JSON", "{}", '{"model": "m", "sets": {"a": [[0.5]]}}'])
def test_it_refuses_what_is_no_answers(text: str) -> None:
    with pytest.raises(AnswersDamaged):
        from_json(text)
