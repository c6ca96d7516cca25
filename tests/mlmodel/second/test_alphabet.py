from mlmodel.second.alphabet import CHARACTERS, CLASSES, NONE, OTHER, classes_of


def read_back(written: str) -> str:
    return "".join(CHARACTERS[one] for one in classes_of(written))


def test_digits_and_signs_are_told_apart() -> None:
    assert read_back("12.50,-/=+:()'") == "12.50,-/=+:()'"


def test_spaces_are_left_out() -> None:
    assert read_back(" 1 000 ") == "1000"


def test_a_word_is_one_character() -> None:
    assert read_back("Fr 12 net") == f"{OTHER}12{OTHER}"


def test_signs_that_are_written_in_several_ways_are_one() -> None:
    assert read_back("1\N{RIGHT SINGLE QUOTATION MARK}000 \N{EM DASH}[3]") == "1'000-(3)"


def test_none_is_the_last_class() -> None:
    assert NONE == len(CHARACTERS) == CLASSES - 1
