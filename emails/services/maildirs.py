"""Takes returned mail from a maildir: files of `new`, then moved to `cur` or removed.

Only folders below MAILDIR_ROOT, which the operator sets, and only plain files: no link leads out.

* look(source, take) -> Progress     raises `LookFailed`
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from emails.models import MailSource
from emails.returned.structure import LONGEST
from emails.services.mailboxes import LookFailed, Progress, Take

MOST = 500
SEEN = ":2,S"


def is_offered() -> bool:
    """Say whether the operator named a folder in which maildirs lie."""
    return bool(settings.MAILDIR_ROOT)


def place_of(folder: str) -> Path:
    """Return the maildir of that name; `LookFailed` where there is none, or none below the root."""
    if not is_offered():
        raise LookFailed(_("MAILDIR_ROOT is not set on this server."))
    try:
        root = Path(settings.MAILDIR_ROOT).resolve(strict=True)
        place = (root / folder.lstrip("/")).resolve(strict=True)
    except (OSError, ValueError, RuntimeError):
        raise LookFailed(_("There is no such folder.")) from None
    if not place.is_relative_to(root) or not (place / "new").is_dir():
        raise LookFailed(_("This is no maildir below MAILDIR_ROOT."))
    return place


def look(source: MailSource, take: Take) -> Progress:
    """Store what is new; each file leaves `new` once it is stored."""
    place = place_of(source.folder)
    taken, more = 0, False
    for name in _names(place / "new"):
        if taken >= MOST:
            more = True
            break
        raw, size = _read(place / "new" / name)
        if raw is None:
            continue
        take(raw, size)
        taken += 1
        _put_away(place, name, keep=source.after == MailSource.After.KEEP or size > LONGEST)
    return Progress(0, 0, taken, more)


def test(source: MailSource) -> int:
    """Count what waits there."""
    return sum(1 for _name in _names(place_of(source.folder) / "new"))


def _names(folder: Path) -> Iterator[str]:
    try:
        with os.scandir(folder) as found:
            yield from sorted(one.name for one in found if one.is_file(follow_symlinks=False))
    except OSError as error:
        raise LookFailed(_said(error)) from error


def _read(path: Path) -> tuple[bytes | None, int]:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None, 0
    except OSError as error:
        raise LookFailed(_said(error)) from error
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            return None, 0
        return file.read(LONGEST), about.st_size


def _put_away(place: Path, name: str, *, keep: bool) -> None:
    path = place / "new" / name
    try:
        if not keep:
            path.unlink(missing_ok=True)
            return
        (place / "cur").mkdir(exist_ok=True)
        with suppress(FileNotFoundError):
            path.rename(place / "cur" / (name if ":2," in name else f"{name}{SEEN}"))
    except OSError as error:
        raise LookFailed(_said(error)) from error


def _said(error: OSError) -> str:
    words = str(_("The folder cannot be used: %(reason)s"))
    return words % {"reason": error.strerror or type(error).__name__}
