"""What the sample brought, by kind, so that all of it can go again."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from contacts.models import Suppression
from contacts.words import Channel, Reason
from dashboard.demo.words import DOMAINS
from dashboard.models import Sample

# Kept after everything else went: who removed the sample does not get it again at the next start.
OFFERED = "offered"
COMMENT = "sample data"


def mark(kind: str, numbers: Iterable[int], now: datetime) -> None:
    """Remember rows."""
    row, _new = Sample.objects.get_or_create(kind=kind, defaults={"made_at": now})
    row.numbers = sorted({*row.numbers, *numbers})
    row.save()


def marked(kind: str) -> list[int]:
    """Return the rows of a kind."""
    found = Sample.objects.filter(kind=kind).values_list("numbers", flat=True).first()
    return list(found or [])


def is_there() -> bool:
    """Say whether sample data is in the workspace."""
    return Sample.objects.exclude(kind=OFFERED).exists()


@transaction.atomic
def guard(now: datetime, *, mails_leave: bool) -> None:
    """Close the sample's addresses wherever mails leave; where they are captured, open them."""
    rows = Suppression.objects.filter(kind=Suppression.Kind.DOMAIN, value__in=DOMAINS)
    if not mails_leave or not is_there():
        rows.filter(comment=COMMENT).delete()
        return
    Suppression.objects.bulk_create(
        (
            Suppression(
                channel=Channel.EMAIL,
                kind=Suppression.Kind.DOMAIN,
                value=domain,
                reason=Reason.MANUAL,
                comment=COMMENT,
                since=now,
            )
            for domain in DOMAINS
        ),
        ignore_conflicts=True,
    )
