"""On what terms an import writes contacts: by which key, how, and whose."""

from collections.abc import Callable, Iterable

from contacts.models import Contact, Import
from contacts.services.plan import Terms
from kernel.changes import SHARED_PASS
from kernel.permissions import Reach

Allowed = Callable[[Iterable[int]], set[int]]


def terms_of(imported: Import) -> Terms:
    """Return them from the import's settings and the rights of whoever started it."""
    options = imported.options
    return Terms(
        match=options.get("match", "email"),
        mode=options.get("mode", "upsert"),
        bulk=imported.expected > SHARED_PASS,
        source=f"import:{imported.pk}",
        allowed=_own(imported.owner_id) if options.get("reach") == Reach.OWN else None,
    )


def _own(user_id: int | None) -> Allowed:
    def allowed(contacts: Iterable[int]) -> set[int]:
        mine = Contact.objects.filter(pk__in=list(contacts), owner=user_id)
        return set(mine.values_list("pk", flat=True))

    return allowed
