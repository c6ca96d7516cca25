import itertools
import math
import random
import time

import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.lines.ctc import text_logs
from mlmodel.rules.automata import Automaton, accepts
from mlmodel.rules.compiled import automaton_of
from mlmodel.rules.field_rule import FieldRule
from mlmodel.texts.fusion import Opinion
from mlmodel.texts.lattice import hypotheses
from mlmodel.texts.line_texts import MOST_TEXTS
from mlmodel.texts.rule_search import Columns, Evidence, Places, likeliest_accepted


def shares(source: np.random.Generator, rows: int, classes: int) -> NDArray[np.float64]:
    drawn = source.dirichlet(np.full(classes, 0.4), rows)
    return np.asarray(np.maximum(drawn, 1e-4), np.float64)


def opinions(source: np.random.Generator, places: int) -> list[Opinion]:
    return [
        Opinion(float(source.uniform(0.2, 0.99)), values) for values in shares(source, places, 10)
    ]


def evidence(seed: int, places: int, looks: int = 0) -> Evidence:
    """Of places and columns that contradict each other, and hold any text."""
    source = np.random.default_rng(seed)
    count = 2 * places + 1
    return Evidence(
        Places.of(opinions(source, places)),
        Columns.of(shares(source, count, 11)),
        tuple(Columns.of(shares(source, count, 11)) for _ in range(looks)),
        np.array([0.5, 0.3, 0.2, 0.7][: 4 if looks else 2]),
    )


def log_by_places(places: Places, text: str) -> float:
    """Summed over all ways to put the digits of a text into places."""
    total = 0.0
    for taken in itertools.combinations(range(len(places.free)), len(text)):
        way = np.array(places.free)
        for place, digit in zip(taken, text, strict=True):
            way[place] = places.shares[place, int(digit)]
        total += float(way.prod())
    return math.log(total) if total else -math.inf


def logit(known: Evidence, text: str) -> float:
    """What a text is judged by, computed text by text."""
    by_columns = float(text_logs(known.columns.shares, [text])[0])
    features = [log_by_places(known.places, text), by_columns]
    if known.looks:
        looks = np.array([text_logs(look.shares, [text])[0] for look in known.looks])
        features += [float(looks.mean()), float(np.logaddexp.reduce(looks)) - math.log(len(looks))]
    return float(np.dot(known.factors, features))


def automaton(**data: object) -> Automaton:
    return automaton_of(FieldRule.from_data(data))


def exact(length: int) -> dict[str, int]:
    return {"least": length, "most": length}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("looks", [0, 2])
@pytest.mark.parametrize(
    "rule", [{}, {"check": "verhoeff"}, {"range": {"least": "40"}, "pattern": r"\d*[357]"}]
)
def test_it_finds_the_likeliest_of_all_texts(
    seed: int, looks: int, rule: dict[str, object]
) -> None:
    known, accepted = evidence(seed, 3, looks), automaton(**rule)
    every = ["".join(text) for n in (1, 2, 3) for text in itertools.product("0123456789", repeat=n)]
    expected = sorted(
        (text for text in every if accepts(accepted, text)), key=lambda text: -logit(known, text)
    )
    assert likeliest_accepted(known, accepted, 5) == expected[:5]


def test_a_check_digit_finds_a_text_far_down_the_ranking() -> None:
    # Seven places in doubt between two digits each: 128 texts are nearly as likely as the best.
    doubted = []
    for first, second in zip("1234567", "7890123", strict=True):
        values = np.full(10, 1e-4)
        values[[int(first), int(second)]] = 0.52, 0.479
        doubted.append(Opinion(0.999, values))
    known = Evidence(
        Places.of(doubted), Columns.of(np.full((15, 11), 1 / 11)), (), np.array([1.0, 0.0])
    )
    accepted = automaton(check="iban97", length=exact(7))
    best = [hypothesis.text for hypothesis in hypotheses(doubted, MOST_TEXTS)]
    assert not any(accepts(accepted, text) for text in best)
    found = likeliest_accepted(known, accepted, 1)
    ways = ("".join(way) for way in itertools.product(*zip("1234567", "7890123", strict=True)))
    right = [way for way in ways if accepts(accepted, way)]
    assert found == [max(right, key=lambda way: logit(known, way))]


def test_a_list_of_a_hundred_thousand_has_its_text_found_in_time() -> None:
    source = random.Random(7)
    values = {"".join(source.choices("0123456789", k=9)) for _ in range(99_999)}
    said = "123456789"
    right = "923456784"  # both ends are misread
    rule = FieldRule.from_data({"values": sorted({*values, right})})
    seen = []
    for digit in said:
        likely = np.full(10, 0.02)
        likely[int(digit)] = 0.82
        seen.append(Opinion(0.99, likely))
    columns = np.full((19, 11), 0.01)
    columns[::2, 10], columns[range(1, 19, 2), list(map(int, said))] = 0.9, 0.9
    known = Evidence(Places.of(seen), Columns.of(columns), (), np.array([0.5, 0.5]))
    accepted = automaton_of(rule)
    started = time.process_time()
    found = likeliest_accepted(known, accepted, MOST_TEXTS)
    assert found[0] == right
    assert time.process_time() - started < 5  # it takes 0.1 s on a free processor


def test_a_text_has_no_more_digits_than_places() -> None:
    assert likeliest_accepted(evidence(1, 3), automaton(length=exact(4)), 5) == []


def test_equal_digits_beside_each_other_are_told_apart() -> None:
    known = evidence(3, 3)
    found = likeliest_accepted(known, automaton(values=["333", "33", "3"]), 3)
    assert found == sorted(found, key=lambda text: -logit(known, text))
