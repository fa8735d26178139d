"""How owners are called in what actions say of themselves."""

from typing import Any

from django.utils.translation import gettext as _

from kernel import subjects
from kernel.ids import read_id


def named(owner: Any) -> str:
    """Name a user who is given as id, address or name."""
    if owner is None:
        return _("nobody")
    number = read_id(owner) or 0
    return subjects.names("user", [number]).get(number) or str(owner)
