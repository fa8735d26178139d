"""The roles every installation has: made after each migration, changed by nobody but people."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS

from accounts.models import BuiltIn, Role

RIGHTS: dict[BuiltIn, dict[str, dict[str, str]]] = {
    BuiltIn.ADMINISTRATOR: {"*": {"*": "all"}, "administration": {"*": "all"}},
    BuiltIn.MARKETER: {
        "*": {
            "view": "all",
            "edit": "all",
            "delete": "own",
            "publish": "all",
            "create": "all",
            "export": "all",
        }
    },
    BuiltIn.VIEWER: {"*": {"view": "all"}},
}


def make_roles(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """Make the roles that are missing; one whose rights were changed stays as it is."""
    for built_in, rights in RIGHTS.items():
        Role.objects.using(using).get_or_create(
            built_in=built_in, defaults={"name": built_in.value.capitalize(), "rights": rights}
        )
