"""Names for what events and settings of contacts point at."""

from contacts.models import Tag, Topic
from kernel import subjects


def _tags(ids: list[int]) -> dict[int, str]:
    return dict(Tag.objects.filter(pk__in=ids).values_list("pk", "name"))


def _topics(ids: list[int]) -> dict[int, str]:
    return dict(Topic.objects.filter(pk__in=ids).values_list("pk", "name"))


subjects.declare("tag", _tags)


def _every_topic() -> dict[int, str]:
    return dict(Topic.objects.values_list("pk", "name"))


subjects.declare("topic", _topics, every=_every_topic)
