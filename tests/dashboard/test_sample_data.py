"""The sample: worth clicking through, reaches nobody, and goes without a trace."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.test.utils import override_settings

from accounts.models import User
from campaigns.models import Campaign, Visit
from contacts.models import Contact, Suppression, Tag
from dashboard.models import Sample
from emails.models import CapturedMail, Delivery, Email, State
from kernel import clock
from kernel.invariants import broken
from kernel.models import Event, Job
from segments.models import Member, Segment
from stages.services import funnel
from stages.services.funnel import Period
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_the_sample_comes_works_and_goes(alice: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dashboard.demo.people.NUMBER", 120)
    Tag.objects.create(name="vip")
    call_command("demo", "--load")
    settle()
    assert Contact.objects.count() == 120
    assert all(row.email.endswith(".example") for row in Contact.objects.exclude(email=None))
    assert min(row.members for row in Segment.objects.counted()) > 0
    assert Campaign.objects.filter(state="published").count() == 2
    assert Visit.objects.filter(left_at=None).exists()
    assert Delivery.objects.filter(clicked_at__isnull=False).exists()
    assert CapturedMail.objects.exists()
    past = Period(clock.now() - timedelta(days=365), clock.now())
    assert all(bar.people for bar in funnel.funnel(past))
    assert broken() == []
    client = Client()
    client.force_login(alice)
    assert client.get("/").context["sample"]["there"]
    (file,) = client.get("/api/v1/imports").json()["results"]
    assert "club-de-ski-2026.csv" in client.get(f"/imports/{file['id']}").content.decode()
    refused = b"".join(client.get(f"/imports/{file['id']}/rejects.csv").streaming_content)
    assert refused.decode("utf-8-sig").startswith("Prénom;Nom;E-mail;Pays;")
    # What the sample brought ticks no step.
    assert not [e for e in client.get("/first-steps").context["steps"] if e.done]
    client.post("/sample", {"do": "remove"})
    settle()
    for model in (Contact, Email, Campaign, Segment, Delivery, Visit, Suppression):
        assert not model.objects.exists(), model
    assert [tag.name for tag in Tag.objects.all()] == ["vip"]
    assert [row.kind for row in Sample.objects.all()] == ["offered"]
    assert not Event.objects.filter(contact_id__gt=0).exists()
    assert broken() == []


def test_whom_the_sample_wrote_to_is_measured_and_not_written_to_again(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("dashboard.demo.people.NUMBER", 120)
    call_command("demo", "--load")
    settle()
    assert Contact.objects.filter(state__activity_rank__gte=1).exists()
    client.force_login(alice)
    for letter in Email.objects.filter(sends__isnull=False):
        found = client.get(f"/emails/{letter.pk}/audience").context["found"]
        sent = Delivery.objects.filter(run_id=letter.sends.get().pk, state=State.SENT)
        readers = Member.objects.filter(segment_id__in=letter.segments.values("pk")).values(
            "contact_id"
        )
        assert found.reached_before == sent.filter(contact_id__in=readers).count() > 0


def test_addresses_are_closed_where_mails_leave(alice: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dashboard.demo.people.NUMBER", 60)
    call_command("demo", "--load")
    assert not Suppression.objects.exists()
    with override_settings(EMAIL_URL="smtp://127.0.0.1:9"):
        call_command("demo", "--guard")
        settle()
    assert Suppression.objects.count() == 4
    assert not CapturedMail.objects.exists()
    assert set(
        Delivery.objects.filter(cause__startswith="step:").values_list("reason", flat=True)
    ) <= {"suppressed", "no_address"}
    call_command("demo", "--guard")
    assert not Suppression.objects.exists()


def test_it_is_offered_once_and_to_empty_workspaces_only(alice: User):
    call_command("demo", "--offer")
    assert Job.objects.filter(kind="dashboard.sample").count() == 1
    Job.objects.all().delete()
    Contact.objects.create()
    call_command("demo", "--offer")
    assert not Job.objects.filter(kind="dashboard.sample").exists()
