"""Makes images of images: a part of another shape, a smaller one. What there was stays."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image as Pixels

from media.models import LONGEST_NAME, Image
from media.services import library
from media.services.reading import Picture
from media.services.refusing import refuse
from media.services.writing import Made

# Width to height; empty: as it is.
SHAPES = ("", "1:1", "4:3", "3:2", "16:9", "2:1", "3:1", "3:4", "9:16")
WIDEST = 10_000


def prepared(source: Image, wanted: Mapping[str, Any]) -> list[Made]:
    """Make the files of a `shape` around the point `x`, `y` (hundredths), `width` pixels wide.

    Nothing is made larger than it is.
    """
    if source.format == Image.Format.GIF:
        raise refuse("moving", _("A moving image cannot be cropped or made smaller."), "")
    shape, width = str(wanted.get("shape", "")), wanted.get("width")
    point = (int(wanted.get("x", 50)), int(wanted.get("y", 50)))

    def make(picture: Picture) -> Picture:
        part = _part(picture.frames[0], shape, point)
        if width and width < part.width:
            height = max(1, round(part.height * width / part.width))
            part = part.resize((width, height), Pixels.Resampling.LANCZOS)
        return replace(picture, frames=[part])

    return library.derived(source, make)


def cut(
    source: Image, made: list[Made], wanted: Mapping[str, Any], owner: Any, now: datetime
) -> Image:
    """Keep what was prepared as another image; `name` is what it is called."""
    named = _named(source, str(wanted.get("shape", "")), wanted.get("width"))
    name = str(wanted.get("name") or "") or named
    told = {"name": name[:LONGEST_NAME], "alt": source.alt}
    return library.add(made, told, owner, now)


def _named(source: Image, shape: str, width: int | None) -> str:
    added = " ".join(part for part in (shape, f"{width} px" if width else "") if part)
    return f"{source.name[:150]} ({added})" if added else source.name


def _part(whole: Pixels.Image, shape: str, point: tuple[int, int]) -> Pixels.Image:
    width, height = size_of(whole.size, shape)
    left = _begin(whole.width, width, point[0])
    top = _begin(whole.height, height, point[1])
    return whole.crop((left, top, left + width, top + height))


def size_of(whole: tuple[int, int], shape: str) -> tuple[int, int]:
    """Return the largest width and height of a shape within a picture."""
    if not shape:
        return whole
    across, down = map(int, shape.split(":"))
    width = min(whole[0], whole[1] * across // down)
    return max(1, width), max(1, min(whole[1], width * down // across))


def _begin(whole: int, part: int, hundredths: int) -> int:
    """Return where a part begins whose middle is as near to a point as it can be."""
    return min(max(whole * hundredths // 100 - part // 2, 0), whole - part)
