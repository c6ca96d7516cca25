from dataclasses import replace

import numpy as np

from mlmodel.artifact.directory import read_model
from mlmodel.evaluation.two_readers import Opinions, compare, opinions_on
from mlmodel.model import SHIPPED_DIR, Model
from tests.mlmodel.pictures import on_paper, written


def test_both_are_asked_alone_and_together() -> None:
    opinions = opinions_on(on_paper(written("5041")), "5041", Model.load())
    assert opinions is not None
    assert {opinions.first, opinions.second, opinions.both} == {"5041"}


def test_nothing_is_compared_in_a_model_of_one_reader() -> None:
    card, artifacts = read_model(SHIPPED_DIR)
    alone = Model(replace(card, second=None, both=None), replace(artifacts, second=None))
    assert opinions_on(on_paper(written("5041")), "5041", alone) is None


def test_where_no_line_is_nobody_reads_anything() -> None:
    opinions = opinions_on(np.full((80, 80), 255, np.uint8), "7", Model.load())
    assert opinions == Opinions("7", "", "", "", is_fast=False)


def test_errors_are_counted_apart_and_alike() -> None:
    compared = compare(
        [
            Opinions("12", "12", "12", "12", is_fast=True),
            Opinions("12", "13", "12", "12", is_fast=True),
            Opinions("12", "13", "14", "13", is_fast=False),
            Opinions("12", "13", "13", "13", is_fast=False),
            Opinions("", "1", "1", "1", is_fast=True),  # nothing is written: not counted
        ]
    )
    counted = {name: (share.hits, share.count) for name, share in vars(compared).items()}
    assert counted == {
        "first": (1, 4),
        "second": (2, 4),
        "both": (2, 4),
        "neither": (2, 4),
        "alike": (1, 2),
        "agree": (2, 4),
        "wrong_of_agreed": (1, 2),
        "fast": (2, 4),
        "changed": (1, 2),
    }
