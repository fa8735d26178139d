"""Workspace settings of contacts."""

from typing import Any

from django.utils.translation import gettext as _

from contacts.services.identity import CORE_KINDS
from contacts.services.unique_kinds import change_kinds, change_region
from contacts.values import phones
from kernel import preferences


def _kinds(value: Any) -> list[str]:
    if not isinstance(value, list) or not set(map(str, value)) <= set(CORE_KINDS):
        raise ValueError(_("A list of %(kinds)s is expected.") % {"kinds": ", ".join(CORE_KINDS)})
    return [kind for kind in CORE_KINDS if kind in value]


def _region(value: Any) -> str:
    if not isinstance(value, str) or (value and value not in phones.regions()):
        raise ValueError(_("A country code is expected: FR."))
    return value


preferences.declare("contacts.unique_kinds", ["email"], _kinds, change_kinds)
# How national phone numbers are read when they identify: `FR`, or empty for "as written".
preferences.declare("contacts.phone_region", "", _region, change_region)
