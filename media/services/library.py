"""Images come in, are replaced and go.

Files are written before the row that names them and removed after it: whoever dies in between
leaves files without a row, which the sweep takes away, and never a row without files.

Pixels take seconds: they are worked on first (`prepared`), outside any transaction and lock.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.services.imports.files import shown_name
from contacts.values import ValueProblem
from contacts.values.text import line
from kernel import usage
from media.models import LONGEST_ALT, LONGEST_NAME, Image, ImageFile
from media.services import files
from media.services.reading import Picture, alone, read
from media.services.refusing import refuse
from media.services.writing import ENDINGS, Made, files_of


def whole(chunks: Iterable[bytes]) -> bytes:
    """Return the bytes of an upload, unless there are too many."""
    parts, size = [], 0
    for chunk in chunks:
        size += len(chunk)
        if size > settings.IMAGE_LARGEST:
            message = _("The image is larger than %(size)s MB.")
            raise refuse("too_large", message % {"size": settings.IMAGE_LARGEST // 1024**2})
        parts.append(chunk)
    return b"".join(parts)


def named_by(file_name: str) -> str:
    """Return what an image is called that came as a file of this name."""
    stem = PurePath(shown_name(file_name)).stem.strip()
    return stem[:LONGEST_NAME] or str(_("Image"))


def prepared(raw: bytes) -> list[Made]:
    """Make the files of an upload; `ConfigProblem` says why it is refused, `Occupied` to wait."""
    with alone():
        return files_of(read(raw))


def derived(source: Image, make: Callable[[Picture], Picture]) -> list[Made]:
    """Make the files of another image made of one, such as a part of it."""
    content = files.content_of(source.file("full").name)
    if content is None:
        raise refuse("gone", _("The file of this image is gone."), "")
    with alone():
        return files_of(make(read(content)))


def add(made: list[Made], values: Mapping[str, Any], owner: Any, now: datetime) -> Image:
    """Keep what was prepared under `name` and `alt`; `ConfigProblem` says why it is refused."""
    told = _told(values)
    return _keep(made, Image(**told, owner=owner, created_at=now), now)


def replace(image: Image, made: list[Made], now: datetime) -> Image:
    """Put another picture in its place; the former files stay for mails that show them."""
    image.version += 1
    return _keep(made, image, now)


def change(image: Image, values: Mapping[str, Any], now: datetime) -> Image:
    """Change its name or description."""
    for field, value in _told({"name": image.name, "alt": image.alt, **values}).items():
        setattr(image, field, value)
    image.version, image.updated_at = image.version + 1, now
    image.save(update_fields=["name", "alt", "version", "updated_at"])
    return image


@transaction.atomic
def delete(image: Image, now: datetime) -> None:
    """Take an image out of the library that nothing uses.

    One that mails may show is served as before; of any other the files go, so that its addresses
    lead nowhere.
    """
    usage.refuse_if_used("image", image.pk)
    went_out = Image.every.filter(pk=image.pk, went_out_at__isnull=False)
    if went_out.update(removed_at=now):
        return
    names = list(ImageFile.objects.filter(image=image).values_list("name", flat=True))
    image.delete()
    transaction.on_commit(lambda: _discard(names))


def _discard(names: Iterable[str]) -> None:
    for name in names:
        files.discard(name)


def _keep(made: list[Made], image: Image, now: datetime) -> Image:
    names: list[str] = []
    try:
        for each in made:
            # One by one: what was written before a failure is taken away.
            names.append(files.keep(each.content, ENDINGS[each.format]))  # noqa: PERF401
        with transaction.atomic():
            _write(image, list(zip(made, names, strict=True)), now)
    except BaseException:
        _discard(names)
        raise
    return image


def _write(image: Image, made: list[tuple[Made, str]], now: datetime) -> None:
    full = made[0][0]
    image.format, image.width, image.height = full.format, full.width, full.height
    image.size, image.updated_at = len(full.content), now
    image.save()
    ImageFile.objects.filter(image=image, current=True).update(current=False)
    ImageFile.objects.bulk_create(
        ImageFile(
            image=image,
            name=name,
            use=each.use,
            width=each.width,
            height=each.height,
            size=len(each.content),
            created_at=now,
        )
        for each, name in made
    )
    image.__dict__.pop("shown", None)
    getattr(image, "_prefetched_objects_cache", {}).pop("files", None)


def _told(values: Mapping[str, Any]) -> dict[str, str]:
    told = {}
    for field, longest in (("name", LONGEST_NAME), ("alt", LONGEST_ALT)):
        try:
            told[field] = " ".join(line(values.get(field, ""), longest).split())
        except ValueProblem as problem:
            raise refuse(problem.code, problem.message, field) from problem
    if not told["name"]:
        raise refuse("required", _("A name is needed."), "name")
    return told
