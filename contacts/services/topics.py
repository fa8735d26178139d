"""Topics of mails: made, renamed, deleted while nothing is about them."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from contacts.models import Consent, Topic
from contacts.values import ValueProblem
from contacts.values.text import line
from kernel import changes, usage

LONGEST = 120


def clean_name(raw: Any) -> str:
    """Check a topic's name or one of its labels."""
    name = line(raw) if isinstance(raw, str) else ""
    if not name or len(name) > LONGEST:
        raise ValueProblem(
            "invalid", _("A name of 1 to %(most)s signs is expected.") % {"most": LONGEST}
        )
    return name


def clean_labels(raw: Any) -> dict[str, str]:
    """Check what visitors read, by language."""
    languages = dict(settings.LANGUAGES)
    if not isinstance(raw, dict) or not set(raw) <= set(languages):
        words = {"names": ", ".join(languages)}
        raise ValueProblem("invalid", _("Labels stand by language: %(names)s.") % words)
    return {language: clean_name(label) for language, label in raw.items()}


def delete(topic: Topic) -> None:
    """Delete a topic that nothing is about, with the consents to it; their proof stays."""
    usage.refuse_if_used("topic", topic.pk)
    Consent.objects.filter(topic_id=topic.pk).delete()
    topic.delete()
    changes.announce_everyone(["consent"])
