"""Where exported files lie: under generated names, until a day is over."""

import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from shutil import rmtree

from django.conf import settings

FOLDER = "exports"


def path_of(stored: str) -> Path:
    """Return the place of a stored file."""
    return Path(settings.PRIVATE_ROOT) / stored


def new_name(kind: str, now: datetime) -> str:
    """Return a name that nobody guesses, in a folder that exists."""
    stored = f"{FOLDER}/{now:%Y/%m}/{secrets.token_hex(16)}.{kind}"
    path_of(stored).parent.mkdir(parents=True, exist_ok=True)
    return stored


def beside(path: Path) -> Path:
    """Return the folder in which a file is put together; it goes with it."""
    return path.with_suffix(".part")


def discard(path: Path) -> None:
    """Remove a file, and whatever was left of putting it together."""
    path.unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        rmtree(beside(path))


def orphans(known: set[str], before: datetime) -> list[Path]:
    """Return files and folders that no export names, older than an instant."""
    root = path_of("")
    found = path_of(FOLDER).glob("*/*/*")
    return [
        path
        for path in found
        if str(path.relative_to(root)) not in known and path.stat().st_mtime < before.timestamp()
    ]
