"""Whoever writes contacts locks them first, in one order; found by reading the source."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
SOURCES = {
    str(file.relative_to(ROOT)): file.read_text()
    for app in settings.LOCAL_APPS
    for file in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in file.parts
}
BARE = re.compile(
    r"\bUPDATE\s+(ONLY\s+)?contact(_state)?\b|\bContact(State)?\.objects\b[^\n]*\.update\("
)
LOCKS = re.compile(r"\block_contacts\(|ORDER BY [\w.]+ FOR (NO KEY )?UPDATE")
# Statements kept apart from who runs them, and who runs them under the lock.
RUN_BY = {
    "contacts/services/owndata.py": "contacts/services/merge.py",
    "contacts/services/statements.py": "contacts/services/knowing.py",
}


def test_every_update_of_contacts_stands_beside_their_lock() -> None:
    writers = [name for name, source in SOURCES.items() if BARE.search(source)]
    assert len(writers) > 2, "the pattern finds nothing any more"
    unlocked = [name for name in writers if not LOCKS.search(SOURCES[RUN_BY.get(name, name)])]
    assert unlocked == []


def test_exceptions_are_still_needed() -> None:
    assert [name for name in RUN_BY if not BARE.search(SOURCES.get(name, ""))] == []


def test_nobody_updates_objects_in_bulk() -> None:
    """Measured sixty times slower than a COPY and one UPDATE (kernel.bulk)."""
    assert [name for name, source in SOURCES.items() if re.search(r"\bbulk_update\(", source)] == []
