"""What conditions on forms are chosen from: the answers that can be chosen in a form."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from contacts.catalogue import hidden
from contacts.models import Topic
from forms.kinds import kind_of, label_of, option_word
from forms.models import Form
from kernel.filters.choices import Choice, Question, offers
from kernel.ids import read_id
from kernel.subjects import beyond


@offers("form_answer")
def _answers(question: Question) -> list[Choice]:
    number = read_id(question.about.get("form"))
    if number is None or beyond("form", [number], question.user):
        return []
    form = Form.objects.filter(pk=number).first()
    found = list(_offered(form)) if form else []
    if question.values is not None:
        return [choice for choice in found if choice.value in question.values]
    text = question.text.casefold()
    return [c for c in found if text in c.label.casefold() or text in c.beside.casefold()]


def _offered(form: Form) -> Iterator[Choice]:
    secret = hidden()
    topics = {str(pk): name for pk, name in Topic.objects.values_list("pk", "name")}
    for one in form.content.get("fields", []):
        if not kind_of(one).asks or one.get("map") in secret:
            continue
        for value, label in _values(one, topics):
            yield Choice(f"{one['name']}={value}", label, label_of(one))


def _values(one: Mapping[str, Any], topics: Mapping[str, str]) -> list[tuple[str, str]]:
    if one["kind"] in {"checkbox", "consent"}:
        return [("yes", _("yes"))]
    if one["kind"] == "topics":
        return [(pk, topics[pk]) for pk in one.get("topics", []) if pk in topics]
    return [(option["value"], option_word(option)) for option in one.get("options", [])]
