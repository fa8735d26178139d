"""Where nothing can be shown a page says why, in the reader's language, and leads back."""

import pytest
from django.conf import LazySettings
from django.test import Client, RequestFactory
from django.urls import get_resolver
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User

WAY_BACK = 'href="/"'


def reads(page: str, title: str, *, framed: bool) -> None:
    assert f">{title}<" in page
    assert WAY_BACK in page
    assert ('id="side"' in page) is framed


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/nowhere", 404, "There is nothing here"),
        ("/contacts/999999999", 404, "There is nothing here"),
        ("/campaigns/1/duplicate", 405, "There is nothing here"),
    ],
)
def test_who_is_signed_in_stays_in_the_frame(client, alice: User, language, path, status, title):
    User.objects.filter(pk=alice.pk).update(language=language)
    client.force_login(alice)
    answer = client.get(path)
    assert answer.status_code == status
    with translation.override(language):
        reads(answer.content.decode(), _(title), framed=True)


@pytest.mark.django_db
def test_a_missing_right_is_said_within_the_frame(client: Client, charlie: User):
    client.force_login(charlie)
    answer = client.get("/settings/users")
    assert answer.status_code == 403
    reads(answer.content.decode(), "This is not for you", framed=True)


@pytest.mark.django_db
def test_too_large_a_form_is_told_from_nonsense(
    client: Client, alice: User, settings: LazySettings
):
    client.force_login(alice)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = client.post(
        "/profile", {"signature": "x" * 200}, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413
    reads(answer.content.decode(), "That was too much at once", framed=True)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr"])
def test_strangers_read_it_too(client: Client, language: str):
    answer = client.get("/nowhere", headers={"Accept-Language": language})
    assert answer.status_code == 404
    with translation.override(language):
        reads(answer.content.decode(), _("There is nothing here"), framed=False)
    answer = client.get("/", headers={"Host": "elsewhere.example", "Accept-Language": language})
    assert answer.status_code == 400
    with translation.override(language):
        reads(answer.content.decode(), _("This request makes no sense"), framed=False)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_faults_of_ours_are_told_without_a_database(language: str):
    """This test may not touch it: the fixture that opens it is not asked for."""
    handler = get_resolver().resolve_error_handler(500)
    with translation.override(language):
        answer = handler(RequestFactory().get("/contacts"))
        reads(answer.content.decode(), _("Something went wrong here"), framed=False)
    assert answer.status_code == 500
    assert "<form" not in answer.content.decode(), "Its token would be missing."
