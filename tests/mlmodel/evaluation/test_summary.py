from mlmodel.evaluation.share import Share
from tests.mlmodel.evaluation.answers import make_answer, make_summary


def test_a_text_counts_when_every_digit_is_right() -> None:
    answers = [make_answer("42", "42"), make_answer("42", "47"), make_answer("42", "4")]
    assert make_summary(answers).exact == Share.of(1, 3)


def test_a_blank_picture_counts_when_nothing_is_read() -> None:
    summary = make_summary([make_answer("", ""), make_answer("", "1")])
    assert summary.exact == Share.of(1, 2)
    assert summary.false_accepts.answered == Share.of(1, 2)


def test_pictures_with_digits_are_counted_on_their_own_too() -> None:
    summary = make_summary([make_answer("", ""), make_answer("1", "7")])
    assert summary.exact_with_digits == Share.of(0, 1)


def test_a_refused_picture_is_wrong_even_if_blank() -> None:
    assert make_summary([make_answer("", "", refused=True)]).exact.hits == 0


def test_an_answer_to_a_blank_does_harm_from_a_threshold_on() -> None:
    accepts = make_summary([make_answer("", "1", sure) for sure in (0.95, 0.8, 0.5)]).false_accepts
    assert accepts.answered == Share.of(3, 3)
    assert accepts.at_reference == Share.of(2, 3)
    assert accepts.at_working == Share.of(1, 3)


def test_a_blank_without_an_answer_is_never_accepted() -> None:
    assert make_summary([make_answer("", "")]).false_accepts.answered == Share.of(0, 1)


def test_sources_count_alike_however_many_pictures_they_gave() -> None:
    answers = [make_answer("1", "1", source="ada")] * 3 + [make_answer("1", "7", source="bob")]
    summary = make_summary(answers)
    assert summary.by_source == {"ada": Share.of(3, 3), "bob": Share.of(0, 1)}
    assert summary.mean_of_sources == 0.5


def test_the_mean_of_several_sources_has_an_interval() -> None:
    answers = [make_answer("1", "1", source="ada"), make_answer("1", "7", source="bob")]
    assert make_summary(answers).interval_of_mean == (0.0, 1.0)


def test_a_single_source_says_nothing_of_others() -> None:
    assert make_summary([make_answer("1", "1")]).interval_of_mean is None


def test_trust_is_measured_at_the_working_threshold() -> None:
    answers = [make_answer("1", "1", 0.99), make_answer("1", "7", 0.95), make_answer("1", "1", 0.5)]
    trust = make_summary(answers).texts_trust
    assert (trust.accepted, trust.wrong) == (Share.of(2, 3), Share.of(1, 2))


def test_digits_are_trusted_one_by_one() -> None:
    trust = make_summary([make_answer("123", "124", 0.95)]).digits_trust
    assert trust.wrong == Share.of(1, 3)


def test_blanks_that_were_left_alone_need_no_trust() -> None:
    assert make_summary([make_answer("", "")]).texts_trust.count == 0


def test_it_tells_how_many_pictures_there_were_to_draw_from() -> None:
    summary = make_summary([make_answer("1", "1")], available=9)
    assert (summary.pictures, summary.available) == (1, 9)
