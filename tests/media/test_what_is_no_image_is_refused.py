"""SEC-22, SEC-24, SEC-25: by their content, before anything of them lies on disk."""

import io
import random
import struct
import zlib

import pytest
from PIL import Image as Pixels
from rest_framework.test import APIClient

from media.models import Image
from media.services import reading, writing
from tests.media.drawing import drawn, in_base64, lying, moving, opened

pytestmark = pytest.mark.django_db
V1 = "/api/v1/media"
SCRIPT = b"<script>alert(1)</script>"


def chunk(kind: bytes, content: bytes) -> bytes:
    size, check = struct.pack(">I", len(content)), struct.pack(">I", zlib.crc32(kind + content))
    return size + kind + content + check


def huge(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that says it is as large."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "svg"),
        (b'<?xml version="1.0"?><!-- \xe9 --><svg/>', "svg"),
        (b"<!doctype html>" + SCRIPT, "not_an_image"),
        (b"<?php system($_GET[0]);", "not_an_image"),
        (b"\xff\xd8\xff\xe0" + SCRIPT, "not_an_image"),
        (b"GIF89a" + SCRIPT, "not_an_image"),
        (drawn((64, 64))[:120], "not_an_image"),
        (drawn(kind="TIFF"), "not_an_image"),
        (drawn(kind="PDF"), "not_an_image"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "heic"),
        (huge(30_000, 30_000), "too_many_pixels"),
        (huge(4_100, 4_000), "too_many_pixels"),
        (huge(1, 66_000), "too_long"),
        (drawn((10, 66_000)), "too_long"),
        (drawn((66_000, 2)), "too_long"),
        (moving(3, kind="PNG"), "moving_png"),
        (huge(2_000_000_000, 1), "too_many_pixels"),
        (moving(301, (2, 2)), "too_many_frames"),
        (b"\xff\xd8" + b"\xff\xda\0" * 31, "too_many_pixels"),
    ],
)
def test_it_is_refused_with_words_and_leaves_nothing(api, kept, raw, code):
    answer = api.post(V1, {"file": in_base64(raw)})
    assert answer.status_code == 400, answer.content
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("file", code)
    assert error["message"]
    assert not Image.objects.exists()
    assert lying(kept) == []


def test_frames_that_are_too_much_together_are_refused(api, monkeypatch):
    monkeypatch.setattr(reading, "MOST_MOVING", 3 * 8 * 6)
    assert api.post(V1, {"file": in_base64(moving(3))}).status_code == 201
    answer = api.post(V1, {"file": in_base64(moving(4))})
    assert answer.json()["errors"][0]["code"] == "too_many_pixels"


def noise(size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    raw = random.Random(1).randbytes(size[0] * size[1] * 4)
    Pixels.frombytes("RGBA", size, raw).save(out, "PNG")
    return out.getvalue()


def test_what_would_weigh_too_much_is_refused(api, kept, monkeypatch, settings):
    settings.IMAGE_LARGEST = 100_000
    monkeypatch.setattr(writing, "MOST_BYTES", 100_000)
    webp = io.BytesIO()
    opened(noise((200, 200))).save(webp, "WEBP", quality=1)
    assert len(webp.getvalue()) < 100_000
    answer = api.post(V1, {"file": in_base64(webp.getvalue())})
    assert answer.json()["errors"][0]["code"] == "too_heavy"
    monkeypatch.setattr(writing, "MOST_MOVING", 100)
    answer = api.post(V1, {"file": in_base64(moving())})
    assert answer.json()["errors"][0]["code"] == "too_heavy"
    assert lying(kept) == []


def test_too_many_bytes_are_refused_wherever_they_come_in(api, settings):
    settings.IMAGE_LARGEST = 1000
    made = api.post(V1, {"file": in_base64(drawn())}).json()
    large = in_base64(drawn((200, 200), "JPEG", quality=100) + b"x" * 1000)
    for path in (V1, f"{V1}/{made['id']}/replace"):
        answer = api.post(path, {"file": large})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "too_large"), path


@pytest.mark.parametrize("begin", [drawn(kind="JPEG"), drawn(kind="PNG"), moving()])
def test_what_hangs_on_a_picture_does_not_come_along(api, kept, begin):
    assert api.post(V1, {"file": in_base64(begin + SCRIPT)}).status_code == 201
    assert lying(kept)
    for file in kept.glob("*/*"):
        assert SCRIPT not in file.read_bytes()


@pytest.mark.parametrize("given", [None, 7, "/etc/passwd", "file:///etc/passwd", ["x"], "é"])
def test_a_path_is_no_file(api: APIClient, given):
    answer = api.post(V1, {"file": given})
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["field"] == "file"


def test_several_at_once_wait_for_each_other_and_not_for_ever(api, monkeypatch):
    monkeypatch.setattr(reading, "PATIENCE", 0.01)
    with reading.alone():
        answer = api.post(V1, {"file": in_base64(drawn())})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (503, "busy")
    assert int(answer["Retry-After"]) > 0
    assert api.post(V1, {"file": in_base64(drawn())}).status_code == 201
