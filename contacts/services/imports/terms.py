"""On what terms an import writes contacts: by which key, how, and whose."""

from django.utils.translation import gettext_noop

from contacts.models import Import
from contacts.services.imports.convert import Converted
from contacts.services.imports.objects import mine, of
from contacts.services.plan import Terms
from contacts.values import ValueProblem
from kernel.changes import SHARED_PASS


def terms_of(imported: Import) -> Terms:
    """Return them from the import's settings and the rights of whoever started it."""
    options = imported.options
    return Terms(
        match=options["match"],
        mode=options["mode"],
        bulk=is_large(imported),
        quiet=is_large(imported),
        source=f"import:{imported.pk}",
        allowed=mine(of(imported), imported.owner_id) if imported.plan["only_own"] else None,
    )


def is_large(imported: Import) -> bool:
    """Say whether an import yields to what people do meanwhile."""
    return imported.expected > SHARED_PASS


def give_owner(converted: Converted, owner: int | None, *, only_own: bool) -> None:
    """Say whose a row's contact is to be; who reaches only their own gives none away."""
    if owner is not None:
        converted.values.setdefault("owner", owner)
    if only_own and converted.values.get("owner", owner) != owner:
        problem = ValueProblem("not_allowed", gettext_noop("This can only be you."))
        converted.problems.append(("owner", problem))


def owner_of(imported: Import) -> int | None:
    """Return whom the contacts of this import are to belong to, if anyone in particular."""
    if imported.plan["owner"] is not None:
        return int(imported.plan["owner"])
    return imported.owner_id if imported.plan["only_own"] else None
