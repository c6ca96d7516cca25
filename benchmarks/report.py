"""What was read in the pictures, as tables in Markdown and as figures for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from statistics import fmean, median

from benchmarks.ctc import digits_of
from benchmarks.rapidocr_models import RECOGNIZER_SHA256
from benchmarks.recognizer import WAYS
from benchmarks.whole_rapidocr import WHOLE_WAYS
from mlmodel.evaluation.share import Share

_PACKAGES = ("rapidocr", "onnxruntime", "opencv-python-headless", "pillow", "numpy")
_INTRODUCTION = """Shares of pictures in which every digit is read, and none too many; signs do not
count. Read with {}. README.md of benchmarks/ says what the ways of asking are.
"""
_ALONE = [way.name for way in WAYS]
_WHOLE = [way.name for way in WHOLE_WAYS]


@dataclass(frozen=True)
class Reading:
    """What was read in one picture.

    Attributes:
        picture: the names of its set and of itself, "set/name".
        written: the digits that are written there, "|" between lines.
        texts: by the name of the way, what was read. The recognizer alone knows no lines and gives
            signs as well; RapidOCR as a whole gives digits, and "|" between lines.
        ms: by the name of the way, how long that took, for the ways that are timed.
    """

    picture: str
    written: str
    texts: Mapping[str, str]
    ms: Mapping[str, float]

    def right(self, way: str) -> bool:
        """Whether every digit is right and none is missing, too many, or on a wrong line."""
        text = self.texts[way]
        return self.written == (text if way in _WHOLE else digits_of(text))


Readings = Mapping[str, Sequence[Reading]]  # by the names of the sets


def as_markdown(readings: Readings) -> str:
    """The tables, and how they were made."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    parts = ["# PP-OCRv6 small\n", _INTRODUCTION.format(packages)]
    parts += ["## The recognizer alone, on the whole picture\n", exact_table(readings, _ALONE)]
    if whole := _asked_everywhere(readings, _WHOLE):
        parts += ["## RapidOCR, which looks for lines first\n", exact_table(readings, whole)]
    if any("|" in one.written for of in readings.values() for one in of):
        parts += ["## RapidOCR on pictures of several lines\n", sheets_table(readings, _WHOLE)]
    parts += ["## Time on one core\n", times_table(readings)]
    return "\n".join(parts)


def measures(readings: Readings) -> dict[str, object]:
    """All figures, for programs."""
    names = _asked_everywhere(readings, _ALONE + _WHOLE)
    return {
        "recognizer_sha256": RECOGNIZER_SHA256,
        "packages": {name: version(name) for name in _PACKAGES},
        "ways": [asdict(way) for way in (*WAYS, *WHOLE_WAYS) if way.name in names],
        "exact": {
            name: {way: asdict(Share.of_true(one.right(way) for one in of)) for way in names}
            for name, of in readings.items()
        },
    }


def exact_table(readings: Readings, ways: Sequence[str]) -> str:
    """The share of texts that are right, one row per set, one column per way, and the best."""
    rows = [_row(name, of, ways) for name, of in readings.items()]
    for name, of in readings.items():
        written = [one for one in of if one.written]
        blank = [one for one in of if not one.written]
        if written and blank:
            rows += [_row(f"{name}, with digits", written, ways)]
            rows += [_row(f"{name}, without digits", blank, ways)]
    by_set = [[_share(of, way) for way in ways] for of in readings.values()]
    means = [fmean(of_way) for of_way in zip(*by_set, strict=True)]
    best = fmean(max(of_set) for of_set in by_set)
    rows += [["mean of the sets", "", *map(_percent, means), _percent(best)]]
    return _table(["pictures", "number", *ways, "best"], rows)


def times_table(readings: Readings) -> str:
    """The median milliseconds from pixels to text of the ways that were timed, one row per set."""
    asked = _asked_everywhere(readings, _ALONE + _WHOLE)
    timed = [way for way in asked if all(way in of[0].ms for of in readings.values())]
    rows = [
        [name, *(f"{median(one.ms[way] for one in of):.0f}" for way in timed)]
        for name, of in readings.items()
    ]
    return _table(["median ms", *timed], rows)


def sheets_table(readings: Readings, ways: Sequence[str]) -> str:
    """What is read in pictures of several lines, one row per picture."""
    rows = [
        [one.picture, _code(one.written), *(_judged(one, way) for way in ways)]
        for of in readings.values()
        for one in of
        if "|" in one.written
    ]
    return _table(["sheet", "written", *ways], rows)


def _asked_everywhere(readings: Readings, ways: Sequence[str]) -> list[str]:
    """Those of the ways in which every picture was read."""
    return [way for way in ways if all(way in one.texts for of in readings.values() for one in of)]


def _row(name: str, readings: Sequence[Reading], ways: Sequence[str]) -> list[str]:
    shares = [_share(readings, way) for way in ways]
    return [name, f"{len(readings):,}", *map(_percent, shares), _percent(max(shares))]


def _share(readings: Sequence[Reading], way: str) -> float:
    return fmean(one.right(way) for one in readings)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _judged(reading: Reading, way: str) -> str:
    return "right" if reading.right(way) else _code(reading.texts[way])


def _code(text: str) -> str:
    """A text in a cell of a table, where "|" would end the cell."""
    return "`" + text.replace("|", " ") + "`" if text else "nothing"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
