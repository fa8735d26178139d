"""What can be drawn: the actions, events and fields that steps and sources are made of."""

from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from campaigns.graph import timed
from contacts.catalogue import FieldSpec, catalogue
from contacts.company_catalogue import companies
from kernel import preferences
from kernel.actions import contact_actions
from kernel.events import event_types
from kernel.permissions import Actor, Reach
from kernel.settings_forms import described

Json = dict[str, Any]
# As many of the events of clients are offered, the newest; the API takes any of them.
OWN = 100
# Kinds of subjects that may be picked from a list.
PICKED = frozenset({"email", "sms", "segment", "campaign", "tag", "form"})


def offered(user: Actor) -> Json:
    """Return the palette: what each step can be, and the settings of each.

    Owners are named to who sees contacts, and fields of companies to who sees companies.
    """
    sees = {kind: user.reach(kind, "view") is not Reach.NONE for kind in ("contacts", "companies")}
    company_fields = companies().fields.values() if sees["companies"] else ()
    unasked = bool(preferences.get("tracking.measure_unasked"))
    active = timed.activities()
    return {
        "actions": [
            {
                "key": action.key,
                "label": str(action.label),
                "icon": action.icon,
                "warning": str(action.warning),
                "final": action.final,
                "fields": described(action.form),
            }
            for action in contact_actions
            if not action.places or "campaign" in action.places
        ],
        "events": [
            {
                "key": kind.key,
                "label": str(kind.label),
                "icon": kind.icon,
                "subject": kind.subject if kind.subject in PICKED else "",
                "conditions": list(kind.conditions),
                "numbers": list(kind.numbers),
                "active": kind.key in active,
                "measured": bool(kind.consent),
                # People who were never asked are not seen doing it.
                "needs_consent": bool(kind.consent) and not unasked,
            }
            for kind in event_types
        ],
        "own_events": timed.own_activities(OWN),
        "fields": [_field(spec) for spec in catalogue().fields.values()],
        "company_fields": [_field(spec) for spec in company_fields],
        "owner": _owner(named=sees["contacts"]),
    }


def _owner(*, named: bool) -> Json:
    """Return whose contacts or companies may become, as a field that steps write."""
    users = get_user_model()._default_manager
    people = users.filter(is_active=True) if named else users.none()
    ordered = sorted(people, key=lambda user: str(user).casefold())
    return {
        "alias": "owner",
        "label": _("Owner"),
        "type": "owner",
        "writable": True,
        "options": [{"value": str(user.pk), "label": str(user)} for user in ordered],
    }


def _field(spec: FieldSpec) -> Json:
    return {
        "alias": spec.alias,
        "label": str(spec.label),
        "type": spec.type,
        "writable": spec.writable and spec.kept in ("column", "attrs"),
        "options": [
            {"value": str(option["value"]), "label": str(option.get("label", ""))}
            for option in spec.options
        ],
    }
