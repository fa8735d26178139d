"""The register of processing (GDPR, article 30), as this installation stands now."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel import preferences, processing, retention


@dataclass(frozen=True)
class Entry:
    """One thing that is done, in words."""

    key: str
    label: str
    purpose: str
    whose: str
    basis: str
    data: Sequence[str]
    kept: Sequence[str]
    recipients: Sequence[str]


@dataclass(frozen=True)
class Register:
    """Who is responsible, what is done, and how it is kept safe."""

    controller: str
    address: str
    entries: Sequence[Entry]
    measures: Sequence[str]


def register() -> Register:
    """Read it."""
    return Register(
        controller=preferences.get("emails.from_name") or settings.SITE_URL,
        address=preferences.get("emails.postal_address"),
        entries=[_entry(one) for one in processing.declared() if one.happens()],
        measures=_measures(),
    )


def _entry(one: processing.Processing) -> Entry:
    return Entry(
        key=one.key,
        label=str(one.label),
        purpose=str(one.purpose),
        whose=str(one.whose),
        basis=str(one.basis),
        data=[str(told) for told in one.data()],
        kept=_kept(one.kept),
        recipients=[str(told) for told in one.recipients()]
        or [_("nobody outside this installation")],
    )


def _kept(keys: Sequence[str]) -> list[str]:
    """Say how long each kind is kept."""
    found = {keeping.key: keeping for keeping in retention.kept()}
    told = []
    for key in keys:
        if keeping := found.get(key):
            days = keeping.days
            words = _("no limit") if days is None else _days(days)
            told.append(_("%(what)s: %(time)s") % {"what": keeping.label, "time": words})
    return told or [_("as long as the person is kept")]


def _days(days: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def _measures() -> list[str]:
    measures = [
        _(
            "Roles say who may see, change and export what; each change and download is kept in the"
            " audit trail."
        ),
        _("Passwords are kept as Argon2 hashes, API tokens as hashes, signing keys are sealed."),
        _("Erased people leave keyed hashes alone; erasures are replayed after a restore."),
        _("Exported files are there for a day, for whoever asked for them."),
    ]
    if settings.SITE_URL.startswith("https://"):
        measures.append(_("Connections to this site are encrypted (HTTPS, HSTS)."))
    else:
        measures.append(_("Connections to this site are NOT encrypted: its address is no https."))
    return measures
