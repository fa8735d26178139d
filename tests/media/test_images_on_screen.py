"""The library on screen: brought in, described, replaced, cropped, deleted."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.models import AuditEntry
from kernel import clock
from media.models import Image
from media.services import library
from tests.media.drawing import drawn, in_base64
from tests.resource_contract import ResourceContract

pytestmark = pytest.mark.django_db


def file(raw: bytes, name: str = "harbour.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, raw)


def brought(owner=None, name: str = "Harbour", size=(40, 20)) -> Image:
    return library.add(library.prepared(drawn(size)), {"name": name}, owner, clock.now())


class TestImages(ResourceContract):
    base = "/media"
    change = {"alt": "Ships"}

    def make(self, number, owner=None):
        return brought(owner, f"Image {number}", (2, 2))

    def fields(self, number):
        return {"file": file(drawn()), "name": f"Image {number}", "alt": ""}

    def test_mistakes_are_told_where_they_are(self, screen):
        for sent in ({}, {"file": file(b"<svg/>")}):
            answer = screen.post("/media/new", sent)
            assert answer.status_code == 422
            assert 'role="alert"' in answer.content.decode()


def test_a_file_without_a_script_becomes_an_image_named_after_it(client, alice):
    client.force_login(alice)
    answer = client.post("/media/new", {"file": file(drawn(), "summer sale.png")})
    image = Image.objects.get()
    assert (image.name, image.owner) == ("summer sale", alice)
    assert answer["Location"] == f"/media/{image.pk}"


def test_too_large_a_body_is_not_read(client, alice, settings):
    settings.IMAGE_LARGEST = 10
    client.force_login(alice)
    answer = client.post("/media/new", {"file": file(b"x" * 100_000)})
    assert answer.status_code == 422
    assert not Image.objects.exists()


def test_a_form_of_another_site_brings_nothing(client, alice):
    client.force_login(alice)
    client.handler.enforce_csrf_checks = True
    assert client.post("/media/new", {"file": file(drawn())}).status_code == 403
    assert not Image.objects.exists()


def test_pixels_are_worked_on_while_no_transaction_is_open(
    client, api, alice, monkeypatch, transactional_db
):
    seen = []
    read = library.read
    monkeypatch.setattr(
        library, "read", lambda raw: seen.append(connection.in_atomic_block) or read(raw)
    )
    image = brought(size=(40, 20))
    client.force_login(alice)
    body, at = {"file": in_base64(drawn())}, f"/api/v1/media/{image.pk}"
    cut = {"shape": "1:1", "x": 50, "y": 50, "name": "Square"}
    assert api.post("/api/v1/media", body, headers={"Idempotency-Key": "1"}).status_code == 201
    assert api.post(f"{at}/replace", body).status_code == 200
    assert api.post(f"{at}/crop", cut).status_code == 201
    assert client.post("/media/new", {"file": file(drawn())}).status_code == 302
    assert client.post(f"/media/{image.pk}/replace", {"file": file(drawn())}).status_code == 302
    assert client.post(f"/media/{image.pk}/crop", cut).status_code == 302
    assert seen == [False] * 7


def test_another_picture_takes_its_place(client, alice):
    client.force_login(alice)
    image = brought()
    client.post(f"/media/{image.pk}/replace", {"file": file(drawn((60, 30)))})
    image.refresh_from_db()
    assert (image.width, image.version) == (60, 2)
    assert AuditEntry.objects.get(verb="replace").after["width"] == 60
    page = client.post(f"/media/{image.pk}/replace", {"file": file(b"<svg/>")}, follow=True)
    assert "PNG" in page.content.decode()
    image.refresh_from_db()
    assert image.width == 60


def test_a_part_of_it_becomes_another_one(client, alice):
    client.force_login(alice)
    image = brought()
    sent = {"shape": "1:1", "x": 50, "y": 50, "width": 10, "name": "Square"}
    answer = client.post(f"/media/{image.pk}/crop", sent)
    made = Image.objects.exclude(pk=image.pk).get()
    assert answer["Location"] == f"/media/{made.pk}"
    assert (made.name, made.width, made.height, made.owner) == ("Square", 10, 10, alice)
    faulty = client.post(f"/media/{image.pk}/crop", {**sent, "width": 41})
    assert faulty.status_code == 422


@pytest.mark.parametrize("path", ["/media", "/media/{}", "/media/{}/crop"])
def test_an_image_whose_files_are_gone_breaks_no_page(client, alice, path):
    client.force_login(alice)
    image = brought()
    for each in image.files.all():
        library.files.discard(each.name)
    assert client.get(path.format(image.pk)).status_code == 200
    answer = client.post(f"/media/{image.pk}/crop", {"shape": "1:1", "x": 1, "y": 1, "name": "X"})
    assert answer.status_code == 422
