import pytest

from mlmodel.evaluation.summary import Digits, summarize
from tests.mlmodel.evaluation.answers import make_answer


def test_a_text_counts_when_every_digit_is_right() -> None:
    answers = [make_answer("42", "42"), make_answer("42", "47"), make_answer("42", "4")]
    assert summarize("set", answers, 0.9).exact == 1


def test_a_blank_picture_counts_when_nothing_is_read() -> None:
    summary = summarize("set", [make_answer("", ""), make_answer("", "1")], 0.9)
    assert (summary.exact, summary.empty, summary.answered_empty) == (1, 2, 1)


def test_a_refused_picture_is_wrong_even_if_blank() -> None:
    assert summarize("set", [make_answer("", "", refused=True)], 0.9).exact == 0


def test_only_sure_answers_to_blanks_do_harm() -> None:
    answers = [make_answer("", "1", 0.95), make_answer("", "1", 0.5)]
    assert summarize("set", answers, 0.9).answered_empty_surely == 1


def test_sources_count_alike_however_many_pictures_they_gave() -> None:
    answers = [make_answer("1", "1", source="ada")] * 3 + [make_answer("1", "7", source="bob")]
    summary = summarize("set", answers, 0.9)
    assert (summary.exact_by_source, summary.sources) == (0.5, 2)


def test_digits_are_counted_in_the_shortest_alignment() -> None:
    answers = [make_answer("123", "13"), make_answer("4", "45"), make_answer("6", "0")]
    digits = summarize("set", answers, 0.9).digits
    assert digits == Digits(written=5, right=3, replaced=1, missed=1, invented=1)
    assert digits.accuracy == pytest.approx(0.4)


def test_trust_is_measured_at_the_threshold() -> None:
    answers = [make_answer("1", "1", 0.99), make_answer("1", "7", 0.95), make_answer("1", "1", 0.5)]
    trust = summarize("set", answers, 0.9).texts_trust
    assert trust.accepted == pytest.approx(2 / 3)
    assert trust.wrong_among_accepted == 0.5


def test_digits_are_trusted_one_by_one() -> None:
    trust = summarize("set", [make_answer("123", "124", 0.95)], 0.9).digits_trust
    assert trust.count == 3
    assert trust.wrong_among_accepted == pytest.approx(1 / 3)


def test_blanks_that_were_left_alone_need_no_trust() -> None:
    assert summarize("set", [make_answer("", "")], 0.9).texts_trust.count == 0
