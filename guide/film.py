"""A film of a page: frames at a steady rate, with the pointer that a screenshot leaves out."""

import io
import subprocess
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Error, Locator, Page

FFMPEG = "ffmpeg"
FPS = 20
WIDTH, HEIGHT = 1280, 720
_MOVE_FRAMES = 11
_POINTER = [(0, 0), (0, 22), (5, 17), (9, 26), (13, 24), (9, 16), (16, 16)]


class SceneTooLong(Exception):
    """A scene has more frames than its time in the video allows."""


class Film:
    """Records what is seen of a page, frame by frame.

    Args:
        page: WIDTH x HEIGHT pixels large.
        folder: where the frames are written.
    """

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.folder = folder
        self.frames = 0
        self._x, self._y = WIDTH * 0.5, HEIGHT * 0.6
        self._pressed = False

    def scene(self, name: str, end_s: int) -> None:
        """End a scene: repeat the current view until its time is over.

        Args:
            name: of the scene, for the error.
            end_s: when the scene ends, in seconds from the start of the video.

        Raises:
            SceneTooLong: its time is over already.
        """
        missing = end_s * FPS - self.frames
        if missing < 0:
            raise SceneTooLong(f"The scene {name!r} is {-missing} frames too long.")
        self._record(missing)

    def hold(self, seconds: float) -> None:
        self._record(round(seconds * FPS))

    def point_at(self, target: Locator) -> None:
        """Scroll an element into view, and move the pointer to its middle."""
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        if box is None:
            raise ValueError(f"{target} can't be seen.")
        self.move_to(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def move_to(self, x: float, y: float, frames: int = _MOVE_FRAMES) -> None:
        from_x, from_y = self._x, self._y
        for step in range(1, frames + 1):
            share = step / frames
            share = share * share * (3 - 2 * share)
            self._x, self._y = from_x + (x - from_x) * share, from_y + (y - from_y) * share
            self.page.mouse.move(self._x, self._y)
            self._record(1)

    def press(self, target: Locator) -> None:
        """Point at an element, and click it."""
        self.point_at(target)
        self._pressed = True
        self._record(4)
        self._pressed = False
        target.click()
        self.page.wait_for_load_state("networkidle")

    def type(self, target: Locator, text: str) -> None:
        self.press(target)
        for character in text:
            target.press_sequentially(character)
            self._record(4)

    def stroke(self, points: list[tuple[float, float]]) -> None:
        """Draw through the points with the mouse button held down."""
        self.move_to(*points[0], frames=2)
        self.page.mouse.down()
        for point in points[1:]:
            self.move_to(*point, frames=4)
        self.page.mouse.up()

    def encode(self, path: Path, *codec: str) -> None:
        """Write the frames as a video.

        Args:
            codec: ffmpeg's options for the codec.
        """
        frames = ["-framerate", str(FPS), "-i", str(self.folder / "%05d.jpg")]
        command = [FFMPEG, "-y", "-loglevel", "error", *frames, "-pix_fmt", "yuv420p", *codec]
        subprocess.run([*command, str(path)], check=True)  # noqa: S603

    def _record(self, times: int) -> None:
        if not times:
            return
        image = self._screenshot()
        self._draw_pointer(image)
        first = self.folder / f"{self.frames:05d}.jpg"
        image.save(first, quality=95, subsampling=0)
        for number in range(self.frames + 1, self.frames + times):
            (self.folder / f"{number:05d}.jpg").hardlink_to(first)
        self.frames += times

    def _screenshot(self) -> Image.Image:
        """What the page shows; a busy browser may need a second try."""
        try:
            data = self.page.screenshot(type="jpeg", quality=95)
        except Error:
            self.page.wait_for_load_state("networkidle")
            data = self.page.screenshot(type="jpeg", quality=95)
        return Image.open(io.BytesIO(data))

    def _draw_pointer(self, image: Image.Image) -> None:
        draw = ImageDraw.Draw(image)
        if self._pressed:
            draw.circle((self._x, self._y), 18, outline="#c96a00", width=4)
        outline = [(self._x + x, self._y + y) for x, y in _POINTER]
        draw.polygon(outline, fill="#111", outline="#fff", width=2)
