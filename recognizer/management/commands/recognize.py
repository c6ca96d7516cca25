"""Read the digits in pictures from the command line."""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unicodedata import category

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from mlmodel.artifact.card import ModelError
from mlmodel.model import Model
from recognizer.management.database_errors import end_on_database_error
from recognizer.management.picture_files import PictureFiles
from recognizer.model_versions import active_model
from recognizer.models import DigitPrediction, ModelVersion, Owner, Prediction, Upload
from recognizer.refusals import Refusal
from recognizer.serializers import reading_as_data
from recognizer.storage.protocol import StorageUnavailable
from recognizer.uploads.reading import READER_ERRORS, Outcome, read_clean, rows_of
from recognizer.uploads.recognition import recognize
from recognizer.uploads.storing import Given, cleaned

# Names the standard input instead of a file.
STANDARD_INPUT = "-"
MORE_FRAMES = "  more frames: only the first one with writing was read"

Line = dict[str, Any]


class Command(BaseCommand):
    help = (
        "Read the digits in pictures: files, folders with everything below them, or - for a "
        "picture from the standard input. What folders hold besides is counted at the end. "
        "Exits with 1 when a file could not be read."
    )
    # Without --save the database need not run.
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
        parser.add_argument("--save", action="store_true", help="keep pictures and predictions")
        parser.add_argument(
            "--owner", metavar="USERNAME", help="whose they are (default: the first administrator)"
        )

    def handle(self, *, paths: list[str], json: bool, save: bool, **options: Any) -> None:
        files = PictureFiles()
        try:
            with end_on_database_error("--save needs the database"):
                owner = _owner(options["owner"]) if save else None
                states = [self._print(line, json) for line in _lines(paths, files, owner)]
        except ModelError as error:
            raise CommandError(str(error)) from error
        except StorageUnavailable as error:
            raise CommandError(f"The pictures can't be stored: {error.__cause__}") from error
        if passed_over := files.sentence():
            self.stderr.write(passed_over)
        if not states:
            raise CommandError("There are no pictures in the folders given.")
        if failed := states.count("failed"):
            raise CommandError(f"{failed} of {len(states)} files could not be read.")

    def _print(self, line: Line, json: bool) -> str:
        text = _as_json(line) if json else _as_text(line)
        self.stdout.write(_showable(text, self.stdout.encoding or "utf-8"))
        self.stdout.flush()
        return str(line["state"])


def _owner(username: str | None) -> Owner:
    if username:
        user = User.objects.filter(username=username).first()
    else:
        user = User.objects.filter(is_superuser=True).order_by("pk").first()
    if user is None:
        raise CommandError(
            f"There is no user {username!r}."
            if username
            else "There is no administrator yet: name a user with --owner."
        )
    return Owner(user=user)


def _lines(paths: list[str], files: PictureFiles, owner: Owner | None) -> Iterator[Line]:
    model = active_model.model()
    for path in _pictures(paths, files):
        yield _saved_line(path, owner, model) if owner else _line(path, model)


def _pictures(paths: list[str], files: PictureFiles) -> Iterator[str]:
    """Every file named, and every picture in the folders named."""
    for path in paths:
        if path != STANDARD_INPUT and Path(path).is_dir():
            yield from map(str, files.below(Path(path)))
        else:
            yield path


def _line(path: str, model: Model) -> Line:
    started = time.perf_counter()
    reading, reason, more_frames = None, "", False
    try:
        image = cleaned(Given(_content(path), Upload.Source.FILE))
        more_frames = image.more_frames
        reading = read_clean(image, model)
    except (Refusal, OSError) as error:
        reason = _reason(error)
    except READER_ERRORS:
        reason = Prediction.Reason.READER_FAILED
    milliseconds = (time.perf_counter() - started) * 1000
    version = ModelVersion(name=model.card.name)
    return _told(path, *rows_of(Outcome(version, reading, reason, milliseconds)), more_frames)


def _saved_line(path: str, owner: Owner, model: Model) -> Line:
    """Read and store a picture; returns the same shape as for a picture that is not stored."""
    name = "" if path == STANDARD_INPUT else Path(path).name
    try:
        given = Given(_content(path), Upload.Source.FILE, original_name=name)
        upload = recognize(given, owner)
    except (Refusal, OSError) as error:
        version = ModelVersion(name=model.card.name)
        return _told(path, *rows_of(Outcome(version, None, _reason(error), 0.0)), False)
    prediction = Prediction.objects.get(upload=upload)
    return _told(path, prediction, None, upload.more_frames) | {"upload": str(upload.pk)}


def _told(
    path: str, prediction: Prediction, digits: list[DigitPrediction] | None, more_frames: bool
) -> Line:
    """A reading as a line; here the reason, too, is a sentence."""
    data = reading_as_data(prediction, digits)
    return {"file": path, **data, "reason": data["explanation"], "more_frames": more_frames}


def _content(path: str) -> bytes:
    """The file's bytes, or enough of them to show that it is too large."""
    if path == STANDARD_INPUT:
        return sys.stdin.buffer.read(settings.MAX_UPLOAD_BYTES + 1)
    with Path(path).open("rb") as file:
        return file.read(settings.MAX_UPLOAD_BYTES + 1)


def _reason(error: Refusal | OSError) -> str:
    """The sentence of a refusal, or the system's message about a file that can't be opened."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _as_json(line: Line) -> str:
    return json.dumps(line)


def _as_text(line: Line) -> str:
    return f"{_one_line(line['file'])}: {_answer(line)}{MORE_FRAMES if line['more_frames'] else ''}"


def _answer(line: Line) -> str:
    if line["reason"] and not line["text"]:
        return str(line["reason"])
    if not line["text"]:
        return Prediction.State(line["state"]).label.lower()
    doubt = "  doubtful" if line["state"] == "doubtful" else ""
    why = f"  ({line['reason']})" if line["reason"] else ""
    return f"{line['text']}  {line['confidence']:.1%}{doubt}{_as_written(line)}{why}"


def _one_line(name: str) -> str:
    """A file's name without line breaks and other signs that a terminal would obey."""
    return "".join(c if category(c) != "Cc" else repr(c)[1:-1] for c in name)


def _showable(text: str, encoding: str) -> str:
    """The text as a terminal of this encoding can show it.

    File names are bytes: those that are no valid text can't be printed as they are, either.
    """
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _as_written(line: Line) -> str:
    if line["written"] == line["text"]:
        return ""
    share = line["written_confidence"]
    return f"  as written: {line['written']}" + ("" if share is None else f"  {share:.1%}")
