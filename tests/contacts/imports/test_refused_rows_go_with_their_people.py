"""Refused rows go with the people they are about: by address, number or name, and no others."""

import pytest

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
