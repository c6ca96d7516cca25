"""All hostile files, made once."""

from functools import lru_cache

from tests.hostile import bombs, damaged, foreign, names, polyglots, unusual
from tests.hostile.case import Case

SUBJECTS = (damaged, bombs, foreign, polyglots, unusual, names)


@lru_cache(maxsize=1)
def corpus() -> tuple[Case, ...]:
    """The same files at every call: 2 s to make."""
    return tuple(case for subject in SUBJECTS for case in subject.cases())
