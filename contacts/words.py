"""The words of consent: purposes, states, channels, reasons. Stored, so they never change."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """What a consent is for; open and click tracking are asked apart (CNIL, April 2026)."""

    EMAIL = "email_marketing", _("marketing by email")
    SMS = "sms_marketing", _("marketing by SMS")
    OPENS = "open_tracking", _("tracking of opens")
    CLICKS = "click_tracking", _("tracking of clicks")
    WEB = "web_tracking", _("tracking on web sites")
    PROFILING = "profiling", _("profiling")


class ConsentState(models.TextChoices):
    """What the person said; no row means they were never asked."""

    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("refused")
    # Said, and to be confirmed by the owner of the address: until then as good as refused.
    PENDING = "pending", _("not confirmed yet")


class Channel(models.TextChoices):
    """A way to reach a person."""

    EMAIL = "email", _("email")
    SMS = "sms", _("SMS")
    PUSH = "push", _("push")


class Reason(models.TextChoices):
    """Why a person is not to be contacted."""

    UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
    HARD_BOUNCE = "hard_bounce", _("hard bounce")
    SOFT_BOUNCE = "soft_bounce", _("soft bounce")
    COMPLAINT = "complaint", _("complaint")
    MANUAL = "manual", _("by hand")


# A channel may be closed for several reasons; the first of these that holds is named.
STRENGTH = (
    Reason.COMPLAINT,
    Reason.HARD_BOUNCE,
    Reason.MANUAL,
    Reason.UNSUBSCRIBED,
    Reason.SOFT_BOUNCE,
)
# What somebody must receive (a confirmation, an invoice) goes past these.
PASSED_BY_TRANSACTIONAL = (Reason.UNSUBSCRIBED, Reason.SOFT_BOUNCE)


class Ground(models.TextChoices):
    """Why the processing of somebody's data is restricted (GDPR, article 18)."""

    ACCURACY = "accuracy", _("they contest that the data are right")
    UNLAWFUL = "unlawful", _("the processing was unlawful, and they want no erasure")
    CLAIMS = "claims", _("they need the data for legal claims")
    OBJECTION = "objection", _("they objected, and it is not decided yet")
    OTHER = "other", _("another ground")


# Why no marketing mail reaches somebody (`services.reaching`), where no reason above says so.
UNREACHED = {
    "restricted": _("restricted"),
    "no_address": _("no address"),
    "suppressed": _("on the suppression list"),
    "no_consent": _("no consent"),
    "unconfirmed": _("not confirmed yet"),
}

# What may pass by itself: everything else keeps mail from somebody until they or we say so.
PASSING = frozenset({Reason.SOFT_BOUNCE})


def unreached(reasons: Iterable[str]) -> bool:
    """Say whether one of the reasons for which a channel is closed holds until it is lifted."""
    return not PASSING.issuperset(reasons)


class Period(models.TextChoices):
    """What a frequency rule counts in: the last 24 hours, 7 days or 30 days."""

    DAY = "day", _("day")
    WEEK = "week", _("week")
    MONTH = "month", _("month")

    @property
    def days(self) -> int:
        """Return its length."""
        return {"day": 1, "week": 7, "month": 30}[self.value]


# How the size of a screen is called.
DEVICES = {"mobile": _("phone"), "tablet": _("tablet"), "desktop": _("computer")}
