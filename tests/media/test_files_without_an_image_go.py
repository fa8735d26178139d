"""Whoever dies between file and row leaves nothing for good, and nothing else is ever taken."""

import os
import time

import pytest

from accounts.models import User
from kernel import clock
from kernel.jobs import enqueue
from kernel.models import Job
from media.models import Image, ImageFile
from media.services import files, library
from tests.media.drawing import drawn, in_base64, lying
from tests.settle import settle

pytestmark = pytest.mark.django_db
V1 = "/api/v1/media"
DAY = 24 * 3600


def sweep() -> None:
    enqueue("media.sweep", {}, now=clock.now())
    settle()
    assert Job.objects.latest("pk").state == Job.State.DONE


def aged(path, days: float) -> None:
    then = time.time() - days * DAY
    os.utime(path, (then, then))


def test_old_files_without_an_image_go_aside_and_then_for_good(api, kept):
    api.post(V1, {"file": in_base64(drawn())})
    shown = lying(kept)
    for name in shown:
        aged(files.path_of(name), 400)
    old, new = (files.keep(b"x", "png") for _ in range(2))
    aged(files.path_of(old), 2)
    half = files.path_of(old).with_name("half.part")
    half.write_bytes(b"x")
    aged(half, 2)
    sweep()
    assert sorted(file.name for file in kept.glob("??/*")) == sorted([*shown, new])
    assert files.content_of(old) is None
    assert sorted(file.name for file in (kept / "aside").iterdir()) == sorted([old, "half.part"])
    for file in (kept / "aside").iterdir():
        aged(file, 31)
    sweep()
    assert not list((kept / "aside").iterdir())
    assert sorted(file.name for file in kept.glob("??/*")) == sorted([*shown, new])


def test_what_a_backup_brought_back_finds_its_files_again(api, kept):
    api.post(V1, {"file": in_base64(drawn())})
    image, rows = Image.objects.get(), list(ImageFile.objects.all())
    Image.objects.all().delete()
    for row in rows:
        aged(files.path_of(row.name), 3)
    sweep()
    assert not list(kept.glob("??/*"))
    image.pk = image.pk or 1
    image.save(force_insert=True)
    ImageFile.objects.bulk_create(rows)
    sweep()
    assert {file.name for file in kept.glob("??/*")} == {row.name for row in rows}


def test_an_upload_whose_row_fails_leaves_no_file(kept):
    with pytest.raises(ValueError, match="unsaved"):
        library.add(
            library.prepared(drawn()), {"name": "X"}, User(email="nobody@x.example"), clock.now()
        )
    assert lying(kept) == []
    assert not Image.objects.exists()


def test_nothing_was_ever_brought_in(kept):
    sweep()
    assert not kept.exists()
