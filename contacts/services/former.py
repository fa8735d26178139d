"""What contacts were known by before they were merged: it leads on, and stays closed if it was."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from contacts.models import Contact, FormerIdentifier, Identifier
from contacts.services import suppression
from contacts.services.identity import Key
from contacts.values.phones import international
from contacts.words import Channel
from kernel import preferences

# Whoever stays and who went; and the number nobody has any more, if any.
Merged = tuple[tuple[int, int], str | None]


def known_by(contacts: Sequence[int]) -> dict[int, set[Key]]:
    """Return what each is found by, their addresses also where several may share one."""
    found: dict[int, set[Key]] = defaultdict(set)
    keys = Contact.objects.filter(pk__in=contacts, email_key__isnull=False)
    for contact, key in keys.values_list("pk", "email_key"):
        found[contact].add(("email", str(key)))
    rows = Identifier.objects.filter(contact_id__in=contacts)
    for contact, kind, value in rows.values_list("contact_id", "kind", "value"):
        found[contact].add((kind, value))
    return found


def release(losers: Sequence[int]) -> None:
    """Let others have the identifiers of contacts that are about to go."""
    Identifier.objects.filter(contact_id__in=losers).delete()


def remember(merged: Sequence[Merged], before: Mapping[int, set[Key]], now: datetime) -> None:
    """Let what no longer stands on the winners lead to them, and stay closed if it was."""
    after = known_by([winner for (winner, _loser), _mobile in merged])
    gone = {
        winner: (before.get(winner, set()) | before.get(loser, set())) - after.get(winner, set())
        for (winner, loser), _mobile in merged
    }
    others = {("email", key) for key in _held(key for keys in gone.values() for key in keys)}
    # Of an address that went with several, the last one's survivor is found by it.
    leads = {key: winner for winner, keys in gone.items() for key in sorted(keys - others)}
    FormerIdentifier.objects.bulk_create(
        (FormerIdentifier(kind=k, value=v, contact_id=leads[k, v]) for k, v in sorted(leads)),
        ignore_conflicts=True,
    )
    region = preferences.get("contacts.phone_region")
    lost = [
        (winner, Channel.EMAIL.value, value)
        for winner, keys in gone.items()
        for kind, value in keys
        if kind == "email"
    ]
    numbers = [
        (winner, Channel.SMS.value, international(mobile, region))
        for (winner, _loser), mobile in merged
        if mobile
    ]
    suppression.remember_closed([*lost, *numbers], now)


def _held(keys: Iterable[Key]) -> set[str]:
    """Return those of these addresses that contacts still have."""
    wanted = [value for kind, value in keys if kind == "email"]
    found = Contact.objects.filter(email_key__in=wanted).values_list("email_key", flat=True)
    return {key for key in found if key}
