"""Who may edit but not publish: a published email stays as it is; a copy is theirs to change."""

import pytest
from django.test import Client

from accounts.models import Role, User
from emails.models import Email
from tests.cast import client_of, make_user
from tests.emails.people import make_email

RIGHTS = {"emails": {"view": "all", "edit": "all", "create": "all", "publish": "own"}}
FIELDS = {"name": "News", "subject": "Changed", "mode": "html", "html": "<p>Changed</p>"}


@pytest.fixture
def editor(db: None) -> User:
    """Erin writes emails, and publishes none but her own."""
    return make_user("Erin", Role.objects.create(name="Editor", rights=RIGHTS))


def version_of(email: Email) -> tuple[int | None, str]:
    email.refresh_from_db()
    return email.current_id, email.subject


def test_on_screen_an_edit_is_refused_and_a_copy_is_offered(client: Client, editor: User):
    client.force_login(editor)
    email = make_email()
    before = version_of(email)
    address = f"/emails/{email.pk}/edit"
    sent = {**FIELDS, "version": str(email.version)}
    answer = client.post(address, sent, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert "make a copy" in answer.json()["errors"][0]["message"]
    assert version_of(email) == before
    for page in (client.get(address), client.get(f"/emails/{email.pk}")):
        assert "Make a copy" in page.content.decode()
    assert f'href="{address}"' not in client.get(f"/emails/{email.pk}").content.decode()
    client.post(f"/emails/{email.pk}/duplicate")
    copied = Email.objects.latest("pk")
    assert (copied.state, copied.owner) == ("unpublished", editor)
    answer = client.post(f"/emails/{copied.pk}/edit", {**FIELDS, "version": str(copied.version)})
    assert answer.status_code == 302
    assert version_of(copied)[1] == "Changed"


def test_what_was_published_while_it_was_edited_is_refused_with_what_was_typed(
    client: Client, editor: User
):
    client.force_login(editor)
    email = make_email(state="unpublished")
    assert "Make a copy" not in client.get(f"/emails/{email.pk}/edit").content.decode()
    Email.objects.filter(pk=email.pk).update(state="published")
    answer = client.post(f"/emails/{email.pk}/edit", {**FIELDS, "version": str(email.version)})
    page = answer.content.decode()
    assert (answer.status_code, "Make a copy" in page) == (422, True)
    assert "&lt;p&gt;Changed&lt;/p&gt;" in page
    assert version_of(email)[1] != "Changed"


def test_by_rest_an_edit_of_a_published_email_is_forbidden(editor: User):
    api = client_of(editor)
    email = make_email()
    before = version_of(email)
    for body in ({"subject": "Changed"}, {"state": "unpublished"}, {"name": "Changed"}):
        answer = api.patch(f"/api/v1/emails/{email.pk}", body)
        assert answer.status_code == 403
        assert "make a copy" in answer.json()["errors"][0]["message"]
    assert version_of(email) == before
    unpublished = make_email(state="unpublished")
    assert api.patch(f"/api/v1/emails/{unpublished.pk}", {"subject": "Changed"}).status_code == 200
    refused = api.patch(f"/api/v1/emails/{unpublished.pk}", {"state": "published"})
    assert refused.status_code == 403
    unpublished.refresh_from_db()
    assert unpublished.state == "unpublished"


def test_by_rest_a_new_email_of_who_may_not_publish_begins_unpublished(db: None):
    rights = {"emails": {"view": "all", "edit": "all", "create": "all"}}
    api = client_of(make_user("Fay", Role.objects.create(name="Writer", rights=rights)))
    parent = make_email(language="en")
    body = {"name": "Neu", "subject": "Neu", "html": "<p>Neu</p>", "language": "de"}
    made = api.post("/api/v1/emails", {**body, "translation_of": str(parent.pk)})
    assert (made.status_code, made.json()["state"]) == (201, "unpublished")
    assert api.post("/api/v1/emails", {**body, "state": "published"}).status_code == 403
    assert Email.objects.count() == 2


def test_one_s_own_are_published_and_changed(client: Client, editor: User):
    client.force_login(editor)
    own = make_email(owner=editor)
    answer = client.post(f"/emails/{own.pk}/edit", {**FIELDS, "version": str(own.version)})
    assert answer.status_code == 302
    api = client_of(editor)
    assert api.patch(f"/api/v1/emails/{own.pk}", {"subject": "Twice"}).status_code == 200
    assert version_of(own)[1] == "Twice"
