"""An import of the past, with the rows it refused."""
# ruff: noqa: RUF001 - French

from datetime import datetime, timedelta
from random import Random

from contacts.models import Contact, Import, ImportContact, ImportReject
from dashboard.demo.marking import mark

COLUMNS = ("Prénom", "Nom", "E-mail", "Pays")
REFUSED = (
    (("Lou", "Perrin", "lou.perrin@", "FR"), "email", "Il manque la fin de l’adresse."),
    (("Jean", "Blanc", "jean blanc@courriel.example", "FR"), "email", "Un blanc de trop."),
    (("Ida", "Roche", "ida.roche@alpmail.example", "Atlantide"), "country", "Pays inconnu."),
    (("", "", "", ""), "", "La ligne est vide."),
    (("Max", "Favre", "max.favre(at)alpmail.example", "CH"), "email", "Pas une adresse."),
)


def take_in(people: list[Contact], now: datetime, owner: int | None, chance: Random) -> None:
    """Tell of an import that brought the members of the ski club, five rows aside."""
    at = now - timedelta(days=3)
    known = [contact for contact in people if contact.created_at < at]
    chosen = sorted(contact.pk for contact in chance.sample(known, min(180, len(known))))
    imported = Import.objects.create(
        name="club-de-ski-2026.csv",
        state=Import.State.DONE,
        options={"match": "email", "tags": ["ski-club"]},
        plan={"columns": list(COLUMNS)},
        expected=len(chosen) + len(REFUSED),
        read=len(chosen) + len(REFUSED),
        updated=len(chosen),
        rejected=len(REFUSED),
        owner_id=owner,
        created_at=at,
        updated_at=at,
        finished_at=at + timedelta(seconds=4),
    )
    mark("import", [imported.pk], now)
    ImportContact.objects.bulk_create(
        ImportContact(import_id=imported.pk, contact_id=pk, what=ImportContact.What.UPDATED)
        for pk in chosen
    )
    ImportReject.objects.bulk_create(
        ImportReject(import_id=imported.pk, line=20 + 31 * place, cells=list(cells),
                     field=field, reason=reason)
        for place, (cells, field, reason) in enumerate(REFUSED)
    )  # fmt: skip
