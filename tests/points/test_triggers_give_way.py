"""Triggers hold people before companies, others the other way round: who loses does it again."""

import threading

import pytest
from django.db import connection, transaction

from contacts.models import Company, Contact
from kernel import clock
from points.services import firing
from points.services.adjust import give
from tests.colliding import until_somebody_waits
from tests.journey import ok, people
from tests.settle import settle

pytestmark = pytest.mark.django_db(transaction=True)


def hold_the_other_way_round(company: int, person: int, held: threading.Event) -> None:
    """Take the company first, as imports and merges do, and win whatever collides."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL deadlock_timeout = '20s'")
        cursor.execute("SELECT 1 FROM company WHERE id = %s FOR UPDATE", [company])
        held.set()
        until_somebody_waits()
        cursor.execute("SELECT 1 FROM contact WHERE id = %s FOR UPDATE", [person])
    connection.close()


def test_a_trigger_that_collides_with_whoever_holds_the_company_fires_all_the_same(api):
    [zoe] = people(1)
    acme = Company.objects.create(name="Acme")
    step = {"key": "companies.add", "config": {"company": acme.pk}}
    ok(api.post("/api/v1/point-triggers", {"name": "Warm", "threshold": 5, "actions": [step]}), 201)
    with transaction.atomic():
        give({zoe: 10}, clock.now())
    held = threading.Event()
    other = threading.Thread(target=hold_the_other_way_round, args=(acme.pk, zoe, held))
    other.start()
    try:
        assert held.wait(30)
        settle()
    finally:
        other.join()
    assert Contact.objects.get(pk=zoe).company_id == acme.pk
    assert not firing.is_due()
