"""PRV-09: what stays of the erased leads back to nobody without the installation's secret."""

import hashlib

import pytest

from contacts.models import Suppression
from contacts.services.consent import close
from contacts.services.erase import drop
from contacts.services.suppression import digest, suppressed_by_hash
from kernel import clock
from tests.contacts.merging import people, rows

pytestmark = pytest.mark.django_db
ANA = "ana@x.example"


def test_prv_09_a_hash_is_keyed_and_knows_the_address_only_with_the_secret(settings):
    (ana,) = people({"email": ANA})
    close([ana], "email", "complaint", "", clock.now())
    drop([ana], clock.now())
    kept = Suppression.objects.get().value
    guesses = {
        getattr(hashlib, name)(ANA.encode()).hexdigest() for name in ("md5", "sha1", "sha256")
    }
    assert kept == digest(ANA)
    assert kept not in guesses
    (again,) = people({"email": ANA})
    assert suppressed_by_hash([again]) == [again]
    settings.SECRET_KEY = "another" * 8
    assert digest(ANA) != kept
    assert suppressed_by_hash([again]) == []


def test_prv_09_figures_stay_under_numbers_that_are_nobodys():
    ids = people({"email": ANA}, {"email": "bo@x.example"})
    before = rows("SELECT count(*), count(DISTINCT contact_id) FROM event")
    drop(ids, clock.now())
    assert rows("SELECT count(*), count(DISTINCT contact_id) FROM event") == before
    assert rows("SELECT count(*) FROM event WHERE contact_id > 0") == [(0,)]
