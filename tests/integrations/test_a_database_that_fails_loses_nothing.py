"""What other systems answered is noted, though the database fails for a moment."""

import threading

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from contacts.services import merge
from integrations.models import Link, Push
from integrations.services import asking, pushing
from kernel import clock
from tests.colliding import until_somebody_waits
from tests.integrations.pushed import methods, push, states
from tests.journey import people
from tests.settle import settle

pytestmark = pytest.mark.django_db


def fail_once(when, at=1):
    """Have the database cancel a statement, as it does when one takes too long."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE passing_fault")
        cursor.execute(
            "CREATE FUNCTION passing_fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF nextval('passing_fault') = {at} THEN"
            " RAISE EXCEPTION 'too long' USING ERRCODE = '57014'; END IF; RETURN NEW; END $$"
        )
        cursor.execute(f"CREATE TRIGGER passing_fault {when} EXECUTE FUNCTION passing_fault()")


def test_an_id_that_cannot_be_noted_is_noted_a_moment_later(api, crm, connect):
    row, [zoe] = connect(), people(1)
    fail_once("BEFORE INSERT ON integration_link FOR EACH ROW")
    push(api, row, [zoe])
    settle()
    assert (states(row), methods(crm)) == (["SENT"], ["GET", "POST"])
    assert Link.objects.get().remote_id in crm.records


def test_calls_under_way_are_noted_before_a_claim_that_fails_is_told(api, crm, connect):
    row = connect()
    held = "OLD.lease_until IS NULL AND NEW.lease_until IS NOT NULL"
    fail_once(f"BEFORE UPDATE ON integration_push FOR EACH ROW WHEN ({held})", at=5)
    push(api, row, people(6))
    with pytest.raises(OperationalError):
        pushing.deliver(clock.now())
    assert states(row).count("SENT") == len(crm.records) == Link.objects.count() == 4
    assert not Push.objects.filter(lease_until__isnull=False).exists()
    settle()
    assert states(row) == ["SENT"] * 6


@pytest.mark.django_db(transaction=True)
def test_who_is_asked_for_while_they_are_merged_does_not_stop_that(api, crm, connect):
    row, [zoe, max_] = connect(), people(2)
    push(api, row, [max_])
    failed = []

    def become_one():
        try:
            merge.merge(zoe, max_, clock.now())
        except IntegrityError as error:
            failed.append(error)
        connection.close()

    other = threading.Thread(target=become_one)
    with transaction.atomic():
        asking.ask(row.pk, [zoe], ["hand:1"], clock.now())
        other.start()
        until_somebody_waits()
    other.join()
    assert failed == []
    settle()
    assert (states(row).count("SENT"), len(crm.records)) == (1, 1)
