"""Refused rows go with the people they are about: by address, number or name, and no others."""

import pytest
from django.db import connection

from contacts.models import ImportReject
from contacts.services.erase import drop
from kernel import clock
from tests.contacts.test_contacts_on_screen import add

pytestmark = pytest.mark.django_db
GONE = [
    ["ANA@Mail.Example ", "Nice"],
    ["Write to <ana@mail.example>, please", ""],
    ["mailto:ana@mail.example;bo@mail.example"],
    ["j.o-hara+ski@mail.example"],
    ["Notes:\nana@mail.example"],
    ["\tana@mail.example\r\n", "Nice"],
    ["Ana\n", "\tLima"],
    ["0612345678"],
    ["", "(06) 12 34 56 78"],
    ["+33 6 12 34 56 78"],
    ["Lima", "ana "],
    ["Ana Lima"],
    ["LIMA ANA", "?"],
    # Longer than an entry of an index may be.
    ["so long " * 2_000, "ana@mail.example"],
    ["so long " * 2_000 + "ana@mail.example"],
]
KEPT = [
    ["anna@mail.example", "Ana", "Limas"],
    ["ana@mail"],
    ["ana@mail.exempla"],
    ["06123456789"],
    ["Lima"],
    ["Ana", "Hara"],
    [],
]


def test_by_what_they_are_known_and_by_nothing_else():
    numbers = {"mobile": "+33612345678", "phone": "06 12 34 56 78"}
    ana = add(email="ana@mail.example", first_name="Ana", last_name="Lima", **numbers)
    jo = add(email="j.o-hara+ski@mail.example", first_name="Jo", last_name="Hara")
    rows = [
        ImportReject(import_id=1 + line % 2, line=line, cells=cells)
        for line, cells in enumerate([*GONE, *KEPT])
    ]
    ImportReject.objects.bulk_create(rows)
    drop([ana.pk, jo.pk], clock.now())
    left = ImportReject.objects.order_by("line").values_list("cells", flat=True)
    assert list(left) == KEPT


READ = "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'import_reject'"


def read() -> int:
    """Return how many refused rows were read one after the other in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(READ)
        return int(cursor.fetchone()[0])


def test_rows_of_others_are_not_read_while_people_are_locked():
    ana = add(email="ana@mail.example", first_name="Ana", last_name="Lima", mobile="+33612345678")
    bo = add(email="bo@mail.example", first_name="Bo", last_name="Lund")
    others = [[f"olga{n}@mail.example", "Olga", f"Nr {n}", f"061234{n:04}"] for n in range(300)]
    for line, cells in enumerate([*others, ["ana@mail.example"], ["Bo", "Lund"]]):
        ImportReject.objects.create(import_id=1, line=line, cells=cells)
    before = read()
    drop([ana.pk, bo.pk], clock.now())
    assert read() == before
    assert ImportReject.objects.count() == len(others)
