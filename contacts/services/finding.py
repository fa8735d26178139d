"""Finds people: by words of their name or email through an index, or by a filter."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Func, QuerySet, TextField
from django.db.models.expressions import RawSQL

from contacts.models import Contact
from kernel import clock, filters
from kernel.permissions import Actor

MOST_WORDS = 6
# The very expressions of migration 0007: an index matches nothing else.
WORDS = (
    "(' ' || contact_folded(coalesce(first_name, '') || ' ' || coalesce(last_name, '')"
    " || ' ' || coalesce(email, '')))"
)
# Text of one or two letters is looked for at the beginning of words: only that has a trigram.
SHORT = 3


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

    `among` are the only contacts looked at: of a few, reading them is cheaper than the index.
    """
    words = text.translate(_PARTING).split()[:MOST_WORDS]
    if not words:
        return rows
    tests, values = list[str](), list[Any]()
    if among is not None:
        tests, values = ["id = ANY(%s::bigint[])"], [list(among)]
    for word in words:
        tests.append(f"{WORDS} LIKE %s || contact_folded(%s) || '%%'")
        values += ["% " if len(word) < SHORT else "%", _literal(word)]
    chosen = f"SELECT id FROM contact WHERE {' AND '.join(tests)}"  # noqa: S608 - values are bound
    return rows.filter(pk__in=RawSQL(chosen, values))  # noqa: S611 - values are bound


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


_PARTING = str.maketrans(dict.fromkeys("@.-_+'\N{RIGHT SINGLE QUOTATION MARK},", " "))
