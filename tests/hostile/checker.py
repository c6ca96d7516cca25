"""Sends a hostile file through the upload page's form and tells what is wrong with what came."""

import time
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import default_storage
from django.test import Client

from recognizer.models import Upload, stored_name
from tests.hostile.case import CANARIES, Case, Wanted
from tests.hostile.peak_memory import watch_peak
from tests.makers import decoded

BOUNDARY = "a-boundary-of-ours"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
MAX_GROWTH_MB = 150
# Django's own words for what its file field refuses.
CODES_OF_FIELD = {"required": "missing_file", "missing": "missing_file", "empty": "empty_file"}
# What a clean JPEG states of itself; a clean PNG states nothing.
HARMLESS_INFO = {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@dataclass(frozen=True)
class Outcome:
    """What came of one file: what was measured, and what is wrong."""

    seconds: float
    megabytes: float
    breaches: list[str]


def check(case: Case, number: int) -> Outcome:
    """Send one file, as a visitor of its own from an address of its own."""
    client = Client(REMOTE_ADDR=f"10.1.{number // 250}.{1 + number % 250}")
    rows, files = set(Upload.objects.values_list("pk", flat=True)), stored_files()
    grown = watch_peak()
    started = time.perf_counter()
    response = client.post("/", body_of(case), content_type=FORM)
    seconds, megabytes = time.perf_counter() - started, grown()
    uploads = list(Upload.objects.exclude(pk__in=rows))
    new_files = stored_files() - files
    breaches = [*_of_answer(response, case.wanted), *_of_cost(seconds, megabytes, case.wanted)]
    if case.wanted.status == 302 == response.status_code:
        breaches += _of_kept(uploads, new_files, case)
        breaches += _of_pages(client, response["Location"], case.wanted)
    elif case.wanted.status != 302 and (uploads or new_files):
        breaches.append(f"{len(uploads)} rows and {len(new_files)} files are left")
    return Outcome(seconds, megabytes, breaches)


def body_of(case: Case) -> bytes:
    """The form as its bytes: the file's name goes in as it is, whatever it does to the header."""
    head = (
        f"--{BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="picture"; filename="{case.file_name}"\r\n'
        f"Content-Type: {case.content_type}\r\n\r\n"
    )
    return head.encode() + case.data + f"\r\n--{BOUNDARY}--\r\n".encode()


def stored_files(folder: str = "uploads") -> set[str]:
    """Every file of an upload on the storage, whichever that is."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return set()
    below = (stored_files(f"{folder}/{name}") for name in folders)
    return {f"{folder}/{name}" for name in files}.union(*below)


def _of_answer(response: Any, wanted: Wanted) -> list[str]:
    if response.status_code == 302 != wanted.status:
        return ["it was taken"]
    if response.status_code != wanted.status:
        return [f"it was answered {response.status_code} instead of {wanted.status}"]
    code = "" if wanted.status == 302 else _code_of(response)
    return [] if code == wanted.code else [f"it was refused as {code}, not as {wanted.code}"]


def _code_of(response: Any) -> str:
    if response.context is None:
        return ""
    errors = response.context["form"].errors.as_data().get("picture", [])
    return " ".join(CODES_OF_FIELD.get(str(error.code), str(error.code)) for error in errors)


def _of_cost(seconds: float, megabytes: float, wanted: Wanted) -> list[str]:
    breaches = []
    if seconds > wanted.seconds:
        breaches.append(f"it took {seconds:.1f} s")
    if megabytes > MAX_GROWTH_MB:
        breaches.append(f"it took {megabytes:.0f} MB")
    return breaches


def _of_kept(uploads: list[Upload], files: set[str], case: Case) -> list[str]:
    if len(uploads) != 1:
        return [f"it left {len(uploads)} rows"]
    upload, wanted = uploads[0], case.wanted
    breaches = []
    if files != {stored_name(upload, wanted.extension)}:
        breaches.append(f"it left the files {sorted(files)}")
    if wanted.size and (upload.width, upload.height) != wanted.size:
        breaches.append(f"it was kept as {upload.width} x {upload.height}")
    if len(upload.original_name) > 255 or not _is_printable(upload.original_name):
        breaches.append(f"it was kept under the name {upload.original_name!a}")
    prediction = upload.current_prediction
    if wanted.text is not None and (prediction is None or prediction.text != wanted.text):
        breaches.append(f"{prediction!r} was read")
    if wanted.state and (prediction is None or prediction.state != wanted.state):
        breaches.append(f"its state is {prediction and prediction.state}")
    return breaches


def _is_printable(name: str) -> bool:
    return not any(unicodedata.category(letter) in {"Cc", "Cf"} for letter in name)


def _of_pages(client: Client, url: str, wanted: Wanted) -> list[str]:
    """What whoever gave the picture is served of it."""
    page = client.get(url).content
    breaches = []
    if b"<script>alert(1)" in page:
        breaches.append("its name runs as a script")
    if (b"only the first one with writing was read" in page) != wanted.more_frames:
        breaches.append("the page is wrong about further frames")
    kinds = {"picture": {"png": "image/png", "jpg": "image/jpeg"}.get(wanted.extension)}
    for name, kind in {**kinds, "thumbnail": "image/jpeg"}.items():
        breaches += [f"its {name} {what}" for what in _of_served(client.get(f"{url}{name}"), kind)]
    return breaches


def _of_served(response: Any, kind: str | None) -> list[str]:
    content = response.getvalue()
    breaches = [f"holds {text!r}" for text in CANARIES if text in content]
    if (response["Content-Type"], response["X-Content-Type-Options"]) != (kind, "nosniff"):
        breaches.append(f"is served as {response['Content-Type']}")
    try:
        left = set(decoded(content).info) - HARMLESS_INFO
    except OSError:
        return [*breaches, "is no whole picture"]
    return [*breaches, f"states {sorted(left)}"] if left else breaches
