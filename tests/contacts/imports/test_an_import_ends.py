"""An import that is stopped, or cannot go on, says how far it came and leaves nobody waiting."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from contacts.models import Contact, Import
from contacts.services.imports import run
from contacts.services.imports.files import path_of
from kernel import clock
from kernel.jobs import ATTEMPTS, Jobs
from kernel.models import Job
from tests.contacts.imports.sending import post
from tests.contacts.imports.three_thousand import BATCH, NAMES, ROWS, expected, lines


@pytest.mark.django_db
def test_an_import_that_kills_its_workers_is_given_up(api: APIClient, imported):
    Job.objects.update(state="running", attempts=ATTEMPTS, lease_until=clock.now())
    clock.move(timedelta(seconds=31))
    Jobs().work(clock.now())
    done = api.get(f"/api/v1/imports/{imported.pk}").json()
    assert (done["state"], done["read"]) == ("failed", 0)
    assert done["error"]


@pytest.mark.django_db
def test_rel_37_a_cancelled_import_says_what_it_did_and_can_be_run_again(
    api: APIClient, imported, monkeypatch
):
    monkeypatch.setattr(run, "TURN_SECONDS", 0)
    for _turn in range(3):
        Jobs().work(clock.now())
    answer = api.post(f"/api/v1/imports/{imported.pk}/cancel")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert answer.json()["read"] == sum(answer.json()[name] for name in NAMES) == 3 * BATCH
    assert not Jobs().work(clock.now())
    assert api.post(f"/api/v1/imports/{imported.pk}/cancel").status_code == 409
    again = Import.objects.get(pk=post(api, lines()).json()["id"])
    while Jobs().work(clock.now()):
        pass
    again.refresh_from_db()
    assert (again.state, again.read, Contact.objects.count()) == ("done", ROWS, expected()[1])


@pytest.mark.django_db
def test_a_file_that_is_gone_fails_with_a_sentence(api: APIClient, imported):
    path_of(imported.file).unlink()
    Jobs().work(clock.now())
    done = api.get(f"/api/v1/imports/{imported.pk}").json()
    assert (done["state"], done["error"]) == ("failed", "The file is no longer there.")
