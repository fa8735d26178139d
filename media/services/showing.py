"""What shows which images: by their addresses in it, wherever these came from."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kernel import usage
from kernel.permissions import Actor
from kernel.registry import ConfigProblem
from kernel.trail import Deed
from media.models import Image, ImageFile
from media.services import files

_ADDRESS = re.compile(re.escape(files.PREFIX) + rf"({files.NAME.pattern})")
# Nobody shows more; what a text holds beyond is not looked up.
MOST = 1000
# Changed by one request.
SLICE = 50


def names_in(text: str) -> set[str]:
    """Return the names of files that a text may show, of which some may not be there."""
    return {found[1] for _n, found in zip(range(MOST), _ADDRESS.finditer(text), strict=False)}


def files_in(text: str) -> dict[int, int]:
    """Return the files a text shows, of today or former ones, each with its image."""
    names = names_in(text)
    if not names:
        return {}
    rows = ImageFile.objects.filter(name__in=names)
    return dict(rows.values_list("pk", "image_id"))


def goes_out(images: Iterable[int], now: datetime) -> None:
    """Note that mails may show these images from now on: their addresses must lead on."""
    Image.every.filter(pk__in=images, went_out_at=None).update(went_out_at=now)


@dataclass(frozen=True)
class Place:
    """A kind of thing that shows images, such as emails; its app declares it in `plugins.py`."""

    # Names those that show a former file of an image, without reading what they say.
    outdated: Callable[[int], Sequence[usage.Use]]
    # Puts other files in the place of some, for a user; None: it is not theirs to change.
    renew: Callable[[int, Mapping[str, str], Actor, datetime], Deed | None]


_places: list[Place] = []


def declare(place: Place) -> None:
    """Say what shows images."""
    _places.append(place)


def _former(image: Image) -> list[ImageFile]:
    # Not by the image: what was fetched beforehand with it are the files of today alone.
    return list(ImageFile.objects.filter(image=image, current=False))


def _instead(image: Image) -> dict[str, str]:
    """Return the file of today for each former one, of the same use."""
    former = _former(image)
    had_one = {file.created_at for file in former if file.use == "mail"}
    uses = {
        # One that had none for mails served as that, too: they do not get the largest now.
        file.name: "mail" if file.use == "full" and file.created_at not in had_one else file.use
        for file in former
    }
    return {name: image.file(use).name for name, use in uses.items()}


def outdated(image: Image) -> list[usage.Use]:
    """Return what shows a former picture of an image."""
    return [use for place in _places for use in place.outdated(image.pk)]


def renew(
    image: Image, user: Actor, now: datetime, told: Callable[[Deed], None]
) -> tuple[int, int, int]:
    """Have what shows a former picture show that of today, each in a transaction of its own.

    Called outside a transaction. `told` writes each deed down. Returns how many were changed, how
    many are left as they were (not this user's to change, or not to be saved as they are), and how
    many were not tried: each is compiled, so no more than `SLICE` are changed at a time.
    """
    instead = _instead(image)
    done = left = 0
    uses = [(place, use.id) for place in _places for use in place.outdated(image.pk)]
    for place, number in uses:
        if done == SLICE:
            break
        with suppress(ConfigProblem), transaction.atomic():
            if deed := place.renew(number, instead, user, now):
                told(deed)
                done += 1
                continue
        left += 1
    return done, left, len(uses) - done - left
