"""An import of the past, with the rows it refused."""

from datetime import datetime, timedelta
from random import Random

from contacts.models import Contact, Import, ImportContact, ImportReject
from contacts.models.imports import What
from contacts.services.imports.convert import Conventions
from contacts.services.imports.plan import Plan
from contacts.services.imports.sniff import Dialect
from dashboard.demo.marking import mark

PLAN = Plan(
    columns=["Prénom", "Nom", "E-mail", "Pays"],
    fields={"Prénom": "first_name", "Nom": "last_name", "E-mail": "email", "Pays": "country"},
    dialect=Dialect(separator=";"),
    conventions=Conventions(decimal=","),
    language="fr",
)
# As the import itself says it, in the language of whoever reads.
ADDRESS = "This is not an email address."
COUNTRY = "No country is known by this name or code."
KEYLESS = "The value that contacts are matched by is missing."
REFUSED = (
    (("Lou", "Perrin", "lou.perrin@", "FR"), "E-mail", ADDRESS),
    (("Jean", "Blanc", "jean blanc@courriel.example", "FR"), "E-mail", ADDRESS),
    (("Ida", "Roche", "ida.roche@alpmail.example", "Atlantide"), "Pays", COUNTRY),
    (("", "", "", ""), "", KEYLESS),
    (("Max", "Favre", "max.favre(at)alpmail.example", "CH"), "E-mail", ADDRESS),
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
        plan=PLAN.as_json(),
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
        ImportContact(import_id=imported.pk, contact_id=pk, what=What.UPDATED) for pk in chosen
    )
    ImportReject.objects.bulk_create(
        ImportReject(import_id=imported.pk, line=20 + 31 * place, cells=list(cells),
                     reasons=[{"column": column, "text": text} if column else {"text": text}])
        for place, (cells, column, text) in enumerate(REFUSED)
    )  # fmt: skip
