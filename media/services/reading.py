"""Reads uploads: only what is a picture by its content gets through, upright and bare.

Nothing of the bytes that came is kept. What is served was written by us from pixels, so that no
script, no place where it was taken and no second file within the first is left.
"""

import io
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps
from PIL.Image import DecompressionBombError, DecompressionBombWarning

from media.services.refusing import refuse

FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
# Of one photo, of any other picture (which takes several times the work), and of all frames of a
# moving one.
MOST_PIXELS, MOST_DRAWN, MOST_MOVING = 50_000_000, 16_000_000, 16_000_000
# Mail programs show nothing as long; JPEG ends at 65,500.
LONGEST_SIDE = 16_000
MOST_FRAMES = 300
# A picture in many passes is decoded as often.
MOST_SCANS = 30
BROKEN = (
    *(OSError, SyntaxError, ValueError, EOFError, TypeError, KeyError, IndexError),
    *(OverflowError, ZeroDivisionError, AttributeError, struct.error, MemoryError),
)
_BOMBS = (DecompressionBombError, DecompressionBombWarning)
# A picture of 50 megapixels takes 600 MB while it is worked on: each process does one at a time.
# One more request waits a moment; a third thread stays free for mails' images and clicks.
_ONE, _WAITS = threading.Lock(), threading.Lock()
PATIENCE = 1.0
_BEGINS = (b"\xff\xd8", b"\x89PNG", b"GIF8", b"RIFF")


class Occupied(Exception):  # noqa: N818 - the same upload succeeds in a moment
    """Other pictures are worked on in this process just now; `str` says so to people."""

    # Seconds until it is worth trying again.
    wait = 3

    def __str__(self) -> str:
        return _("Many images are coming in at once. Try again in a moment.")


@dataclass(frozen=True)
class Picture:
    """Pixels without anything else: one frame, or those of a moving picture with their times."""

    frames: list[Image.Image]
    durations: list[int]
    # How often it plays; None: once.
    loop: int | None
    # What it came as.
    format: str

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height in pixels."""
        return self.frames[0].size

    @property
    def moves(self) -> bool:
        """Say whether it has several frames."""
        return len(self.frames) > 1


@contextmanager
def alone() -> Iterator[None]:
    """Let this process work on no other picture meanwhile; `Occupied` where it does already."""
    if not _ONE.acquire(blocking=False):
        if not _WAITS.acquire(blocking=False):
            raise Occupied
        try:
            if not _ONE.acquire(timeout=PATIENCE):
                raise Occupied
        finally:
            _WAITS.release()
    try:
        yield
    finally:
        _ONE.release()


def read(raw: bytes) -> Picture:
    """Return the picture that a file is; `ConfigProblem` where it is none, or too large."""
    _refuse_by_its_begin(raw)
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
            kind = "JPEG" if opened.format == "MPO" else str(opened.format)
            _refuse_large(opened.size, MOST_PIXELS if kind == "JPEG" else MOST_DRAWN)
            if kind != "JPEG" and getattr(opened, "is_animated", False):
                if kind == "PNG":
                    raise refuse("moving_png", _("Moving PNGs are not taken. Save it as GIF."))
                return _moving(opened, kind)
            return Picture([_bare(_upright(opened))], [0], None, kind)
    except _BOMBS as bomb:
        raise _too_many_pixels() from bomb
    except BROKEN as broken:
        message = _("This is no image that can be read. JPEG, PNG, GIF and WebP are taken.")
        raise refuse("not_an_image", message) from broken


def _refuse_by_its_begin(raw: bytes) -> None:
    """Say what to do about files that people take for images, and that are not taken."""
    if not raw:
        raise refuse("empty", _("The file is empty."))
    if not raw.startswith(_BEGINS) and b"<svg" in raw[:4096].lower():
        message = _("SVG is a page that can carry scripts, and mail programs do not show it.")
        raise refuse("svg", message + " " + _("Save it as PNG."))
    if raw[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"}:
        raise refuse("heic", _("Mail programs do not show HEIC or AVIF. Save it as JPEG."))
    if raw.startswith(b"\xff\xd8") and raw.count(b"\xff\xda") > MOST_SCANS:
        raise _too_many_pixels()


def _refuse_large(size: tuple[int, int], most: int) -> None:
    if max(size) > LONGEST_SIDE and size[0] * size[1] <= most:
        message = _("The image is longer than %(count)s pixels. Make it smaller first.")
        raise refuse("too_long", message % {"count": LONGEST_SIDE})
    if size[0] * size[1] > most:
        raise _too_many_pixels(most)


def _too_many_pixels(most: int = MOST_PIXELS) -> Exception:
    message = _("The image has more than %(count)s megapixels. Make it smaller first.")
    return refuse("too_many_pixels", message % {"count": max(1, most // 1_000_000)})


def _moving(opened: Image.Image, kind: str) -> Picture:
    frames, durations = [], []
    for number in range(MOST_FRAMES + 1):
        try:
            opened.seek(number)
        except EOFError:
            break
        # A later frame may be larger than the first said.
        if opened.width * opened.height * (number + 1) > MOST_MOVING:
            raise _too_many_pixels(MOST_MOVING)
        _refuse_large(opened.size, MOST_MOVING)
        if number == MOST_FRAMES:
            message = _("The image has more than %(count)s frames. Make it shorter first.")
            raise refuse("too_many_frames", message % {"count": MOST_FRAMES})
        durations.append(_duration(opened))
        frames.append(_bare(opened))
    loop = opened.info.get("loop")
    return Picture(frames, durations, loop if isinstance(loop, int) else None, kind)


def _duration(frame: Image.Image) -> int:
    """Return milliseconds; browsers show what is shorter than 20 for 100."""
    given = frame.info.get("duration", 100)
    return int(given) if isinstance(given, (int, float)) and 20 <= given <= 60_000 else 100


def _upright(opened: Image.Image) -> Image.Image:
    opened.load()
    try:
        return ImageOps.exif_transpose(opened)
    except BROKEN:
        return opened


def _bare(image: Image.Image) -> Image.Image:
    """Return the pixels in sRGB, as RGB, RGBA or grey, without words, place or profile."""
    image = _in_srgb(image)
    if image.mode in {"P", "PA", "LA", "La", "RGBA", "RGBa"} or "transparency" in image.info:
        image = image.convert("RGBA")
        if image.getchannel("A").getextrema() == (255, 255):
            image = image.convert("RGB")
    elif image.mode.startswith(("I", "F")):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode not in {"RGB", "L"}:
        image = image.convert("RGB")
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    return bare


def _in_srgb(image: Image.Image) -> Image.Image:
    """Turn the colours of a phone's wide gamut into those that all programs show alike."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "RGBA", "CMYK"}:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGB" if image.mode == "CMYK" else image.mode
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, target, outputMode=mode) or image
    except (*BROKEN, ImageCms.PyCMSError):
        return image
