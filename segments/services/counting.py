"""Counts members among some contacts, for many segments in one question."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from contacts.models import Contact
from segments.models import Member


def among(contacts: QuerySet[Contact], segments: Iterable[int]) -> dict[int, int]:
    """Return how many of these contacts each segment has; those with none are missing."""
    inside = Member.objects.filter(
        segment_id__in=list(segments), contact_id__in=contacts.values("pk")
    )
    rows = inside.exclude(manual=Member.Origin.REMOVED).values("segment_id")
    return dict(rows.annotate(number=Count("contact_id")).values_list("segment_id", "number"))
