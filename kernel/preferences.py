"""Workspace settings: typed, with a default, kept in the database, read by key."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.utils.translation import gettext as _

from kernel import clock
from kernel.prepared import Prepared

Check = Callable[[Any], Any]
# Told the old and the new value, in the transaction that changes it; `ValueError` refuses.
Changing = Callable[[Any, Any], None]


@dataclass(frozen=True)
class Setting:
    """One workspace setting: its default and the check that raises `ValueError`."""

    key: str
    default: Any
    check: Check
    changing: Changing | None = None
    # Kept sealed, and never written out: people are told whether there is one.
    secret: bool = False


# What stands for a secret that is set; sent back it changes nothing.
HIDDEN = "•••"
_settings: dict[str, Setting] = {}
_READ = Prepared("SELECT value::text FROM preference WHERE key = %(key)s", {"key": "text"})


def declare(
    key: str, default: Any, check: Check, changing: Changing | None = None, *, secret: bool = False
) -> None:
    """Announce a setting; apps do so in `plugins.py`. `changing` does what a change entails.

    The check of a `secret` seals it.
    """
    if key in _settings:
        raise ImproperlyConfigured(f"The setting {key} is declared twice.")
    _settings[key] = Setting(key, default, check, changing, secret)


def known() -> list[Setting]:
    """Return every declared setting."""
    return list(_settings.values())


def get(key: str) -> Any:
    """Read a setting's value in force; `KeyError` for one nobody declared."""
    setting = _settings[key]
    # Read on every write of a contact: as text, without the machinery of models.
    with connection.cursor() as cursor:
        _READ.run(cursor, {"key": key})
        row = cursor.fetchone()
    return json.loads(row[0]) if row and row[0] else setting.default


def shown(key: str) -> Any:
    """Return a setting's value in force as people may read it."""
    found = get(key)
    return (HIDDEN if found else "") if _settings[key].secret else found


def several(keys: Sequence[str]) -> dict[str, Any]:
    """Read several settings by one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, value::text FROM preference WHERE key = ANY(%s)", [list(keys)])
        kept = dict(cursor.fetchall())
    return {key: of_text(key, kept.get(key)) for key in keys}


def of_text(key: str, text: str | None) -> Any:
    """Return a setting's value from `value::text` of its row, for who reads that beside others."""
    return json.loads(text) if text else _settings[key].default


def version(keys: Iterable[str], *, lock: bool = False) -> str:
    """Tell by a digest which values are in force, so that a page knows whether they changed.

    Locked, nobody changes any until the transaction ends; whoever only reads is not kept waiting.
    """
    if lock:
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE preference IN SHARE ROW EXCLUSIVE MODE")
    values = json.dumps(several(list(keys)), sort_keys=True)
    return sha256(values.encode()).hexdigest()[:16]


def put(key: str, value: Any) -> Any:
    """Change a setting; `ValueError` with a sentence when the value cannot be taken."""
    from kernel.models import Preference

    setting = _settings[key]
    if setting.secret and value == HIDDEN:
        return get(key)
    checked = setting.check(value)
    with transaction.atomic():
        if setting.changing is not None:
            setting.changing(get(key), checked)
        Preference.objects.update_or_create(
            key=key, defaults={"value": checked, "changed_at": clock.now()}
        )
    return checked


def yes_or_no(value: Any) -> bool:
    """Take a boolean and nothing that only looks like one; a check for `declare`."""
    if not isinstance(value, bool):
        raise ValueError(_("True or false is expected."))
    return value
