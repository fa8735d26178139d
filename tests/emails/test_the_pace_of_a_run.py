"""The course of a run: counted in the ledger, of large runs at points kept while it went."""

from datetime import timedelta

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from emails.models import Delivery, Send
from emails.services import figures, pace
from tests.emails.people import NOW, begin, make_contacts
from tests.settle import settle

pytestmark = pytest.mark.django_db


def spread(run: Send, seconds: int) -> Send:
    """Let the mails of a run have gone out evenly over so many seconds."""
    rows = list(Delivery.objects.filter(run_id=run.pk).order_by("pk"))
    for place, row in enumerate(rows):
        row.sent_at = NOW + timedelta(seconds=place * seconds / len(rows))
    Delivery.objects.bulk_update(rows, ["sent_at"])
    Send.objects.filter(pk=run.pk).update(
        started_at=NOW, finished_at=NOW + timedelta(seconds=seconds)
    )
    return Send.objects.get(pk=run.pk)


def test_each_mail_of_a_small_run_is_in_its_course(client: Client, alice: User):
    run = begin(make_contacts(60))
    settle(NOW)
    run = spread(run, 10)
    course = pace.of(run, NOW)
    assert course
    assert (sum(course.values), course.by_minute) == (60, False)
    assert course.moments[0] == NOW
    slow = pace.of(spread(run, 600), NOW)
    assert slow
    assert slow.by_minute
    assert set(slow.values[:-1]) == {6}
    client.force_login(alice)
    page = client.get(f"/emails/{run.email_id}").content.decode()
    assert "Messages per minute, at most 6" in page


def test_a_moment_has_no_course(client: Client):
    run = begin(make_contacts(3))
    settle(NOW)
    assert pace.of(spread(run, 2), NOW) is None


def test_a_large_run_is_told_by_the_points_kept_while_it_went(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
):
    run = begin(make_contacts(2))
    monkeypatch.setattr(pace, "COUNTED_AT_ONCE", 1)
    for place in range(4):
        figures.keep([Send.objects.get(pk=run.pk)], NOW + timedelta(seconds=30 * place))
    run.refresh_from_db()
    run.started_at, run.counts["selected"] = NOW, 2
    run.counts["pace"] = [[at, 900 * place] for place, (at, _sent) in enumerate(run.counts["pace"])]
    course = pace.of(run, NOW + timedelta(seconds=90))
    assert course
    assert course.values == [30, 30, 30]
    told = api.get(f"/api/v1/sends/{run.pk}").json()["statistics"]
    assert "pace" not in told
