"""REL-58: all sending is held by hand, and by itself after a backup came back."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from emails.services import halting
from kernel import clock, jobs, preferences
from kernel.models import JobRun
from kernel.queues import queues
from kernel.schedule import schedules
from tests.emails.people import NOW, begin, make_contacts, states
from tests.settle import settle

pytestmark = pytest.mark.django_db
SENDING, TRANSACTIONAL = "emails.deliveries", "emails.transactional"


@pytest.fixture(autouse=True)
def _somewhere(settings, tmp_path) -> None:
    settings.PRIVATE_ROOT = tmp_path


def said(capsys: pytest.CaptureFixture[str], option: str) -> str:
    call_command("sending", option)
    told = capsys.readouterr()
    return told.out + told.err


def test_while_it_is_held_everything_waits_and_screens_say_so(
    client: Client, alice: User, capsys, mailing_of_two
):
    assert "No mail goes to contacts." in said(capsys, "--pause")
    begin(make_contacts(1, "shop.example"), kind="transactional")
    settle(NOW)
    assert states() == {"queued": 3}
    assert not queues.get(SENDING)().due(NOW)
    assert not queues.get(TRANSACTIONAL)().due(NOW)
    client.force_login(alice)
    assert "Nothing is being sent" in client.get("/").content.decode()
    shown = client.get(f"/emails/runs/{mailing_of_two.pk}").content.decode()
    assert "Nothing is being sent" in shown
    assert "Mails are sent." in said(capsys, "--resume")
    settle(NOW)
    assert states() == {"sent": 3}


def test_rel_58_a_database_older_than_the_mark_sends_nothing(capsys, mailing_of_two):
    now = clock.now()
    # A new installation, and one that goes on after a while.
    assert said(capsys, "--check") == ""
    JobRun.objects.create(job=halting.MARK, tick=now, started_at=now)
    halting.mark(now + timedelta(minutes=1))
    assert said(capsys, "--check") == ""
    halting.mark(now + timedelta(minutes=6))
    assert "A BACKUP CAME BACK" in said(capsys, "--check")
    assert preferences.get(halting.SETTING)
    settle(NOW)
    assert states() == {"queued": 2}


def test_rel_58_so_does_a_backup_from_before_there_was_a_mark(capsys, mailing_of_two):
    halting.mark(clock.now())
    # A database in which nothing was ever sent is a new one.
    assert said(capsys, "--check") == ""
    settle(NOW)
    JobRun.objects.filter(job=halting.MARK).delete()
    assert "A BACKUP CAME BACK" in said(capsys, "--check")


def test_the_mark_is_made_by_the_schedule():
    assert halting.MARK in {one.kind for one in schedules}
    now = clock.now()
    JobRun.objects.create(job=halting.MARK, tick=now, started_at=now)
    jobs.enqueue(halting.MARK, {}, now=now)
    settle()
    assert halting.path().exists()
    assert not halting.came_back()
    halting.path().write_text("torn")
    assert not halting.came_back()


@pytest.fixture
def mailing_of_two():
    return begin(make_contacts(2))
