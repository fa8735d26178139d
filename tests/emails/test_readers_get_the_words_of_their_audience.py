"""Dynamic content: each reader gets what their audience is told, by filters of the email itself."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from emails.models import CapturedMail, Email
from emails.services import audiences, editing, packing, preview
from kernel import usage
from kernel.registry import ConfigProblem
from tests.emails.people import NOW, begin, make_contact, make_email, make_segment
from tests.settle import settle

pytestmark = pytest.mark.django_db
LYON = {"all": [{"field": "city", "op": "is", "value": "Lyon"}]}
FRANCE = {"all": [{"field": "country", "op": "is", "value": "FR"}]}
TWO = [
    {"key": "lyon", "name": "Around Lyon", "filter": LYON},
    {"key": "france", "name": "France", "filter": FRANCE},
]
HTML = (
    "{% if audience.lyon %}<a href='https://x.example/lyon'>Quais</a>"
    "{% elif audience.france %}<a href='https://x.example/france'>Gares</a>"
    "{% else %}<a href='https://x.example/else'>World</a>{% endif %}"
)


def test_the_first_audience_that_fits_decides_in_subject_body_and_text():
    people = [
        make_contact("lyon@x.example", city="Lyon", country="FR"),
        make_contact("paris@x.example", city="Paris", country="FR"),
        make_contact("bern@x.example", city="Bern", country="CH"),
    ]
    begin(
        people,
        subject="{% if audience.france %}Ici{% else %}Here{% endif %}",
        html=HTML,
        audiences=TWO,
    )
    settle(NOW)
    sent = {mail.recipients: bytes(mail.raw).decode() for mail in CapturedMail.objects.all()}
    for reader, subject, word in (
        *(("lyon", "Ici", "Quais"), ("paris", "Ici", "Gares")),
        ("bern", "Here", "World"),
    ):
        raw = sent[f"{reader}@x.example"]
        assert f"Subject: {subject}" in raw
        # In both parts, and no other's words.
        assert raw.count(word) >= 2
        assert not any(other in raw for other in {"Quais", "Gares", "World"} - {word})
    links = Email.objects.get().current.prepared["links"]  # type: ignore[union-attr]
    ends = [link["destination"].rpartition("/")[2] for link in links]
    assert ends[:3] == ["lyon", "france", "else"]


def test_many_readers_take_no_more_statements_than_few():
    people = [make_contact(f"p{n}@x.example", city="Lyon") for n in range(30)]
    trees = {"lyon": LYON, "france": FRANCE}
    counts = []
    for some in (people[:2], people):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            found = audiences.belonging(trees, [each.pk for each in some], NOW)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert all(each == {"lyon": True, "france": False} for each in found.values())


def test_a_filter_whose_segment_is_gone_means_nobody_and_one_in_use_is_kept():
    contact = make_contact()
    segment = make_segment([contact])
    inside = {"all": [{"segment": segment.pk, "op": "in"}]}
    email = make_email(
        html=HTML, audiences=[{"key": "lyon", "name": "L", "filter": inside}, TWO[1]]
    )
    assert [(use.kind, use.id) for use in usage.used_by("segment", segment.pk)] == [
        ("email", email.pk)
    ]
    found = audiences.belonging(
        {"lyon": {"all": [{"segment": 999_999, "op": "in"}]}}, [contact.pk], NOW
    )
    assert found == {contact.pk: {"lyon": False}}


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ([{"key": "Lyon", "name": "L", "filter": LYON}], "audiences.0.key"),
        ([TWO[0], TWO[0]], "audiences.1.key"),
        ([{"key": "lyon", "name": " ", "filter": LYON}], "audiences.0.name"),
        ([{"key": "a", "name": "A", "filter": {"all": [{"field": "nope"}]}}], "audiences.0.filter"),
        ([{"key": "a", "name": "A", "more": 1}], "audiences.0"),
        ({}, "audiences"),
    ],
)
def test_what_is_no_audience_is_refused_with_its_place(given: Any, place: str):
    with pytest.raises(ConfigProblem) as refused:
        audiences.checked(given)
    assert refused.value.problems[0]["field"].startswith(place)


def test_a_condition_on_an_audience_nobody_wrote_is_refused_with_its_place():
    with pytest.raises(ConfigProblem) as refused:
        make_email(html=HTML, audiences=TWO[:1])
    assert refused.value.problems[0]["column"] > 1


def test_it_is_shown_as_a_contact_or_as_an_audience():
    email = make_email(html=HTML, audiences=TWO)
    contact = make_contact(city="Paris", country="FR")
    shown = [
        preview.draft(email, contact.pk, NOW).html,
        preview.draft(email, None, NOW).html,
        preview.draft(email, contact.pk, NOW, audience="lyon").html,
    ]
    for page, word in zip(shown, ("Gares", "World", "Quais"), strict=True):
        assert word in page


def test_rest_and_the_editor_keep_them(api: APIClient, client: Client, alice: User):
    made = api.post(
        "/api/v1/emails",
        {"name": "N", "subject": "S", "html": HTML, "audiences": TWO},
        format="json",
    )
    assert made.status_code == 201, made.json()
    assert made.json()["audiences"] == TWO
    address = f"/api/v1/emails/{made.json()['id']}"
    wrong = [{**TWO[0], "filter": {"all": [{"segment": "999999", "op": "in"}]}}, TWO[1]]
    refused = api.patch(address, {"audiences": wrong}, format="json")
    assert refused.status_code == 400
    client.force_login(alice)
    email = Email.objects.get()
    sent = {"name": "N", "subject": "S", "mode": "html", "html": HTML, "version": email.version}
    # A page that knows nothing of audiences takes none away.
    client.post(f"/emails/{email.pk}/edit", sent)
    email.refresh_from_db()
    assert email.audiences == TWO
    renamed = [{**TWO[0], "name": "Lyon"}, TWO[1]]
    client.post(
        f"/emails/{email.pk}/edit",
        {**sent, "version": email.version, "audiences": json.dumps(renamed)},
    )
    email.refresh_from_db()
    assert [one["name"] for one in email.audiences] == ["Lyon", "France"]
    drawn = client.post(
        "/emails/preview", {**sent, "audiences": json.dumps(TWO), "audience": "france"}
    )
    assert "Gares" in drawn.json()["html"]


def test_a_zip_takes_audiences_along_without_their_filters():
    email = make_email(html=HTML, audiences=TWO)
    read = packing.unpack(packing.pack(email))
    assert read["audiences"] == [{**one, "filter": None} for one in TWO]
    copy = editing.create({**read, "name": "Copy"}, NOW)
    assert "World" in preview.draft(copy, None, NOW).html


def test_a_changed_filter_is_what_is_sent_from_then_on():
    email = make_email(html=HTML, audiences=TWO)
    before = email.current_id
    editing.change(email, {"audiences": [{**TWO[0], "filter": FRANCE}, TWO[1]]}, NOW)
    assert email.current_id != before
    assert email.current is not None
    assert email.current.audiences["lyon"] == FRANCE
