"""Record the guide video on a server and a database of its own; needs ffmpeg and Chromium.

`python -m guide.record` writes the video, its poster and its captions to static/guide, and the
README's pictures to docs.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path

import django
from PIL import Image
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from guide import film, scenes
from guide.pictures import take_pictures
from tests.browser.chromium import find_chromium
from tests.faults.server import running_site

VIDEO = Path("static/guide")
VP9 = ("-c:v", "libvpx-vp9", "-crf", "34", "-b:v", "0", "-row-mt", "1", "-cpu-used", "3")
H264 = ("-c:v", "libx264", "-crf", "24", "-preset", "slow", "-movflags", "+faststart")


def record(browser: Browser, address: str) -> None:
    """Record all scenes, each as long as its caption, and write video, poster and captions."""
    from recognizer.presentation.guide_video import SCENES, write_captions

    size = ViewportSize(width=film.WIDTH, height=film.HEIGHT)
    context = browser.new_context(
        base_url=address, viewport=size, locale="en", accept_downloads=True
    )
    with tempfile.TemporaryDirectory() as folder:
        shot = film.Film(context.new_page(), Path(folder))
        for scene, end_s in zip(SCENES, accumulate(s.seconds for s in SCENES), strict=True):
            scenes.SCENES[scene.name](shot)
            shot.scene(scene.name, end_s)
        VIDEO.mkdir(exist_ok=True)
        shot.encode(VIDEO / "guide.webm", *VP9)
        shot.encode(VIDEO / "guide.mp4", *H264)
        poster_at = film.FPS * (SCENES[0].seconds + SCENES[1].seconds + 3)
        with Image.open(Path(folder) / f"{poster_at:05d}.jpg") as poster:
            poster.save(VIDEO / "guide.webp", quality=80, method=6)
    context.close()
    write_captions(Path("static"))


@contextmanager
def chromium() -> Iterator[Browser]:
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=options)
        yield browser
        browser.close()


def main() -> None:
    """Record everything, or only the `video` or the `pictures`."""
    wanted = sys.argv[1:] or ["video", "pictures"]
    if "video" in wanted and not shutil.which(film.FFMPEG):
        sys.exit("The video needs ffmpeg: on Debian and Ubuntu, `apt-get install ffmpeg`.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digitrec.settings")
    django.setup()
    with (
        tempfile.TemporaryDirectory(prefix="digitrec-guide-") as folder,
        running_site(Path(folder)) as site,
        chromium() as browser,
    ):
        address = f"http://127.0.0.1:{site.port}"
        if "video" in wanted:
            record(browser, address)
        if "pictures" in wanted:
            take_pictures(browser, address)


if __name__ == "__main__":
    main()
