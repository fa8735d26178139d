"""What values of conditions on texts are chosen from: the links of a text."""

from kernel.filters.choices import Choice, Question, offers
from kernel.ids import read_id
from kernel.subjects import beyond
from sms.models import Text


@offers("sms_link")
def _links(question: Question) -> list[Choice]:
    number = read_id(question.about.get("sms"))
    if number is None or beyond("sms", [number], question.user):
        return []
    text = Text.objects.select_related("current").filter(pk=number).first()
    links = text.current.prepared["links"] if text and text.current else []
    found = [
        Choice(str(link["position"]), link["label"] or link["destination"], link["destination"])
        for link in links
    ]
    if question.values is not None:
        return [choice for choice in found if choice.value in question.values]
    words = question.text.casefold()
    return [c for c in found if words in c.label.casefold() or words in c.beside.casefold()]
