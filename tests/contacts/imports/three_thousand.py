"""A file of 3,000 rows, some refused and some repeated, and what must come of it."""

from rest_framework.test import APIClient

from contacts.models import Contact, Import, ImportContact, ImportReject
from contacts.models.imports import What
from contacts.services.imports.files import path_of
from tests.contacts.imports.sending import counts

NAMES = ("created", "updated", "unchanged", "rejected")
ROWS, BATCH = 3_000, 50


def lines(size: int = ROWS) -> str:
    """Every hundredth row is refused, every fiftieth names somebody of the row before."""
    rows = ["email,city"]
    for number in range(size):
        address = "nobody" if number % 100 == 7 else f"p{number - (number % 50 == 9)}@x.example"
        rows.append(f"{address},City {number}")
    return "\n".join(rows) + "\n"


def expected(size: int = ROWS) -> tuple[int, int, int, int, int]:
    refused, again = size // 100, size // 50
    return (size, size - refused - again, again, 0, refused)


def is_whole(api: APIClient, imported: Import) -> None:
    done = api.get(f"/api/v1/imports/{imported.pk}").json()
    assert (done["state"], done["error"]) == ("done", ""), done
    assert counts(done) == expected()
    assert ImportReject.objects.filter(import_id=imported.pk).count() == ROWS // 100
    assert Contact.objects.count() == expected()[1]
    assert ImportContact.objects.filter(what=What.CREATED).count() == expected()[1]
    assert not path_of(imported.file).exists()
