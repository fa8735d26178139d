"""PRV-08: a backup that comes back does not bring back who was erased since it was made."""

import json
import stat
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from contacts.models import Contact, Erasure, ErasureReplay, Suppression
from contacts.services import erasure_ledger, replaying
from contacts.services.consent import close
from contacts.services.erase import drop
from contacts.services.merge import Wish, merge_all
from contacts.services.suppression import suppressed_by_hash
from kernel import clock
from tests.contacts.merging import people, rows
from tests.settle import settle

pytestmark = pytest.mark.django_db
ANA, BO, CY = "ana@x.example", "bo@x.example", "cy@x.example"


@pytest.fixture
def restored() -> tuple[int, int, int]:
    """Ana and Bo were erased, Ana unsubscribed; then a backup from before came back."""
    ana, bo, cy = people({"email": ANA}, {"email": BO}, {"email": CY})
    close([ana], "email", "unsubscribed", "", clock.now())
    # The backup: the contacts as they were, before Ana asked for anything.
    backup = list(Contact.objects.values("id", "email", "created_at", "updated_at"))
    drop([ana, bo], clock.now())
    settle()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE erasure; TRUNCATE suppression")
    for old in backup[:2]:
        Contact.objects.create(**old)
        rows("INSERT INTO contact_state (contact_id, points) VALUES (%s, 0) RETURNING 1", old["id"])
    return ana, bo, cy


def said(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    call_command("replay_erasures", *options)
    told = capsys.readouterr()
    return told.out + told.err


def test_prv_08_who_was_erased_is_erased_again_and_stays_closed(restored, capsys):
    ana, bo, cy = restored
    assert replaying.ahead()
    assert "OLDER THAN THE LEDGER" in said(capsys, "--check")
    assert "2 people are back" in said(capsys, "--dry-run")
    assert Contact.objects.count() == 3
    told = said(capsys)
    assert "2 people were back" in told
    assert "1 addresses are closed again" in told
    assert list(Contact.objects.values_list("pk", flat=True)) == [cy]
    assert Suppression.objects.get().reason == "unsubscribed"
    settle()
    assert not replaying.ahead()
    assert said(capsys, "--check") == ""
    assert "0 people were back" in said(capsys)
    assert [(one.erased, one.closed) for one in ErasureReplay.objects.order_by("id")] == [
        (2, 1),
        (0, 0),
    ]
    assert set(Erasure.objects.values_list("pk", flat=True)) == {ana, bo}


def test_prv_08_whoever_comes_anew_stays_and_a_merged_address_is_known(restored):
    ana, bo, _cy = restored
    replaying.replay(clock.now())
    # Anew, perhaps under a number that was given before.
    later = clock.now() + timedelta(hours=1)
    Contact.objects.create(pk=bo, email=ANA, created_at=later)
    assert replaying.replay(later).back == 0
    assert suppressed_by_hash([bo]) == [bo]
    # Under another number, as before a merge: the address tells.
    Contact.objects.filter(pk=bo).update(created_at=clock.now() - timedelta(days=1))
    Contact.objects.filter(pk=bo).update(id=ana + 90_000)
    assert replaying.replay(later, dry=True).back == 1


def test_prv_08_the_ledger_names_nobody_and_bears_torn_lines(restored, settings):
    place = erasure_ledger.path()
    text = place.read_text()
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert "x.example" not in text
    assert all(set(json.loads(line)) == {"at", "keys", "closed"} for line in text.split())
    with place.open("a") as file:
        file.write('{"at": "2026-')
    erasure_ledger.append([])
    assert len(list(erasure_ledger.entries())) == 2
    assert replaying.replay(clock.now(), dry=True).back == 2
    # Another installation's secret finds nobody; the former one of this does.
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 8
    assert replaying.replay(clock.now(), dry=True).back == 0
    settings.SECRET_KEY_FALLBACKS = [former]
    assert replaying.replay(clock.now(), dry=True).back == 2


def test_prv_08_who_shares_a_number_stays_and_who_was_merged_goes():
    shared = {"mobile": "+33612345678"}
    mother, twin, child = people({"email": ANA, **shared}, {**shared, "first_name": "Eve"}, shared)
    backup = list(Contact.objects.filter(pk=twin).values("id", "mobile", "created_at"))
    merge_all(mother, [twin], clock.now(), Wish(reason="hand"))
    drop([mother], clock.now())
    settle()
    # The backup knows her under the number she had before she was merged, and without an address.
    Contact.objects.create(**backup[0])
    rows("INSERT INTO contact_state (contact_id, points) VALUES (%s, 0) RETURNING 1", twin)
    assert replaying.replay(clock.now()).back == 1
    settle()
    assert replaying.replay(clock.now()).back == 0
    assert list(Contact.objects.values_list("pk", flat=True)) == [child]
