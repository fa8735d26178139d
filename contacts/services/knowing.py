"""What is known of the contacts that rows mean: looked up, locked where they will be written."""

from collections.abc import Iterable, Sequence

from django.db import connection

from contacts.models import Contact
from contacts.services.identity import Holders, Identity, Key, by_email, holders, still_owned
from contacts.services.plan import Keys, Known, Row, Terms
from contacts.services.statements import ALIASES
from kernel.locks import lock_contacts, lock_free_contacts

# So often who moved is looked up again, while the others stay locked.
LOOKS = 4

FILLED = """
SELECT id, ARRAY(SELECT jsonb_object_keys(jsonb_strip_nulls(to_jsonb(c) - 'attrs')))
  || ARRAY(SELECT jsonb_object_keys(attrs))
FROM contact c WHERE id = ANY(%s::bigint[])"""


class Moved(Exception):  # noqa: N818 - caught by the writer: somebody was quicker, plan again
    """What was planned on changed before it was locked."""


def locked(rows: Sequence[Row], keys: Sequence[Keys], who: Identity, terms: Terms) -> Known:
    """Look up whose the identifiers are and lock whom rows mean.

    Whoever is locked moves no more: only those are looked up again who did before. `Moved` where
    somebody else holds these.
    """
    known = _known(rows, keys, who, terms)
    if terms.match == "id":
        known.ids = set(lock_contacts(_named(rows)))
        return _allowed(known, terms)
    if contacts := _meant(known, terms):
        held = set(lock_contacts(contacts))
        # A value that found an owner meanwhile is refused by its uniqueness: planned again.
        if held != contacts or not _still(known, rows, who, terms):
            return _allowed(_followed_up(held, rows, keys, who, terms), terms)
        known.ids = contacts
    return _allowed(known, terms)


def _followed_up(
    held: set[int], rows: Sequence[Row], keys: Sequence[Keys], who: Identity, terms: Terms
) -> Known:
    """Look again whom rows mean, now that these are locked, and lock who took the others' place.

    Nobody is waited for: locks beyond the first ones come in no order.
    """
    for _look in range(LOOKS):
        known = _known(rows, keys, who, terms)
        known.ids = _meant(known, terms)
        if known.ids <= held:
            return known
        held |= set(lock_free_contacts(known.ids - held))
    raise Moved


def _still(known: Known, rows: Sequence[Row], who: Identity, terms: Terms) -> bool:
    """Say whether everything is whose it was before it was locked."""
    followed = _followed(known, terms)
    return (
        still_owned(known.owners)
        and known.by_email == _sharing(rows, who, terms)
        and (not followed or holders(followed.keys()) == Holders({}, followed))
    )


def looked_up(rows: Sequence[Row], keys: Sequence[Keys], who: Identity, terms: Terms) -> Known:
    """Look the same up without locking anybody: for who only asks what would become of rows."""
    known = _known(rows, keys, who, terms)
    meant = set(_named(rows)) if terms.match == "id" else _meant(known, terms)
    known.ids = set(Contact.objects.filter(pk__in=meant).values_list("pk", flat=True))
    return _allowed(known, terms)


def filled(contacts: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return the aliases each contact has a value of."""
    with connection.cursor() as cursor:
        cursor.execute(FILLED, [list(contacts)])
        return {
            contact: frozenset(ALIASES.get(name, name) for name in names)
            for contact, names in cursor.fetchall()
        }


def _known(rows: Sequence[Row], keys: Sequence[Keys], who: Identity, terms: Terms) -> Known:
    found = holders(_wanted(keys))
    sharing = {} if terms.match == "id" else _sharing(rows, who, terms)
    return Known(found.owners, found.former, sharing, set())


def _wanted(keys: Sequence[Keys]) -> set[Key]:
    return {(kind, value) for row in keys for kind, value in row.items() if value is not None}


def _named(rows: Sequence[Row]) -> list[int]:
    return [row["id"] for row in rows if row.get("id") is not None]


def _allowed(known: Known, terms: Terms) -> Known:
    if terms.allowed is not None:
        known.ids &= terms.allowed(known.ids)
    if terms.mode == "fill":
        known.filled = filled(known.ids)
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
    followed = set(_followed(known, terms).values())
    return (
        shared
        | followed
        | {contact for (kind, _value), contact in known.owners.items() if kind == terms.match}
    )


def _followed(known: Known, terms: Terms) -> dict[Key, int]:
    """Return the survivors whom rows mean by what merged contacts were known by."""
    if terms.mode == "create":
        return {}
    return {key: contact for key, contact in known.former.items() if key[0] == terms.match}
