"""Takes the addresses and numbers of people who were erased out of the audit trail."""

import re
from collections.abc import Sequence

from django.db import connection

from accounts.models import AuditEntry
from kernel import mentions
from kernel.bulk import temporary
from kernel.documents import dumps
from kernel.mentions import ERASED
from kernel.trail import without

# Entries read at once.
SLICE = 500
# As `audit_entry_words` is built: an index of trigrams finds what stands within.
FIND = """
SELECT id FROM audit_entry
WHERE lower(name || ' ' || before::text || ' ' || after::text) LIKE ANY(%s)
  AND (before <> '{}' OR after <> '{}' OR name <> '')
  AND kind <> ALL(%s) ORDER BY id"""
WRITE = """
UPDATE audit_entry e SET name = b.name, before = b.was, after = b.now
FROM blotted b WHERE e.id = b.id"""
# What was done to colleagues is told of colleagues, whatever address they share.
OTHERS = ["users", "invitations"]


def blot(words: Sequence[str]) -> None:
    """Put `(erased)` in the place of words, whatever their case, in the caller's transaction.

    A word within a longer address is another's, and stays.
    """
    among = sorted(f"%{_plain(form)}%" for word in words for form in mentions.written(word))
    with connection.cursor() as cursor:
        cursor.execute(FIND, [among, OTHERS])
        found = [row[0] for row in cursor.fetchall()]
    if not found:
        # Of many words, the pattern takes longer than the question.
        return
    pattern = mentions.pattern(words)
    for begin in range(0, len(found), SLICE):
        _rewrite(found[begin : begin + SLICE], pattern)


def _rewrite(numbers: Sequence[int], pattern: re.Pattern[str]) -> None:
    rows = AuditEntry.objects.select_for_update(of=("self",)).filter(pk__in=numbers)
    entries = list(rows.order_by("pk"))
    told = [
        (
            entry.pk,
            pattern.sub(ERASED, entry.name)[:200],
            dumps(without(entry.before, pattern, ERASED)),
            dumps(without(entry.after, pattern, ERASED)),
        )
        for entry in entries
    ]
    temporary("blotted", {"id": "bigint", "name": "text", "was": "jsonb", "now": "jsonb"}, told)
    with connection.cursor() as cursor:
        cursor.execute(WRITE)


def _plain(word: str) -> str:
    """Write a word for LIKE, as the text of JSON has it."""
    within = word.replace("\\", "\\\\").replace('"', '\\"')
    return re.sub(r"([\\%_])", r"\\\1", within)
