"""An import that failed goes on at the row where it stopped, on the page and over REST."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Role, User
from contacts.models import Contact, Import
from contacts.services.imports import run, traces
from contacts.services.imports.files import path_of
from kernel import clock
from tests.cast import client_of
from tests.contacts.imports.sending import counts, post
from tests.settle import settle

pytestmark = pytest.mark.django_db
FILE = "Email,City\n" + "".join(f"p{n}@example.com,Paris\n" for n in range(6))


@pytest.fixture
def failed(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> Import:
    """Return one that met an unforeseen error in its third batch."""
    real, calls = run.take_in, iter(range(99))

    def cut(*arguments: Any) -> Any:
        if next(calls) == 2:
            raise LookupError("nobody foresaw this")
        return real(*arguments)

    monkeypatch.setattr(run, "ROWS", 2)
    monkeypatch.setattr(run, "take_in", cut)
    number = post(api, FILE).json()["id"]
    settle()
    imported = Import.objects.get(pk=number)
    assert (imported.state, imported.read) == ("failed", 4)
    return imported


def is_whole(api: APIClient, imported: Import) -> None:
    done = api.get(f"/api/v1/imports/{imported.pk}").json()
    assert (done["state"], done["error"]) == ("done", "")
    assert counts(done) == (6, 6, 0, 0, 0)
    assert Contact.objects.count() == 6
    assert not path_of(imported.file).exists()


def test_it_goes_on_over_rest(api: APIClient, failed: Import):
    at = f"/api/v1/imports/{failed.pk}"
    answer = api.post(f"{at}/resume")
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert answer.json()["finished_at"] is None
    assert api.post(f"{at}/resume").status_code == 409
    settle()
    is_whole(api, failed)


def test_it_goes_on_from_its_page(api: APIClient, client: Client, alice: User, failed: Import):
    client.force_login(alice)
    at = f"/imports/{failed.pk}"
    assert f'action="{at}/resume"' in client.get(at).content.decode()
    for _press in range(2):
        assert client.post(f"{at}/resume")["Location"] == at
    settle()
    is_whole(api, failed)
    assert f'action="{at}/resume"' not in client.get(at).content.decode()
    assert AuditEntry.objects.filter(kind="imports", verb="resume").count() == 1


def test_the_file_goes_after_a_week(api: APIClient, failed: Import):
    traces.clean(clock.now() + timedelta(days=6))
    assert path_of(failed.file).exists()
    traces.clean(clock.now() + timedelta(days=8))
    assert not path_of(failed.file).exists()
    answer = api.post(f"/api/v1/imports/{failed.pk}/resume")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "gone")


def test_what_is_undone_is_not_resumed(
    api: APIClient, failed: Import, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert api.post(f"/api/v1/imports/{failed.pk}/undo").status_code == 202
    assert not path_of(failed.file).exists()
    assert api.post(f"/api/v1/imports/{failed.pk}/resume").status_code == 409


def test_whoever_may_not_write_people_resumes_nothing(failed: Import):
    rights = {"imports": {"view": "all", "edit": "all"}, "contacts": {"view": "all"}}
    role = Role.objects.create(name="Imports", rights=rights)
    other = User.objects.create_user("other@example.com", None, role=role)
    assert client_of(other).post(f"/api/v1/imports/{failed.pk}/resume").status_code == 403
    assert Import.objects.get().state == "failed"
