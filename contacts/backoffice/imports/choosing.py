"""What somebody chose for a column, written into the settings of the draft."""

from typing import Any

from contacts.services.imports.newfields import TYPES

SKIP, NEW, OPT_IN, BOUNCE = "", "+", "@opt_in", "@bounce"
Options = dict[str, Any]


def choose(options: Options, column: str, to: str, guess: str) -> Options:
    """Return the settings with this column going there; it leaves where it went before."""
    free = _freed(options, column)
    if to == OPT_IN:
        return {**free, "opt_in": {"column": column}}
    if to == BOUNCE:
        return {**free, "bounce": {"column": column}}
    if to == NEW:
        return _made(free, column, column[:120], guess)
    if to == "id":
        # Our own ids are read only where contacts are found by them.
        free["match"] = to
    # Whatever went into this field by choice gives way to it.
    mapping = {name: alias for name, alias in free["mapping"].items() if not to or alias != to}
    return {**free, "mapping": {**mapping, column: to or None}}


def new_field(options: Options, column: str, label: str, kind: str) -> Options:
    """Return the settings with the name and the type of the field to be made."""
    kind = kind if kind in TYPES else "text"
    return _made(_freed(options, column), column, label, kind)


def _made(options: Options, column: str, label: str, kind: str) -> Options:
    new = {**options.get("new_fields", {}), column: {"label": label.strip(), "type": kind}}
    return {**options, "new_fields": new}


def _freed(options: Options, column: str) -> Options:
    free = dict(options)
    free["mapping"] = {k: v for k, v in options.get("mapping", {}).items() if k != column}
    new = options.get("new_fields", {})
    free["new_fields"] = {k: v for k, v in new.items() if k != column}
    for part in ("opt_in", "bounce"):
        if (free.get(part) or {}).get("column") == column:
            del free[part]
    return free
