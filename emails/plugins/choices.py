"""What values of conditions on emails are chosen from: the links of an email."""

from django.utils.translation import gettext as _

from emails.models import Email, Reason
from kernel.filters.choices import Choice, Question, among, offers
from kernel.ids import read_id
from kernel.subjects import beyond


@offers("email_link")
def _links(question: Question) -> list[Choice]:
    number = read_id(question.about.get("email"))
    if number is None or beyond("email", [number], question.user):
        return []
    email = Email.objects.select_related("current").filter(pk=number).first()
    links = email.current.prepared["links"] if email and email.current else []
    found = [
        Choice(str(link["position"]), link["label"] or link["destination"], link["destination"])
        for link in links
    ]
    if question.values is not None:
        return [choice for choice in found if choice.value in question.values]
    text = question.text.casefold()
    return [c for c in found if text in c.label.casefold() or text in c.beside.casefold()]


@offers("bounce_kind")
def _kinds(question: Question) -> list[Choice]:
    return among([("hard", _("for good")), ("soft", _("for now"))], question)


@offers("delivery_reason")
def _reasons(question: Question) -> list[Choice]:
    return among(Reason.choices, question)
