from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from recognizer.presentation.guide_video import captions, captions_path


def test_it_writes_the_captions_of_every_language(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.BASE_DIR = tmp_path
    settings.LANGUAGES = [("en", "English"), ("fr", "Français")]
    call_command("guide_captions")
    for language in ("en", "fr"):
        written = tmp_path / "static" / captions_path(language)
        assert written.read_text(encoding="utf-8") == captions(language)
    assert "static/guide/guide.fr.vtt" in capsys.readouterr().out
