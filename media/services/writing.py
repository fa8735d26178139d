"""Writes a picture as the files it is served as: whole, for mails, small, a thumbnail."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from media.services.reading import Picture

# A mail is 600 points wide; twice that is sharp on every screen.
MAIL, SMALL, THUMB = 1200, 600, 360
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
    return list(_files(picture))


def _files(picture: Picture) -> Iterator[Made]:
    kind, (width, _height) = _kind(picture), picture.size
    yield _made("full", picture.frames, kind, picture, WHOLE_QUALITY)
    yield _smaller("mail", picture, kind, min(width, MAIL))
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


def _narrowed(frame: Image.Image, width: int) -> Image.Image:
    if frame.width <= width:
        return frame
    height = max(1, round(frame.height * width / frame.width))
    return frame.resize((width, height), Image.Resampling.LANCZOS)


def _made(use: str, frames: list[Image.Image], kind: str, picture: Picture, quality: int) -> Made:
    first, out = frames[0], io.BytesIO()
    if kind == "jpeg":
        first.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    elif kind == "png":
        first.save(out, "PNG", optimize=len(picture.frames) == 1 and first.width <= MAIL)
    else:
        again = {} if picture.loop is None else {"loop": picture.loop}
        rest, times = frames[1:], picture.durations
        first.save(
            out, "GIF", save_all=True, append_images=rest, duration=times, disposal=2, **again
        )
    return Made(use, out.getvalue(), kind, first.width, first.height)
