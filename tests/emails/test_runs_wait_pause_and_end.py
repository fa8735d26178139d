"""A run waits for its hour, pauses, goes on, and ends when it is cancelled."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from emails.services import claims, outcomes, preparing, runs
from kernel import clock
from tests.emails.people import NOW, begin, make_contacts, make_email, make_segment, states
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_a_run_waits_for_its_hour(api: APIClient):
    email = make_email(type="segment", segments=[make_segment(make_contacts(1))])
    now, hour = clock.now(), timedelta(hours=1)
    for wrong in ("2026-11-22T12:00:00", "2020-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        refused = api.post(f"/api/v1/emails/{email.pk}/send", {"at": wrong})
        assert refused.status_code == 400, wrong
        assert refused.json()["errors"][0]["field"] == "at"
    answer = api.post(f"/api/v1/emails/{email.pk}/send", {"at": clock.iso(now + hour)})
    assert answer.status_code == 202
    settle(now)
    assert states() == {}
    settle(now + hour)
    assert states() == {"sent": 1}


def test_a_paused_run_sends_nothing_until_it_is_resumed_and_a_cancelled_one_never():
    run = begin(make_contacts(3))
    runs.pause(run)
    settle(NOW)
    assert states() == {}
    runs.resume(run)
    preparing.work(NOW)
    run.refresh_from_db()
    runs.pause(run)
    settle(NOW)
    assert states() == {"queued": 3}
    runs.resume(run)
    run.refresh_from_db()
    runs.cancel(run)
    settle(NOW)
    run.refresh_from_db()
    assert (states(), run.finished_at) == ({"cancelled": 3}, NOW)
    with pytest.raises(runs.RunRefused):
        runs.resume(run)


def test_what_comes_back_from_a_worker_after_the_cancelling_is_closed_too():
    run = begin(make_contacts(2))
    while preparing.work(NOW):
        pass
    held, _seen = claims.claim(run.pk, 1, NOW, transactional=False)
    run.refresh_from_db()
    runs.cancel(run)
    preparing.work(NOW)
    outcomes.write(outcomes.given_back(one, NOW) for one in held)
    settle(NOW)
    run.refresh_from_db()
    assert (states(), run.finished_at) == ({"cancelled": 2}, NOW)
