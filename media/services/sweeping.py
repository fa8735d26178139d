"""Takes away files that no image names: what was left by whoever died between file and row.

They go aside first, where no address leads, and for good a month later: a database that came
back from a backup without its newest rows loses no picture by that.
"""

import os
from contextlib import suppress
from pathlib import Path

from kernel.jobs import Claimed
from media.models import ImageFile
from media.services import files

# Nothing that comes in takes as long: what is younger may get its row yet.
AGE = 24 * 3600
KEPT = 30 * 24 * 3600
ASIDE = "aside"


def sweep(job: Claimed) -> None:
    """Go through all files, a folder at a time; safe to begin again anywhere."""
    if not files.root().is_dir():
        return
    now = _now()
    moved = 0
    for folder in sorted(files.root().glob("[0-9a-f][0-9a-f]")):
        moved += _aside(folder, now)
        job.keep(folder=folder.name, moved=moved)
    _forget(now)


def _aside(folder: Path, now: float) -> int:
    old = {file.name: file for file in folder.iterdir() if now - _written(file, now) > AGE}
    known = set(ImageFile.objects.filter(name__in=list(old)).values_list("name", flat=True))
    for name in old.keys() - known:
        target = files.root() / ASIDE / name
        target.parent.mkdir(exist_ok=True)
        # Its image may be deleted, and its file with it, at this very moment.
        with suppress(FileNotFoundError):
            # Before it moves, so that whoever comes in between counts its month from today.
            os.utime(old[name])
            old[name].replace(target)
    return len(old.keys() - known)


def _forget(now: float) -> None:
    """Drop what has lain aside long enough; what a row names again goes back to its place."""
    lying = {file.name: file for file in (files.root() / ASIDE).glob("*")}
    known = set(ImageFile.objects.filter(name__in=list(lying)).values_list("name", flat=True))
    for name, file in lying.items():
        if name in known:
            files.path_of(name).parent.mkdir(exist_ok=True)
            file.replace(files.path_of(name))
        elif now - _written(file, now) > KEPT:
            file.unlink(missing_ok=True)


def _written(file: Path, now: float) -> float:
    """Return when a file was last written; of one that has gone meanwhile, just now."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return now


def _now() -> float:
    """Ask the disk itself: its clock may be another machine's."""
    mark = files.root() / ".swept"
    mark.touch()
    return mark.stat().st_mtime
