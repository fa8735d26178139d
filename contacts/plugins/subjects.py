"""Names for what events and settings of contacts point at."""

from contacts.models import Tag
from kernel import subjects


def _tags(ids: list[int]) -> dict[int, str]:
    return dict(Tag.objects.filter(pk__in=ids).values_list("pk", "name"))


subjects.declare("tag", _tags)
