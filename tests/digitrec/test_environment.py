import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from digitrec import environment

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("V", raising=False)


def test_text_is_trimmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("V", " some words\n")
    assert environment.text("V") == "some words"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("V", " ")
    assert environment.text("V", "default") == "default"
    assert environment.flag("V", default=True)
    assert environment.whole_number("V", 7) == 7


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1", True), ("Yes", True), ("on", True), ("0", False), ("No", False)],
)
def test_a_flag_is_read(value: str, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("V", value)
    assert environment.flag("V") is expected


def test_a_flag_that_is_neither_yes_nor_no_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("V", "maybe")
    with pytest.raises(ImproperlyConfigured, match="V must be 1 or 0, not 'maybe'"):
        environment.flag("V")


@pytest.mark.parametrize("value", ["many", "1.5", "-1", "1_000", "٣", "2"])
def test_a_number_that_cannot_be_right_is_refused(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("V", value)
    with pytest.raises(ImproperlyConfigured, match="V must be a whole number, 3 or more"):
        environment.whole_number("V", 5, minimum=3)


def test_a_folder_begins_in_the_project_wherever_a_command_is_called(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert environment.folder("V", "var") == PROJECT / "var"
    monkeypatch.setenv("V", "elsewhere")
    assert environment.folder("V", "var") == PROJECT / "elsewhere"
    monkeypatch.setenv("V", "/srv/data")
    assert environment.folder("V", "var") == Path("/srv/data")


def test_names_come_without_spaces_and_empty_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("V", "a, b,,c ,")
    assert environment.names("V") == ["a", "b", "c"]


def test_a_value_outside_the_list_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("V", "loud")
    with pytest.raises(ImproperlyConfigured, match="V must be one of INFO, ERROR, not 'loud'"):
        environment.one_of("V", ("INFO", "ERROR"), "INFO")


@pytest.mark.parametrize("value", ["Nowhere/City", "../passwd", "Europe"])
def test_an_unknown_time_zone_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("V", value)
    with pytest.raises(ImproperlyConfigured, match="V must be a time zone such as"):
        environment.time_zone("V", "UTC")


def test_networks_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("V", "10.0.0.7, fd00::/8")
    assert [str(network) for network in environment.networks("V")] == ["10.0.0.7/32", "fd00::/8"]


@pytest.mark.parametrize("value", ["proxy.example", "10.0.0.7/8", "10.0.0"])
def test_what_names_no_network_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("V", value)
    with pytest.raises(ImproperlyConfigured, match="V must list addresses or networks"):
        environment.networks("V")


@pytest.mark.parametrize("value", ["back-office", "/back-office/", "back-office/"])
def test_a_path_gets_its_slash(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("V", value)
    assert environment.url_path("V", "admin/") == "back-office/"


@pytest.mark.parametrize("value", ["", "/"])
def test_no_path_is_needed_where_none_is_the_default(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("V", value)
    assert environment.url_path("V") == ""


@pytest.mark.parametrize("value", ["/", "a//b", "../b", "a b", "a?b", "é"])
def test_what_is_no_path_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("V", value)
    with pytest.raises(ImproperlyConfigured, match="V must be a path of letters"):
        environment.url_path("V", "admin/")


SAFE: dict[str, Any] = {
    "debug": False,
    "https": True,
    "secret_key": "k" * 32,
    "hosts": ["digits.example"],
}


def test_safe_values_are_taken() -> None:
    environment.refuse_unsafe(**SAFE)


@pytest.mark.parametrize(
    ("unsafe", "sentence"),
    [
        ({"debug": True}, "DEBUG=1 shows visitors the source code"),
        ({"secret_key": "k" * 31}, "SECRET_KEY must have 32 characters"),
        ({"debug": True, "https": False, "secret_key": "k"}, "SECRET_KEY must have 32 characters"),
        ({"hosts": ["digits.example", "*"]}, "ALLOWED_HOSTS must list the names"),
    ],
)
def test_unsafe_values_are_refused(unsafe: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=sentence):
        environment.refuse_unsafe(**SAFE | unsafe)


def test_a_database_address_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("V", "postgresql://me:p%40ss@db.example:5433/digits")
    found = environment.postgres("V", "")
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example", 5433, "digits")
    assert (found["USER"], found["PASSWORD"]) == ("me", "p@ss")


@pytest.mark.parametrize(
    "value", ["secret", "sqlite:///secret", "mysql://secret@h/d", "postgresql://u:secret@h:x/d"]
)
def test_what_names_no_postgresql_is_refused_without_showing_it(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("V", value)
    with pytest.raises(ImproperlyConfigured, match="V must name a PostgreSQL server") as refusal:
        environment.postgres("V", "")
    assert "secret" not in str(refusal.value)


def test_env_example_lists_every_variable_the_program_reads() -> None:
    listed = re.findall(r"^#([A-Z0-9_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(set(_variables_read()))


def test_env_example_explains_every_variable_in_the_line_above() -> None:
    lines = (PROJECT / ".env.example").read_text().splitlines()
    for above, line in itertools.pairwise(lines):
        if re.match(r"#[A-Z0-9_]+=", line):
            assert above.startswith("# "), line


def test_env_example_sets_nothing_until_somebody_uncomments_a_line() -> None:
    lines = (PROJECT / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []


def _variables_read() -> Iterator[str]:
    for folder in ("digitrec", "recognizer", "mlmodel"):
        for file in (PROJECT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(
                        func=ast.Attribute(value=ast.Name(id="environment")),
                        args=[ast.Constant(value=str(name)), *_],
                    ):
                        yield name
