import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from recognizer.presentation import guide_video
from recognizer.presentation.guide_video import (
    SCENES,
    caption_tracks,
    captions,
    captions_path,
    transcript,
)

STATIC = Path(settings.BASE_DIR) / "static"
MAX_BYTES, MAX_S = 3 * 1024 * 1024, 60
LANGUAGES = [language for language, _ in settings.LANGUAGES]
TIME = r"(\d\d):(\d\d\.\d\d\d)"


def times(vtt: str) -> list[float]:
    """When each cue starts and ends, in seconds."""
    found = re.findall(rf"^{TIME} --> {TIME}$", vtt, re.MULTILINE)
    return [
        60 * int(minutes) + float(seconds)
        for cue in found
        for minutes, seconds in (cue[:2], cue[2:])
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_captions_are_what_the_command_writes(language: str) -> None:
    written = (STATIC / captions_path(language)).read_text(encoding="utf-8")
    assert written == captions(language), "run `manage.py guide_captions`"


def test_there_are_no_captions_of_languages_that_no_page_has() -> None:
    files = {str(path.relative_to(STATIC)) for path in (STATIC / guide_video.FOLDER).glob("*.vtt")}
    assert files == {captions_path(language) for language in LANGUAGES}


def test_captions_follow_each_other_and_end_with_the_video() -> None:
    moments = times(captions("en"))
    assert len(moments) == 2 * len(SCENES)
    assert moments == sorted(set(moments))
    length_s = sum(scene.seconds for scene in SCENES)
    assert length_s - 1 < moments[-1] <= length_s <= MAX_S


def test_captions_are_told_in_their_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        guide_video, "gettext", lambda text: f"{translation.get_language()}: {text}"
    )
    assert f"\nfr: {SCENES[0].sentence}\n" in captions("fr")


def test_the_active_language_is_the_one_to_show() -> None:
    with translation.override("en"):
        assert [track["language"] for track in caption_tracks() if track["is_shown"]] == ["en"]


def test_the_transcript_tells_every_scene() -> None:
    with translation.override("en"):
        assert transcript() == [scene.sentence for scene in SCENES]


@pytest.mark.parametrize("name", ["guide.webm", "guide.mp4"])
def test_the_video_is_small(name: str) -> None:
    assert 0 < (STATIC / guide_video.FOLDER / name).stat().st_size <= MAX_BYTES
