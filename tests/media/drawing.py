"""Files as people bring them in."""

import base64
import io
from pathlib import Path
from typing import Any

from PIL import Image

RED, GREEN = (200, 30, 30), (30, 160, 60)


def drawn(
    size: tuple[int, int] = (8, 6), kind: str = "PNG", mode: str = "RGB", **more: Any
) -> bytes:
    """Return a file: its left half red, its right half green."""
    image = Image.new("RGB", size, RED)
    image.paste(GREEN, (size[0] // 2, 0, *size))
    out = io.BytesIO()
    image.convert(mode).save(out, kind, **more)
    return out.getvalue()


def deep() -> bytes:
    """Return grey in 16 bits."""
    out = io.BytesIO()
    Image.new("I;16", (8, 6), 40_000).save(out, "PNG")
    return out.getvalue()


def moving(frames: int = 3, size: tuple[int, int] = (8, 6), kind: str = "GIF") -> bytes:
    """Return a moving picture."""
    images = [Image.new("RGB", size, (40 * (number % 6), 0, 0)) for number in range(frames)]
    out = io.BytesIO()
    images[0].save(out, kind, save_all=True, append_images=images[1:], duration=80, loop=0)
    return out.getvalue()


def in_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def opened(raw: bytes) -> Image.Image:
    return Image.open(io.BytesIO(raw))


def lying(kept: Path) -> list[str]:
    """Return the names of all files that are kept."""
    return sorted(file.name for file in kept.glob("*/*"))
