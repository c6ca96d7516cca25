import pytest

from recognizer.templatetags.texts import one_line


@pytest.mark.parametrize(
    ("text", "said"), [("42", "42"), ("42|17|8", "42 17 8"), ("", "nothing to read")]
)
def test_a_text_stands_in_one_line(text: str, said: str) -> None:
    assert one_line(text) == said
