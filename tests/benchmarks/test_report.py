from benchmarks.recognizer import PLAIN
from benchmarks.report import Reading, exact_table, sheets_table, times_table
from benchmarks.whole_rapidocr import WHOLE_WAYS

ALONE, WHOLE = PLAIN.name, WHOLE_WAYS[0].name


def reading(written: str, alone: str, whole: str = "") -> Reading:
    return Reading("a/0.png", written, {ALONE: alone, WHOLE: whole}, {ALONE: 20.0, WHOLE: 400.0})


def test_signs_do_not_count() -> None:
    assert reading("125", alone="12.5=").right(ALONE)
    assert not reading("125", alone="12").right(ALONE)


def test_lines_count_where_a_way_tells_them() -> None:
    sheet = reading("12|5", alone="125", whole="12|5")
    assert not sheet.right(ALONE)
    assert sheet.right(WHOLE)
    assert not reading("125", alone="", whole="12|5").right(WHOLE)


def test_pictures_without_digits_are_also_told_apart() -> None:
    readings = {
        "a": [reading("1", "1"), reading("2", "7"), reading("", "")],
        "b": [reading("3", "3")],
    }
    rows = exact_table(readings, [ALONE]).splitlines()[2:]
    assert rows == [
        "| a | 3 | 66.7 % | 66.7 % |",
        "| b | 1 | 100.0 % | 100.0 % |",
        "| a, with digits | 2 | 50.0 % | 50.0 % |",
        "| a, without digits | 1 | 100.0 % | 100.0 % |",
        "| mean of the sets |  | 83.3 % | 83.3 % |",
    ]


def test_the_best_way_is_that_of_each_set() -> None:
    readings = {"a": [reading("1", "1", "7")], "b": [reading("2", "7", "2")]}
    assert (
        exact_table(readings, [ALONE, WHOLE])
        .splitlines()[-1]
        .endswith("| 50.0 % | 50.0 % | 100.0 % |")
    )


def test_sheets_show_what_was_read_wrongly() -> None:
    readings = {"a": [reading("12|3", "", "12"), reading("12|3", "", "12|3"), reading("4", "")]}
    assert sheets_table(readings, [WHOLE]).splitlines()[2:] == [
        "| a/0.png | `12 3` | `12` |",
        "| a/0.png | `12 3` | right |",
    ]


def test_times_are_medians() -> None:
    assert times_table({"a": [reading("1", "1")] * 3}).splitlines()[-1] == "| a | 20 | 400 |"


def test_a_way_that_only_some_pictures_were_asked_in_is_not_timed() -> None:
    alone = Reading("a/1.png", "1", {ALONE: "1"}, {ALONE: 30.0})
    assert times_table({"a": [reading("1", "1"), alone]}).splitlines()[-1] == "| a | 25 |"
