"""Writes a picture as the files it is served as: whole, for mails, small, a thumbnail."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image

from media.services.reading import BROKEN, Picture
from media.services.refusing import refuse

# A mail is 600 points wide; twice that is sharp on every screen.
MAIL, SMALL, THUMB = 1200, 600, 360
MAIL_HIGH = 8000
# Of what is served: memory, disk and the patience of readers. A moving one is its own mail size.
MOST_BYTES, MOST_MOVING = 16 * 1024**2, 8 * 1024**2
# So much quality that nobody sees the loss; the whole picture is cut and made smaller again.
WHOLE_QUALITY, QUALITY = 92, 82
# Photos saved as PNG are many times as heavy: from this weight on JPEG is tried.
HEAVY = 150_000
ENDINGS = {"jpeg": "jpg", "png": "png", "gif": "gif"}
FEW_COLOURS = 256


@dataclass(frozen=True)
class Made:
    """One file: its use, its content, and what it is."""

    use: str
    content: bytes
    format: str
    width: int
    height: int


def files_of(picture: Picture) -> list[Made]:
    """Return every file of a picture, the whole one first; no other is larger than it."""
    try:
        return list(_files(picture))
    except BROKEN as broken:
        message = _("This image cannot be written anew. Save it in another format.")
        raise refuse("not_writable", message) from broken


def _files(picture: Picture) -> Iterator[Made]:
    kind, (width, height) = _kind(picture), picture.size
    whole = _made("full", picture.frames, kind, picture, WHOLE_QUALITY)
    most = max(MOST_BYTES, settings.IMAGE_LARGEST)
    if len(whole.content) > (MOST_MOVING if kind == "gif" else most):
        message = _("The image is too heavy to be served. Make it smaller first.")
        raise refuse("too_heavy", message)
    yield whole
    # A narrow one that cannot become lighter is the same for mails: one file serves both.
    if width > MAIL or height > MAIL_HIGH or kind == "jpeg" or _may_be_a_photo(picture, whole):
        mail = _smaller("mail", picture, kind, MAIL)
        if mail.content != whole.content:
            yield mail
    if width > SMALL:
        yield _smaller("small", picture, kind, SMALL)
    first = picture.frames[0].copy()
    first.thumbnail((THUMB, THUMB * 2), Image.Resampling.LANCZOS)
    yield _made("thumb", [first], _still(kind, first), picture, QUALITY)


def _kind(picture: Picture) -> str:
    """Return the format that it is served as."""
    if picture.moves:
        return "gif"
    if picture.format == "JPEG":
        return "jpeg"
    first = picture.frames[0]
    if picture.format == "WEBP" and first.mode != "RGBA" and not first.getcolors(FEW_COLOURS):
        return "jpeg"
    return "png"


def _still(kind: str, image: Image.Image) -> str:
    return "png" if image.mode == "RGBA" or kind == "png" else "jpeg"


def _smaller(use: str, picture: Picture, kind: str, width: int) -> Made:
    frames = [_narrowed(frame, width) for frame in picture.frames]
    made = _made(use, frames, kind, picture, QUALITY)
    if kind == "png" and frames[0].mode != "RGBA" and len(made.content) > HEAVY:
        photo = _made(use, frames, "jpeg", picture, QUALITY)
        if len(photo.content) * 2 < len(made.content):
            return photo
    return made


def _may_be_a_photo(picture: Picture, whole: Made) -> bool:
    plain = picture.frames[0].mode != "RGBA"
    return whole.format == "png" and plain and len(whole.content) > HEAVY


def _narrowed(frame: Image.Image, width: int) -> Image.Image:
    share = min(1.0, width / frame.width, MAIL_HIGH / frame.height)
    if share == 1:
        return frame
    size = max(1, round(frame.width * share)), max(1, round(frame.height * share))
    return frame.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _made(use: str, frames: list[Image.Image], kind: str, picture: Picture, quality: int) -> Made:
    first, out = frames[0], io.BytesIO()
    if kind == "jpeg":
        first.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    elif kind == "png":
        # The best of all is sought for small ones only: of large ones it takes many seconds.
        small = first.width * first.height <= 1_000_000
        first.save(out, "PNG", **({"optimize": True} if small else {"compress_level": 4}))
    else:
        again = {} if picture.loop is None else {"loop": picture.loop}
        rest, times = frames[1:], picture.durations
        first.save(
            out, "GIF", save_all=True, append_images=rest, duration=times, disposal=2, **again
        )
    return Made(use, out.getvalue(), kind, first.width, first.height)
