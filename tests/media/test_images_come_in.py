"""SEC-25: what comes in is served as what every mail program shows, upright and bare."""

import io
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from rest_framework.test import APIClient

from tests.media.drawing import GREEN, RED, deep, drawn, in_base64, moving, opened

pytestmark = pytest.mark.django_db
V1 = "/api/v1/media"


def bring(api: APIClient, raw: bytes, **more) -> dict:
    answer = api.post(V1, {"file": in_base64(raw), **more})
    assert answer.status_code == 201, answer.content
    return answer.json()


def fetched(client: Client, url: str) -> bytes:
    answer = client.get(urlsplit(url).path)
    assert answer.status_code == 200, url
    return answer.content


@pytest.mark.parametrize(
    ("raw", "format"),
    [
        (drawn(kind="JPEG"), "jpeg"),
        (drawn(kind="JPEG", mode="CMYK"), "jpeg"),
        (drawn(kind="JPEG", mode="L"), "jpeg"),
        (drawn(kind="PNG"), "png"),
        (drawn(kind="PNG", mode="RGBA"), "png"),
        (drawn(kind="PNG", mode="P"), "png"),
        (drawn(kind="PNG", mode="1"), "png"),
        (deep(), "png"),
        (drawn(kind="GIF"), "png"),
        (moving(), "gif"),
        # Mail clients that lack it get what they know.
        (drawn(kind="WEBP", lossless=True), "png"),
        (moving(kind="WEBP"), "gif"),
    ],
)
def test_each_format_is_served_as_one_that_mails_show(api, client, raw, format):
    made = bring(api, raw)
    assert (made["format"], made["width"], made["height"]) == (format, 8, 6)
    shown = opened(fetched(client, made["url"]))
    assert shown.format == format.upper()


def test_photos_in_webp_become_jpeg(api, client):
    noise = Image.effect_noise((64, 64), 80).convert("RGB")
    noise.putdata([(n % 251, n % 241, n % 239) for n in range(64 * 64)])
    out = io.BytesIO()
    noise.save(out, "WEBP", lossless=True)
    assert bring(api, out.getvalue())["format"] == "jpeg"


def test_moving_pictures_keep_frames_times_and_loops(api, client):
    made = bring(api, moving(frames=4, size=(1400, 10)))
    whole, mail = (opened(fetched(client, made[key])) for key in ("full_url", "url"))
    assert (whole.n_frames, mail.n_frames) == (4, 4)
    assert (whole.size, mail.size) == ((1400, 10), (1200, 9))
    assert (mail.info["duration"], mail.info["loop"]) == (80, 0)
    # A list does not flicker.
    assert opened(fetched(client, made["thumbnail_url"])).format != "GIF"


def test_where_and_when_a_photo_was_taken_is_gone_and_it_stands_upright(api, client, kept):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by the one who held the phone
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 30.0)
    raw = drawn((40, 20), "JPEG", quality=95, exif=exif, comment=b"at home")
    made = bring(api, raw)
    assert (made["width"], made["height"]) == (20, 40)
    shown = opened(fetched(client, made["full_url"]))
    assert not shown.getexif()
    upper, lower = shown.getpixel((10, 5)), shown.getpixel((10, 35))
    assert abs(upper[0] - RED[0]) < 20
    assert abs(lower[1] - GREEN[1]) < 20
    for file in kept.glob("*/*"):
        content = file.read_bytes()
        assert b"PhoneMaker" not in content
        assert b"at home" not in content
        assert b"Exif" not in content


def test_wide_pictures_are_made_small_for_mails_and_narrow_ones_stay(api, client):
    wide = bring(api, drawn((3000, 1500), "JPEG"))
    sizes = {key: opened(fetched(client, wide[key])).size for key in wide if key.endswith("url")}
    assert sizes == {
        "url": (1200, 600), "small_url": (600, 300), "full_url": (3000, 1500),
        "thumbnail_url": (360, 180),
    }  # fmt: skip
    # Width for mails is not all: a tall one ends, too.
    tall = bring(api, drawn((100, 12_000), "JPEG"))
    assert opened(fetched(client, tall["url"])).size == (67, 8000)
    assert opened(fetched(client, tall["full_url"])).size == (100, 12_000)
    narrow = bring(api, drawn((300, 40)))
    assert narrow["full_url"] == narrow["url"]
    assert opened(fetched(client, narrow["url"])).size == (300, 40)
    assert narrow["small_url"] == narrow["url"]


def test_a_form_may_send_it_and_its_file_names_it(api):
    file = SimpleUploadedFile("..\\..\\C:/x/Hôtel \u202egnp.jpg.png", drawn(), "text/html")
    answer = api.post(V1, {"file": file, "alt": "A hotel"}, format="multipart")
    assert answer.status_code == 201, answer.content
    assert (answer.json()["name"], answer.json()["alt"]) == ("Hôtel gnp.jpg", "A hotel")


def test_another_picture_takes_its_place_and_the_former_stays_for_sent_mails(api, client):
    made = bring(api, drawn((20, 10)), name="Banner")
    body = {"file": in_base64(drawn((30, 10), "JPEG"))}
    after = api.post(f"{V1}/{made['id']}/replace", body).json()
    assert (after["name"], after["width"], after["format"]) == ("Banner", 30, "jpeg")
    assert after["version"] == made["version"] + 1
    assert after["url"] != made["url"]
    assert opened(fetched(client, made["url"])).size == (20, 10)
    assert opened(fetched(client, after["url"])).size == (30, 10)
    assert after.items() <= api.get(f"{V1}/{made['id']}").json().items()


@pytest.mark.parametrize(
    ("wanted", "size", "left"),
    [
        ({"shape": "1:1"}, (20, 20), None),
        ({"shape": "1:1", "x": 0}, (20, 20), RED),
        ({"shape": "1:1", "x": 100}, (20, 20), GREEN),
        ({"width": 10}, (10, 5), RED),
        ({"shape": "2:1", "width": 500}, (40, 20), RED),
    ],
)
def test_a_part_or_a_smaller_one_is_another_image(api, client, wanted, size, left):
    made = bring(api, drawn((40, 20)), name="Team", alt="Us")
    answer = api.post(f"{V1}/{made['id']}/crop", wanted)
    assert answer.status_code == 201, answer.content
    part = answer.json()
    assert part["id"] != made["id"]
    assert part["alt"] == "Us"
    shown = opened(fetched(client, part["full_url"]))
    assert shown.size == size
    if left:
        assert shown.getpixel((1, 1)) == left
    assert opened(fetched(client, made["full_url"])).size == (40, 20)


def test_a_moving_picture_is_not_cropped(api):
    made = bring(api, moving())
    answer = api.post(f"{V1}/{made['id']}/crop", {"shape": "1:1"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "moving")
