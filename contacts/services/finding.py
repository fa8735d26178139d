"""Finds people: by words of their name or email through an index, or by a filter."""

import re
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Func, QuerySet, TextField
from django.db.models.expressions import RawSQL

from contacts.catalogue import whole
from contacts.models import Contact
from contacts.values import phones
from kernel import clock, filters, preferences
from kernel.ids import read_id
from kernel.lowering import lowered
from kernel.permissions import Actor

MOST_WORDS = 6
# The very expressions of migration 0007: an index matches nothing else.
WORDS = (
    "(' ' || contact_folded(coalesce(first_name, '') || ' ' || coalesce(last_name, '')"
    " || ' ' || coalesce(email, '')))"
)
# A test in SQL and its values.
Way = tuple[str, list[Any]]
# Fewer digits are no phone number, but part of an address or a contact's number.
FEWEST_DIGITS = 6
# Text of one or two letters is looked for at the beginning of words: only that has a trigram.
SHORT = 3
# So many contacts are read while somebody waits, for values that no index holds.
MOST_READ = 200_000


class NameOrder(Func):
    """What people are ordered by: last name, first name; who has none, by the email."""

    # Rows of an index are short: the first letters decide.
    template = (
        "left(contact_folded("
        "coalesce(%(last)s || ' ' || coalesce(%(first)s, ''), %(first)s, %(mail)s)), 200)"
    )
    output_field = TextField()

    def __init__(self, *names: Any) -> None:
        super().__init__(*(names or ("last_name", "first_name", "email")))

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, tuple[()]]:  # type: ignore[override]
        """Write the expression of the index."""
        last, first, mail = (compiler.compile(each)[0] for each in self.source_expressions)
        return self.template % {"last": last, "first": first, "mail": mail}, ()


def by_words(
    rows: QuerySet[Contact], text: str, among: Iterable[int] | None = None
) -> QuerySet[Contact]:
    """Keep those in whose name or email every word of the text begins or, when longer, stands.

    A phone number in any spelling finds whose it is, and the number of a contact the contact;
    fields of one's own for numbers and addresses are looked through, too.
    `among` are the only contacts looked at: of a few, reading them is cheaper than the index.
    """
    if not text.strip():
        return rows
    ways = [
        way
        for way in (_named(text), _dialled(text), _written_to(text), _numbered(text))
        if way is not None
    ]
    if not ways:
        # Signs alone stand in no index, and nobody is called so.
        return rows.none()
    known = None if among is None else list(among)
    inside = "" if known is None else " AND id = ANY(%s::bigint[])"
    parts, values = list[str](), list[Any]()
    for test, given in ways:
        parts.append(f"SELECT id FROM contact WHERE ({test}){inside}")  # noqa: S608 - values are bound
        values += [*given, *([] if known is None else [known])]
    chosen = " UNION ".join(parts)
    return rows.filter(pk__in=RawSQL(chosen, values))  # noqa: S611 - values are bound


def _named(text: str) -> Way | None:
    words = [word for word in text.translate(_PARTING).split() if _WORD.search(word)]
    tests, values = list[str](), list[Any]()
    if _ADDRESS.fullmatch(address := lowered(text.strip())):
        # Whoever types an address means it, not everybody with its words in theirs; while it is
        # typed it goes on.
        tests.append("starts_with(email_key, %s)")
        values.append(address)
    for word in words[:MOST_WORDS]:
        tests.append(f"{WORDS} LIKE %s || contact_folded(%s) || '%%'")
        values += ["% " if len(word) < SHORT else "%", _literal(word)]
    return (" AND ".join(tests), values) if tests else None


def _dialled(text: str) -> Way | None:
    if not (_PHONE.fullmatch(text.strip()) and len(phones.digits(text)) >= FEWEST_DIGITS):
        return None
    found = phones.spellings(text, preferences.get("contacts.phone_region"))
    columns = ["mobile", "phone", *_own("phone")]
    tests = " OR ".join(f"contact_digits({column}) = ANY(%s)" for column in columns)
    return tests, [found] * len(columns)


def _written_to(text: str) -> Way | None:
    """Find a whole address in fields of one's own."""
    if not _ADDRESS.fullmatch(address := lowered(text.strip())):
        return None
    columns = _own("email")
    tests = " OR ".join(f"lower({column}) = %s" for column in columns)
    return (tests, [address] * len(columns)) if columns else None


def _own(kind: str) -> list[str]:
    """Return the values of one's own fields of a type as SQL; never of what some may not see.

    Where there are many people, those alone that an index finds.
    """
    specs = [spec for spec in whole().custom if spec.type == kind and not spec.sensitive]
    if specs and not all(spec.indexed for spec in specs) and _are_many():
        specs = [spec for spec in specs if spec.indexed]
    return [spec.sql.replace("c.attrs", "attrs") for spec in specs]


def _are_many() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'contact'::regclass")
        return bool(cursor.fetchone()[0] > MOST_READ)


def _numbered(text: str) -> Way | None:
    number = read_id(text.strip().removeprefix("#"))
    return None if number is None else ("id = %s", [number])


def matching(rows: QuerySet[Contact], tree: Any, caller: Actor) -> QuerySet[Contact]:
    """Keep the contacts a filter means; `FilterProblem` names what is wrong with it."""
    filters.check(tree, user=caller)
    return compiled(rows, tree)


def compiled(rows: QuerySet[Contact], tree: Any) -> QuerySet[Contact]:
    """Keep the contacts that a filter means which was checked before."""
    found = filters.compile(tree, now=clock.now())
    chosen = f"SELECT c.id FROM contact c {found.joins} WHERE {found.sql}"  # noqa: S608 - compiled
    return rows.filter(pk__in=RawSQL(chosen, found.params))  # noqa: S611 - values are bound


def _literal(word: str) -> str:
    for sign in "\\%_":
        word = word.replace(sign, f"\\{sign}")
    return word


_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_PHONE = re.compile(r"\+?[0-9()./\- \xa0\u202f\u2010\u2011\u2013]+")
# A word has a letter or a digit: only these have trigrams.
_WORD = re.compile(r"[^\W_]")
_PARTING = str.maketrans(dict.fromkeys("@.-_+'\N{RIGHT SINGLE QUOTATION MARK},", " "))
