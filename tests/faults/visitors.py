"""Somebody who sends pictures through the form, and keeps a journal of what was acknowledged."""

import time
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.makers import encoded


@dataclass
class Visitor:
    """Sends, and notes every answer."""

    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    acknowledged: list[UUID] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    slowest_s: float = 0

    def send(self, data: bytes, key: UUID | None = None) -> int:
        started = time.monotonic()
        picture = SimpleUploadedFile("picture.png", data)
        answer = self.client.post("/", {"picture": picture, "key": str(key or uuid4())})
        self.slowest_s = max(self.slowest_s, time.monotonic() - started)
        self.statuses.append(answer.status_code)
        if answer.status_code == 302:
            self.acknowledged.append(UUID(answer["Location"].strip("/").rpartition("/")[2]))
        return answer.status_code

    def count(self, status: int) -> int:
        return self.statuses.count(status)

    @property
    def http500(self) -> int:
        return sum(status >= 500 and status != 503 for status in self.statuses)


def noise_png(side: int, seed: int) -> bytes:
    """A grey picture that can't be made smaller: about side x side bytes."""
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side), np.uint8)
    return encoded(Image.fromarray(pixels), "PNG")
