"""Read the digits in pictures from the command line."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from mlmodel.artifact.card import ModelError
from mlmodel.model import Model
from recognizer.management.database_errors import end_on_database_error
from recognizer.model_versions import active_model
from recognizer.models import DigitPrediction, ModelVersion, Owner, Prediction, Upload
from recognizer.refusals import Refusal
from recognizer.serializers import reading_as_data
from recognizer.storage.protocol import StorageUnavailable
from recognizer.uploads.reading import READER_ERRORS, Outcome, read_without_storing, rows_of
from recognizer.uploads.recognition import recognize
from recognizer.uploads.storing import Given

PICTURE_SUFFIXES = {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".gif"}

Line = dict[str, Any]


class Command(BaseCommand):
    help = (
        "Read the digits in pictures: files, or folders with everything below them. "
        "Exits with 1 when a file could not be read."
    )
    # Without --save the database need not run.
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
        parser.add_argument("--save", action="store_true", help="keep pictures and predictions")
        parser.add_argument(
            "--owner", metavar="USERNAME", help="whose they are (default: the first administrator)"
        )

    def handle(self, *, paths: list[Path], json: bool, save: bool, **options: Any) -> None:
        try:
            with end_on_database_error("--save needs the database"):
                owner = _owner(options["owner"]) if save else None
                states = [self._print(line, json) for line in _lines(paths, owner)]
        except ModelError as error:
            raise CommandError(str(error)) from error
        except StorageUnavailable as error:
            raise CommandError("The pictures can't be stored: is the disk full?") from error
        if not states:
            raise CommandError("There are no pictures in the folders given.")
        if failed := states.count("failed"):
            raise CommandError(f"{failed} of {len(states)} files could not be read.")

    def _print(self, line: Line, json: bool) -> str:
        self.stdout.write(_as_json(line) if json else _as_text(line))
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


def _lines(paths: list[Path], owner: Owner | None) -> Iterator[Line]:
    model = active_model.model()
    for path in _pictures(paths):
        yield _saved_line(path, owner, model) if owner else _line(path, model)


def _pictures(paths: list[Path]) -> Iterator[Path]:
    """Every file named, and every picture in the folders named, in a stable order."""
    for path in paths:
        if path.is_dir():
            yield from sorted(
                file
                for file in path.rglob("*")
                if file.suffix.lower() in PICTURE_SUFFIXES and file.is_file()
            )
        else:
            yield path


def _line(path: Path, model: Model) -> Line:
    started = time.perf_counter()
    reading, reason = None, ""
    try:
        reading = read_without_storing(_content(path), model)
    except (Refusal, OSError) as error:
        reason = _reason(error)
    except READER_ERRORS:
        reason = Prediction.Reason.READER_FAILED
    milliseconds = (time.perf_counter() - started) * 1000
    version = ModelVersion(name=model.card.name)
    return _told(path, *rows_of(Outcome(version, reading, reason, milliseconds)))


def _saved_line(path: Path, owner: Owner, model: Model) -> Line:
    """Read and store a picture; returns the same shape as for a picture that is not stored."""
    try:
        given = Given(_content(path), Upload.Source.FILE, original_name=path.name)
        upload = recognize(given, owner)
    except (Refusal, OSError) as error:
        version = ModelVersion(name=model.card.name)
        return _told(path, *rows_of(Outcome(version, None, _reason(error), 0.0)))
    return _told(path, Prediction.objects.get(upload=upload)) | {"upload": str(upload.pk)}


def _told(path: Path, prediction: Prediction, digits: list[DigitPrediction] | None = None) -> Line:
    """A reading as a line; here the reason, too, is a sentence."""
    data = reading_as_data(prediction, digits)
    return {"file": str(path), **data, "reason": data["explanation"]}


def _content(path: Path) -> bytes:
    """The file's bytes, or enough of them to show that it is too large."""
    with path.open("rb") as file:
        return file.read(settings.MAX_UPLOAD_BYTES + 1)


def _reason(error: Refusal | OSError) -> str:
    """The sentence of a refusal, or the system's message about a file that can't be opened."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _as_json(line: Line) -> str:
    return json.dumps(line)


def _as_text(line: Line) -> str:
    # File names are bytes; names that are not valid text can't be printed as they are.
    file = line["file"].encode(errors="backslashreplace").decode()
    if line["reason"] and not line["text"]:
        return f"{file}: {line['reason']}"
    if not line["text"]:
        return f"{file}: {Prediction.State(line['state']).label.lower()}"
    doubt = "  doubtful" if line["state"] == "doubtful" else ""
    why = f"  ({line['reason']})" if line["reason"] else ""
    return f"{file}: {line['text']}  {line['confidence']:.1%}{doubt}{_as_written(line)}{why}"


def _as_written(line: Line) -> str:
    if line["written"] == line["text"]:
        return ""
    share = line["written_confidence"]
    return f"  as written: {line['written']}" + ("" if share is None else f"  {share:.1%}")
