"""Where the files of images lie: beside the database, under the names that are their addresses."""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from django.conf import settings

# Short, since a mail carries dozens of them.
PREFIX = "/m/"
TYPES = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif"}
NAME = re.compile(r"[0-9a-f]{32}\.(jpg|png|gif)")
_PART = ".part"


def root() -> Path:
    """Return the folder of all files."""
    return Path(settings.MEDIA_FILES)


def path_of(name: str) -> Path:
    """Return the place of a file of this name, of which `NAME` holds."""
    return root() / name[:2] / name


def keep(content: bytes, ending: str) -> str:
    """Write a file under a new name and return that; nobody ever sees half of one."""
    name = f"{secrets.token_hex(16)}.{ending}"
    target = path_of(name)
    if not target.parent.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        _settle(target.parent.parent)
    part = target.with_name(name + _PART)
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
        _settle(target.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        target.unlink(missing_ok=True)
        raise
    return name


def _settle(folder: Path) -> None:
    """Have the disk keep what a folder names: a power cut takes no file whose row is kept."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def discard(name: str) -> None:
    """Remove a file; one that is gone already, or that cannot go now, is left to the sweep."""
    with suppress(OSError):
        path_of(name).unlink(missing_ok=True)


def found(name: str) -> Path | None:
    """Return the place of a file; None where there is none."""
    if not NAME.fullmatch(name) or not path_of(name).is_file():
        return None
    return path_of(name)


def content_of(name: str) -> bytes | None:
    """Return what a file holds; None where there is none."""
    if not NAME.fullmatch(name):
        return None
    try:
        return path_of(name).read_bytes()
    except OSError:
        return None


def path(name: str) -> str:
    """Return the address on this site."""
    return PREFIX + name


def address(name: str) -> str:
    """Return the whole address, as mails carry it."""
    return f"{settings.SITE_URL}{PREFIX}{name}"
