"""Where imported files lie: under generated names, out of reach of any address."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from contacts.services.imports.trouble import refuse

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


def folder() -> Path:
    """Return the folder that imported files are kept in."""
    return Path(settings.PRIVATE_ROOT)


def path_of(stored: str) -> Path:
    """Return the place of a stored file."""
    return folder() / stored


def store(chunks: Iterable[bytes], now: datetime) -> str:
    """Write an upload to a name of ours, a chunk at a time; return the name."""
    stored = f"imports/{now:%Y/%m}/{secrets.token_hex(16)}"
    target = path_of(stored)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("xb") as file:
            for chunk in chunks:
                file.write(chunk)
                if file.tell() > settings.IMPORT_LARGEST:
                    message = _("The file is larger than %(size)s MB.")
                    size = settings.IMPORT_LARGEST // 1024**2
                    raise refuse("file", "too_large", message % {"size": size})
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return stored


def discard(stored: str) -> None:
    """Remove a stored file, and what was made of it."""
    path = path_of(stored)
    for one in (path, *path.parent.glob(f"{path.name}.*")):
        one.unlink(missing_ok=True)


def shown_name(name: str) -> str:
    """Return a file's name as it may be shown: no folders, no invisible signs, no tricks."""
    last = re.split(r"[\\/]", name.replace("\0", ""))[-1]
    visible = "".join(sign for sign in last if unicodedata.category(sign) not in _INVISIBLE)
    return " ".join(visible.split()).strip(". ")[:255] or "import"
