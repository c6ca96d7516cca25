"""Files in a bucket of a store that speaks S3."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from django.core.files.base import ContentFile
from storages.backends.s3 import S3Storage

CONNECT_TIMEOUT_S, READ_TIMEOUT_S, ATTEMPTS = 2, 5, 2

Method = TypeVar("Method", bound=Callable[..., Any])


class BucketUnavailable(OSError):
    """The bucket does not answer, or refuses."""


def _raises_unavailable(method: Method) -> Method:
    """Make a method raise botocore's errors as an OSError, as a disk does."""

    @wraps(method)
    def safe(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except (BotoCoreError, ClientError) as error:
            raise BucketUnavailable(f"The bucket could not be used: {error}") from error

    return safe  # type: ignore[return-value]


def _unless_missing(error: ClientError, name: str) -> Exception:
    """A FileNotFoundError if the error is a 404, otherwise the error itself."""
    is_missing = error.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    return FileNotFoundError(f"The bucket holds no {name}.") if is_missing else error


class WholeS3Storage(S3Storage):  # type: ignore[misc]
    """Writes a file in one request with its SHA-256: the store takes it whole or not at all."""

    cleans_up_at_once = False

    def require_usable(self) -> None:
        """Check that the bucket answers, by asking for a file that is not there."""
        self.exists("readiness")

    def get_default_settings(self) -> dict[str, Any]:
        return super().get_default_settings() | {  # type: ignore[no-any-return]
            "file_overwrite": True,  # names are unique to an upload: see _save
            "client_config": Config(
                connect_timeout=CONNECT_TIMEOUT_S,
                read_timeout=READ_TIMEOUT_S,
                retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            ),
        }

    @_raises_unavailable
    def _save(self, name: str, content: File[Any]) -> str:
        data = content.read()
        try:
            self.bucket.Object(self._normalize_name(name)).put(
                Body=data,
                ChecksumSHA256=base64.b64encode(hashlib.sha256(data).digest()).decode(),
                # An existing file is never replaced, so that two writers can't mix.
                IfNoneMatch="*",
                **self._get_write_parameters(name, content),
            )
        except ClientError as error:
            # 412: the file exists, because an earlier attempt's reply was lost. The content that
            # the attempt stored must be the same.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 412 or not self._holds(
                name, data
            ):
                raise
        return name

    @_raises_unavailable
    def _open(self, name: str, mode: str = "rb") -> File[Any]:  # noqa: ARG002
        """The whole file, fetched at once: a later read can't fail."""
        try:
            answer = self.bucket.Object(self._normalize_name(name)).get()
        except ClientError as error:
            raise _unless_missing(error, name) from error
        return ContentFile(answer["Body"].read(), name=name)

    @_raises_unavailable
    def get_modified_time(self, name: str) -> datetime:
        try:
            return super().get_modified_time(name)  # type: ignore[no-any-return]
        except ClientError as error:
            raise _unless_missing(error, name) from error

    def _holds(self, name: str, data: bytes) -> bool:
        with self.open(name) as file:
            return bool(file.read() == data)

    delete = _raises_unavailable(S3Storage.delete)
    exists = _raises_unavailable(S3Storage.exists)
    listdir = _raises_unavailable(S3Storage.listdir)
    size = _raises_unavailable(S3Storage.size)
