"""The lock files against pyproject.toml, as far as possible without the network."""

import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
WEB = PYPROJECT["project"]["dependencies"]
TRAIN = PYPROJECT["project"]["optional-dependencies"]["train"]
HEIC = PYPROJECT["project"]["optional-dependencies"]["heic"]
DEV = PYPROJECT["dependency-groups"]["dev"]
BENCHMARKS = PYPROJECT["dependency-groups"]["benchmarks"]
ASKED_FOR = {
    "requirements-web.txt": WEB,
    "requirements-heic.txt": WEB + HEIC,
    "requirements.txt": WEB + TRAIN,
    "requirements-dev.txt": WEB + TRAIN + HEIC + DEV,
    "benchmarks/requirements.txt": BENCHMARKS,
}
NAMES = sorted(ASKED_FOR)


def _text(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def _not_held(file: str, *, by: str) -> set[tuple[str, str, str]]:
    """Pins that the larger file lacks, or installs on fewer systems; more systems do no harm."""
    larger = _pins(by)
    return {
        (name, version, where)
        for name, version, where in _pins(file)
        if not {(name, version, where), (name, version, "")} & larger
    }


def _pins(name: str) -> set[tuple[str, str, str]]:
    """Name, version and marker of every line that pins a package."""
    pin = r"^([a-z0-9][a-z0-9._-]*)(?:\[.+?\])?==([^ ;]+)(?: ; (.+?))? \\$"
    return set(re.findall(pin, _text(name), re.MULTILINE))


def _blocks(name: str) -> list[str]:
    """Each package with its checksums and the comment that names what requires it."""
    return re.split(r"^(?=[a-z0-9])", _text(name), flags=re.MULTILINE)[1:]


def _packages(name: str) -> set[str]:
    return {package for package, _, _ in _pins(name)}


@pytest.mark.parametrize("name", NAMES)
def test_every_dependency_is_pinned(name: str) -> None:
    wanted = {re.split(r"[\[<>=!~; ]", line)[0] for line in ASKED_FOR[name]}
    assert wanted <= _packages(name)


@pytest.mark.parametrize("name", NAMES)
def test_every_pin_is_of_a_version_that_was_asked_for(name: str) -> None:
    versions = {package: version for package, version, _ in _pins(name)}
    for line in ASKED_FOR[name]:
        package = re.split(r"[\[<>=!~; ]", line)[0]
        for sign, limit in re.findall(r"(>=|<)([0-9.]+)", line):
            assert (_numbers(versions[package]) >= _numbers(limit)) == (sign == ">="), line


@pytest.mark.parametrize("name", NAMES)
def test_every_package_has_a_version_and_checksums(name: str) -> None:
    lines = [line for line in _text(name).splitlines() if line and line[0] not in " #"]
    assert len(_pins(name)) == len(lines) == len(_blocks(name))
    assert [block for block in _blocks(name) if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_package_is_there_because_something_asks_for_it(name: str) -> None:
    known = _packages(name) | {"digitrec"}
    for block in _blocks(name):
        reasons = re.findall(r"^ +# +(?:via )?([a-z0-9][\w.-]*)", block, re.MULTILINE)
        assert known & set(reasons), block


def test_shared_packages_have_the_same_version_everywhere() -> None:
    assert _not_held("requirements-web.txt", by="requirements.txt") == set()
    assert _not_held("requirements.txt", by="requirements-dev.txt") == set()
    assert _not_held("requirements-web.txt", by="requirements-heic.txt") == set()
    assert _not_held("requirements-heic.txt", by="requirements-dev.txt") == set()


def test_benchmarks_read_with_the_versions_that_digitrec_reads_with() -> None:
    ours = {package: version for package, version, where in _pins("requirements.txt") if not where}
    theirs = {package: version for package, version, _ in _pins("benchmarks/requirements.txt")}
    shared = ours.keys() & theirs.keys()
    assert {"opencv-python-headless", "tensorflow"} <= shared
    assert [package for package in shared if ours[package] != theirs[package]] == []


def test_a_web_server_gets_no_tensorflow() -> None:
    for name in ("requirements-web.txt", "requirements-heic.txt"):
        assert _packages(name).isdisjoint({"tensorflow", "keras"})


def test_the_decoder_for_heic_is_installed_where_it_is_asked_for_alone() -> None:
    for name in ("requirements-web.txt", "requirements.txt"):
        assert "pillow-heif" not in _packages(name)


@pytest.mark.parametrize("name", NAMES)
def test_psycopg_3_is_not_let_in(name: str) -> None:
    # Where both versions are installed, Django silently prefers psycopg 3.
    assert _packages(name).isdisjoint({"psycopg", "psycopg-binary", "psycopg-c"})


@pytest.mark.parametrize("name", NAMES)
def test_no_address_of_a_package_index_is_in_it(name: str) -> None:
    assert re.findall(r"^.*(?:://|index-url|find-links).*$", _text(name), re.MULTILINE) == []


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))
