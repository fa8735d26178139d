"""What a builder of filters offers: what conditions may be about, and how they are completed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.filters.contract import contact_filters
from kernel.filters.words import WORDS
from kernel.permissions import Actor

# How the value of an operator is asked for: not at all, one, two ends, several, a part of a text,
# a regular expression, a length of time, or days around an anniversary.
NONE, ONE, TWO, MANY = "none", "one", "two", "many"
TEXT, REGEX, DURATION, ANNIVERSARY = "text", "regex", "duration", "anniversary"

GROUPS: Mapping[str, Any] = {
    "contact": _("Contact fields"),
    "company": _("Company fields"),
    "standing": _("Consent and reachability"),
    "behaviour": _("Behaviour"),
    "emails": _("Emails"),
    "belonging": _("Segments, campaigns, imports"),
}


@dataclass(frozen=True)
class Operator:
    """One operator, said around its value: `before` value `after`."""

    op: str
    before: str
    after: str = ""
    form: str = ONE
    # It means the contrary of another one, so that who has no value is meant, too.
    negative: bool = False


@dataclass(frozen=True)
class Asked:
    """One more question of a condition: a key of `where`."""

    name: str
    label: str
    # Where its values are looked up; a text is written where there is none.
    choices: str = ""
    # The key of `where` whose value the look-up needs: the links of an email.
    about: str = ""
    # Compared as a text or a `number`, which can be added up.
    input: str = "text"


@dataclass(frozen=True)
class Subject:
    """Something a condition may be about, such as a field or a type of event."""

    kind: str
    key: str
    label: str
    group: str
    icon: str
    # What it is, in a word, beside its name.
    hint: str = ""
    # Name of its set of operators, how a value is written, and where values are looked up.
    operators: str = ""
    input: str = "text"
    choices: str = ""
    options: Sequence[Mapping[str, str]] = ()
    where: Sequence[Asked] = ()
    # Any key of `where` may be asked for.
    free: bool = False
    # The first and the last of all these events are known for ever.
    dated: bool = False


@dataclass(frozen=True)
class Offer:
    """What one kind of condition has to offer to one user."""

    subjects: Iterable[Subject] = ()
    operators: Mapping[str, Sequence[Operator]] = field(default_factory=dict)


def operator(op: str, phrase: object, form: str = ONE, *, negative: bool = False) -> Operator:
    """Take the words of an operator from the phrase that says its condition."""
    template = str(phrase)
    for name in ("field", "names", "value", "count", "period"):
        template = template.replace(f"%({name})s", "" if name == "field" else "\0")
    before, _value, after = template.partition("\0")
    return Operator(op, _words(before), _words(after), form, negative)


def catalogue(user: Actor) -> dict[str, Any]:
    """Return everything a builder needs, in the language in force, as far as the user may see."""
    subjects: list[dict[str, Any]] = []
    operators: dict[str, list[dict[str, Any]]] = {}
    for kind in contact_filters:
        offer = kind.offer(user)
        subjects += [asdict(subject) for subject in offer.subjects]
        for name, known in offer.operators.items():
            operators[name] = [asdict(each) for each in known]
    groups = [{"key": key, "label": str(label)} for key, label in GROUPS.items()]
    words = {
        key: [str(form) for form in word] if isinstance(word, list) else str(word)
        for key, word in WORDS.items()
    }
    return {"groups": groups, "subjects": subjects, "operators": operators, "words": words}


def _words(text: str) -> str:
    """Keep the words: a colon after the subject or before names is written, not chosen."""
    return text.strip(" :\N{NARROW NO-BREAK SPACE}\N{NO-BREAK SPACE}")
