"""The guide video: its scenes, and its captions in every language.

The video itself is made by `make guide`, which plays these scenes on the real pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language, gettext, gettext_noop, override

# The folder of the video, below static/.
FOLDER = "guide"
# A caption ends this long before its scene: one that changes with the picture is hard to read.
PAUSE_S = 0.2


@dataclass(frozen=True)
class Scene:
    """A part of the video, and the sentence that is shown meanwhile.

    Attributes:
        seconds: how long it is in the video, however long it takes to record.
        sentence: English; to be translated when it is shown.
    """

    name: str
    seconds: int
    sentence: str


SCENES = (
    Scene("home", 4, gettext_noop("digitrec reads handwritten digits in your pictures.")),
    Scene(
        "choose", 6, gettext_noop("Choose a photo or a scan, and look at it before you send it.")
    ),
    Scene("read", 7, gettext_noop("Each digit gets a frame; digits it is not sure of are marked.")),
    Scene("correct", 9, gettext_noop("Is it wrong? Say what the picture really says.")),
    Scene("draw", 8, gettext_noop("You can also draw digits with a pen, a mouse or a finger.")),
    Scene("drawn", 5, gettext_noop("The drawing is read like any picture.")),
    Scene("search", 8, gettext_noop("Your history keeps everything. Search it for some digits.")),
    Scene("export", 7, gettext_noop("Take what you need along, as a table or as JSON.")),
)


def transcript() -> list[str]:
    """The sentences of all scenes, in the active language."""
    return [gettext(scene.sentence) for scene in SCENES]


def caption_tracks() -> list[dict[str, str | bool]]:
    """The captions in every language; those in the active language are marked as shown."""
    active = get_language()
    return [
        {"language": code, "name": name, "path": captions_path(code), "is_shown": code == active}
        for code, name in settings.LANGUAGES
    ]


def captions(language: str) -> str:
    """The sentences in a language, each with its time, as WebVTT."""
    with override(language):
        return "\n\n".join(["WEBVTT", *_cues()]) + "\n"


def captions_path(language: str) -> str:
    """The path of a language's captions, below static/."""
    return f"{FOLDER}/guide.{language}.vtt"


def write_captions(static: Path) -> list[Path]:
    """Write the captions in every language of the pages below a folder; returns the files."""
    written = []
    for language, _ in settings.LANGUAGES:
        path = static / captions_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(captions(language), encoding="utf-8")
        written.append(path)
    return written


def _cues() -> Iterator[str]:
    start = 0
    for scene in SCENES:
        end = start + scene.seconds
        yield f"{_time(start)} --> {_time(end - PAUSE_S)}\n{gettext(scene.sentence)}"
        start = end


def _time(seconds: float) -> str:
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes:02.0f}:{seconds:06.3f}"
