"""What is known of the contacts that rows mean: looked up, locked where they will be written."""

from collections.abc import Sequence

from contacts.models import Contact
from contacts.services.identity import Identity, Key, by_email, owners, still_owned
from contacts.services.plan import Keys, Known, Row, Terms
from kernel.locks import lock_contacts


class Moved(Exception):  # noqa: N818 - caught by the writer: somebody was quicker, plan again
    """What was planned on changed before it was locked."""


def locked(rows: Sequence[Row], keys: Sequence[Keys], who: Identity, terms: Terms) -> Known:
    """Look up whose the identifiers are and lock whom rows mean; `Moved` when that changed."""
    if terms.match == "id":
        known = Known(owners(_wanted(keys)), {}, set(lock_contacts(_named(rows))))
        return _allowed(known, terms)
    known = Known(owners(_wanted(keys)), _sharing(rows, who, terms), set())
    if contacts := _meant(known, terms):
        known.ids = set(lock_contacts(contacts))
        # A value that found an owner meanwhile is refused by its uniqueness: planned again.
        same = still_owned(known.owners) and known.by_email == _sharing(rows, who, terms)
        if known.ids != contacts or not same:
            raise Moved
    return _allowed(known, terms)


def looked_up(rows: Sequence[Row], keys: Sequence[Keys], who: Identity, terms: Terms) -> Known:
    """Look the same up without locking anybody: for who only asks what would become of rows."""
    by_id = terms.match == "id"
    known = Known(owners(_wanted(keys)), {} if by_id else _sharing(rows, who, terms), set())
    meant = set(_named(rows)) if by_id else _meant(known, terms)
    known.ids = set(Contact.objects.filter(pk__in=meant).values_list("pk", flat=True))
    return _allowed(known, terms)


def _wanted(keys: Sequence[Keys]) -> set[Key]:
    return {(kind, value) for row in keys for kind, value in row.items() if value is not None}


def _named(rows: Sequence[Row]) -> list[int]:
    return [row["id"] for row in rows if row.get("id") is not None]


def _allowed(known: Known, terms: Terms) -> Known:
    if terms.allowed is not None:
        known.ids &= terms.allowed(known.ids)
    return known


def _sharing(rows: Sequence[Row], who: Identity, terms: Terms) -> dict[str, list[int]]:
    """Return who has the addresses of the rows, where that is no identifier."""
    if terms.mode == "create" or terms.match in who.kinds:
        return {}
    if terms.match != "email":
        raise ValueError(f"Contacts cannot be matched by {terms.match}: it is not unique.")
    return by_email(who.key("email", row["email"]) for row in rows if row.get("email"))


def _meant(known: Known, terms: Terms) -> set[int]:
    """Return the contacts that rows are matched to."""
    if terms.mode == "create":
        return set()
    shared = {contact for found in known.by_email.values() for contact in found}
    return shared | {
        contact for (kind, _value), contact in known.owners.items() if kind == terms.match
    }
